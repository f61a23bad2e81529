/** Screen: what the ledger's sayings look like to whoever reads them, whatever they are and whatever became of them. */
import type { Hex, TimelineItem } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import type { Database } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { Said } from "./ledger.ts";

/** Under which words a saying is known: a text as it was first said, a question, a title, a name, a caption. */
export function titleOf({ body }: Pick<TimelineItem, "body">): string | undefined {
  switch (body.kind) {
    case "text":
      return body.text.split(edited, 1)[0];
    case "poll":
      return body.question;
    case "chain":
      return body.title;
    case "file":
      return body.name;
    case "photos":
      return body.caption;
    default:
      return undefined;
  }
}

const edited = " · ";

/** A text after it was edited at that step. */
export function wordsOf({ text }: Said, step: number): string {
  return `${text}${edited}${step}`;
}

/** What becomes of a saying in the hands of others; two screens agree when these are the same. */
export type Face = {
  readonly words: string;
  readonly reactions: string;
  readonly tally: string;
  readonly lines: readonly { readonly by: string; readonly text: string }[];
};

export function faceOf({ body, reactions = [], isEdited = false }: TimelineItem): Face {
  return {
    words: body.kind === "text" ? `${body.text}${isEdited ? " (edited)" : ""}` : "",
    reactions: reactions
      .map(
        ({ emoji, people }) =>
          `${emoji} ${people
            .map(({ account }) => account.slice(0, 6))
            .toSorted(byName)
            .join(",")}`,
      )
      .toSorted(byName)
      .join(" "),
    tally: body.kind === "poll" ? `${body.options.map(({ count }) => count).join(":")} of ${body.voters}` : "",
    lines: body.kind === "chain" ? body.lines.map(({ by, text }) => ({ by: by?.account.slice(0, 6) ?? "", text })) : [],
  };
}

const byName = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** The file that goes by this name; it begins with its size. */
export function fileBytes(name: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, size);
  let state = Number(BigInt.asUintN(32, BigInt(Bun.hash(name))));
  for (let at = 4; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** Texts that stand on a disk, under what they are known by, with their conversations. @param where of `messages`. */
export function textsOn(disk: Database, where: string, conversation?: Uint8Array): readonly (readonly [Hex, string])[] {
  type Row = { readonly conversation: Uint8Array; readonly body: Uint8Array };
  const sql = `SELECT conversation, body FROM messages WHERE kind = 'text' AND ${where}`;
  const rows =
    conversation === undefined ? disk.all<Row>(sql) : disk.all<Row>(`${sql} AND conversation = ?`, conversation);
  return rows.flatMap((row) => {
    const body = decodeBody(row.body);
    return body?.kind === "text" ? [[toHex(row.conversation), body.text.split(edited, 1)[0] ?? ""] as const] : [];
  });
}
