/**
 * All data that home stores about the person, as a JSON file (docs/spec/keeping.md KP13), written page by page, so that
 * it is never in memory as a whole.
 */
import type { ClientApi, HomePage } from "@yanshu/client";

type Source = Pick<ClientApi, "homePage">;
type Cell = HomePage["rows"][number][number];

const format = { format: "yanshu-home", version: 1 } as const;

/** Rejects with errors of `out` and `source`, and with the reason of `stop`. */
export async function writeHome(
  source: Source,
  out: WritableStream<Uint8Array>,
  of: { readonly at: string; readonly account: string; readonly server: string },
  told: (bytes: number) => void = () => undefined,
  stop?: AbortSignal,
): Promise<void> {
  const writer = out.getWriter();
  const utf8 = new TextEncoder();
  let written = 0;
  const write = async (text: string) => {
    const bytes = utf8.encode(text);
    written += bytes.length;
    await writer.write(bytes);
  };
  try {
    await write(`${JSON.stringify({ ...format, ...of }).slice(0, -1)},"tables":[`);
    let table: string | undefined;
    let isFirstRow = true;
    let page: HomePage | undefined;
    do {
      stop?.throwIfAborted();
      page = await source.homePage(page?.next);
      if (page.table !== table) {
        const { columns } = page;
        await write(
          `${table === undefined ? "" : "\n]},"}\n${JSON.stringify({ table: page.table, columns }).slice(0, -1)},"rows":[`,
        );
        table = page.table;
        isFirstRow = true;
      }
      for (const row of page.rows) {
        await write(`${isFirstRow ? "" : ","}\n${JSON.stringify(row.map(plainOf))}`);
        isFirstRow = false;
      }
      told(written);
    } while (page.next !== undefined);
    await write("\n]}\n]}\n");
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/** A database value as JSON: bytes in hex; numbers and text as they are. */
function plainOf(cell: Cell): number | string | null | { readonly hex: string } {
  if (!(cell instanceof Uint8Array)) return cell;
  return { hex: Array.from(cell, (one) => one.toString(16).padStart(2, "0")).join("") };
}
