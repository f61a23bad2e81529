/**
 * Members: opening the list of a group of 500. What the device does for it: the view is read from its store, with
 * names, faces and nicknames, and copied to the screen's side. The screen draws only the rows that are seen.
 */
import { insertConversation, learnPerson, writeContact, writeNickname, writeRoster } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { toHex } from "@yanshu/wire";
import { clientAlone } from "../client-alone.ts";
import { percentile, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 200 };
const rounds = 40;
const pictureBytes = 8_000;

export const members: Scenario = {
  name: "members",
  about: "the list of a group of 500, half of them with a picture, read and copied to the screen's side 40 times",
  run: async (conditions) => {
    const count = conditions.quick ? 20 : 500;
    const { shown, times } = openTimes(count);
    return [
      row("members: opening the list, p50", percentile(times, 0.5), "ms"),
      row("members: opening the list, p95", percentile(times, 0.95), "ms", unlessQuick(conditions, goal)),
      row("members: shown", shown, "members", { atLeast: count }),
    ];
  },
};

function openTimes(count: number): { readonly shown: number; readonly times: readonly number[] } {
  const database = openBunDatabase(":memory:");
  const client = clientAlone(database);
  const conversation = new Uint8Array(32).fill(7);
  const accounts = Array.from({ length: count }, (_, n) => {
    const account = new Uint8Array(32).fill(1);
    new DataView(account.buffer).setUint32(4, n);
    return account;
  });
  database.transaction(() => {
    insertConversation(database, { conversation, kind: "group", state: "open", title: "乡亲", activeMs: 1 });
    for (const [n, account] of accounts.entries()) {
      const avatar = n % 2 === 0 ? new Uint8Array(pictureBytes).fill(n) : undefined;
      learnPerson(database, { account, name: `乡亲 ${n}`, avatar, ownWord: true, stampMs: 1 });
      if (n % 5 === 0) writeContact(database, account, { state: "contact", remark: n % 10 === 0 ? "表哥" : "" }, 1);
      if (n % 3 === 0) writeNickname(database, conversation, { account, name: `老 ${n}`, stamp_ms: 1 }, true);
    }
    writeRoster(database, conversation, {
      title: "乡亲",
      avatar: undefined,
      adminsAdd: false,
      adminsEdit: false,
      members: accounts.map((account, n) => ({ account, role: n === 0 ? ("owner" as const) : ("member" as const) })),
    });
  });
  let shown = 0;
  const times = Array.from({ length: rounds }, () => {
    const beforeMs = performance.now();
    shown = structuredClone(client.view("conversation", [toHex(conversation)]))?.members.length ?? 0;
    return performance.now() - beforeMs;
  });
  return { shown, times };
}
