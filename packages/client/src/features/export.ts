/**
 * Export (docs/spec/keeping.md KP7, KP12): all data of this device as plain values, page by page, so that the writer
 * never holds more than a page; and all rows that the server stores of the account, read from the server.
 */
import type { ConversationKind } from "@yanshu/mls";
import {
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  concat,
  decodeRow,
  type Row,
  toHex,
} from "@yanshu/wire";
import { ClientError, clientFeature, type FeatureContext, type Hex } from "../feature.ts";

/** The server limits these calls per minute and names a wait; without one, this is waited. */
const patienceMs = 2_000;
const patienceTimes = 60;

/** The contents of an export besides messages, which come in pages. */
export type ExportHead = {
  readonly account: Hex;
  readonly name: string;
  readonly server: string;
  readonly contacts: readonly {
    readonly account: Hex;
    readonly name: string;
    readonly ownName: string;
    readonly remark: string;
    readonly phone: string;
    readonly description: string;
    readonly tags: readonly string[];
  }[];
  /** The latest first; all that hold a message, hidden ones too. */
  readonly chats: readonly {
    readonly conversation: Hex;
    readonly kind: ConversationKind;
    readonly title: string;
  }[];
};

/** Rows of one of the server's tables, as they stand there. */
export type HomePage = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Where the next page begins; absent: this was the last. */
  readonly next?: Bytes;
};

type ExportApi = {
  readonly exportHead: () => Promise<ExportHead>;
  /** What the server keeps of this account, table by table: rows, and bytes in them. Rejects with `offline`. */
  readonly homeCounts: () => Promise<
    readonly { readonly table: string; readonly rows: number; readonly bytes: number }[]
  >;
  /**
   * All rows, page by page. Rejects with `offline`, and with `refused` if they changed so that the export must start
   * again.
   */
  readonly homePage: (from?: Bytes) => Promise<HomePage>;
};

const chatsSql = `
  SELECT conversation FROM conversations AS c
  WHERE EXISTS (SELECT 1 FROM messages AS m WHERE m.conversation = c.conversation AND m.kind <> 'deleted')
  ORDER BY active_ms DESC`;

async function ask<N extends CallName>(
  { server, after }: FeatureContext,
  name: N,
  args: CallArgs<N>,
): Promise<CallResult<N>> {
  await server.ready();
  for (let tries = 0; ; tries++) {
    const answer = await server.call(name, args);
    if (answer.kind === "ok") return answer.value;
    if (answer.kind === "lost") throw new ClientError("offline");
    if (answer.code !== "rate-limited" || tries === patienceTimes) throw new ClientError("refused");
    await new Promise<void>((resolve) => after(answer.waitMs ?? patienceMs, resolve));
  }
}

export const exporting = clientFeature({
  api: (context): ExportApi => ({
    async exportHead() {
      const { own, db, read, serverName } = context;
      const here = read();
      const ids = db.all<{ conversation: Uint8Array }>(chatsSql).map(({ conversation }) => conversation);
      return {
        account: toHex(own()),
        server: serverName(),
        name: here.peopleIn().get(toHex(own())).name,
        contacts: here.contacts().map(({ account, name, ownName, remark, phone, description, tags }) => ({
          account,
          name,
          ownName,
          remark,
          phone,
          description,
          tags,
        })),
        chats: [...here.heads(ids)].map(([conversation, { kind, title }]) => ({ conversation, kind, title })),
      };
    },

    homeCounts: async () => (await ask(context, "everythingCounts", {})).tables,

    async homePage(from) {
      let page = await ask(context, "everything", from === undefined ? {} : { from });
      const rows: Bytes[] = [...page.rows];
      while (page.isCut && page.next !== undefined) {
        page = await ask(context, "everything", { from: page.next });
        const [rest = new Uint8Array(), ...more] = page.rows;
        rows.push(concat(rows.pop() ?? new Uint8Array(), rest), ...more);
      }
      const { table, columns, next } = page;
      return { table, columns, rows: rows.map(decodeRow), ...(next && { next }) } satisfies HomePage;
    },
  }),
});
