/** What waits to be sent, however much it is: what is read at each step is as much as that step takes. */
import { expect, test } from "bun:test";
import type { AccountId, Bytes, ContentId, ConversationId } from "@yanshu/wire";
import { openBunDatabase } from "./bun/index.ts";
import {
  addToOutbox,
  type Database,
  deleteFromOutbox,
  firstInOutbox,
  hasUnderWay,
  insertConversation,
  insertMessage,
  migrate,
  migrations,
  readOutboxByEcho,
  readUnvaulted,
  setInFlight,
} from "./index.ts";

const bytes = <T extends Bytes>(value: number, length = 32) => new Uint8Array(length).fill(value) as T;
const [chat, me, other] = [bytes<ConversationId>(1), bytes<AccountId>(2), bytes<AccountId>(3)];
const id = (value: number) => bytes<ContentId>(value, 16);
const much = 300_000;

function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  insertConversation(db, { conversation: chat, kind: "group", state: "open", activeMs: 0 });
  const message = (author: AccountId, of: ContentId, kind: string, body: Bytes, state: "sent" | "sending") =>
    insertMessage(db, { conversation: chat, author, id: of, atMs: 5, kind, body, state });
  const waits = (of: ContentId, body: Bytes, more: { roster?: Bytes; shown?: boolean; goesLast?: boolean } = {}) =>
    addToOutbox(db, { conversation: chat, id: of, body, shown: false, roster: undefined, createdMs: 5, ...more });
  return { db, message, waits };
}

/** The ways that SQLite takes for what `work` asks. */
function plansOf(db: Database, work: (watched: Database) => unknown): readonly string[] {
  const plans: string[] = [];
  const watched: Database = {
    ...db,
    get: (sql, ...params) => {
      for (const { detail } of db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params)) plans.push(detail);
      return db.get(sql, ...params);
    },
  };
  work(watched);
  return plans;
}

test("[PR71] what goes next is found by an index, without a look into what waits behind it", () => {
  const { db, waits } = device();
  for (let at = 10; at < 20; at += 1) waits(id(at), bytes(0, much));
  const next = plansOf(db, (watched) => expect(firstInOutbox(watched, chat)?.id).toEqual(id(10)));
  expect(next.length).toBeGreaterThan(0);
  for (const way of next) expect(way).toMatch(/^SEARCH outbox USING INDEX/);
  const echo = plansOf(db, (watched) => expect(readOutboxByEcho(watched, bytes(9))).toBeUndefined());
  expect(echo).toEqual(["SEARCH outbox USING INDEX outbox_under_way (envelope_hash=?)"]);
  const underWay = plansOf(db, (watched) => expect(hasUnderWay(watched)).toBe(false));
  expect(underWay.join()).toContain("outbox USING COVERING INDEX outbox_under_way");
  db.close();
});

test("[SY2] the first with a number goes first, then what was said, and what is said again last", () => {
  const { db, waits } = device();
  const [again, said, numbered] = [id(10), id(11), id(12)];
  waits(again, bytes(0, 9), { roster: bytes(7) });
  expect(firstInOutbox(db, chat)?.id).toEqual(again);
  waits(said, bytes(0, 9), { roster: bytes(7), shown: true });
  expect(firstInOutbox(db, chat)?.id).toEqual(said);
  waits(numbered, bytes(0, 9));
  setInFlight(db, numbered, { seq: 4, groupId: bytes(5), epoch: 1, parts: bytes(0, 9), envelopeHash: bytes(9) });
  expect(firstInOutbox(db, chat)?.id).toEqual(numbered);
  expect(readOutboxByEcho(db, bytes(9))?.id).toEqual(numbered);
  expect(hasUnderWay(db)).toBe(true);
  db.close();
});

test("[PR74] what a program shares goes behind what was said after it, and in its order", () => {
  const { db, waits } = device();
  const [first, second, said] = [id(10), id(11), id(12)];
  for (const update of [first, second]) waits(update, bytes(0, much), { goesLast: true });
  waits(said, bytes(0, 9), { roster: bytes(7), shown: true });
  const order: unknown[] = [];
  for (let next = firstInOutbox(db, chat); next !== undefined; next = firstInOutbox(db, chat)) {
    order.push(next.id);
    deleteFromOutbox(db, next.id);
  }
  expect(order).toEqual([said, first, second]);
  db.close();
});

test("[PR71] what a program shares and is not sent yet keeps no card from the vault; a reaction that waits does", () => {
  const { db, message, waits } = device();
  const [card, liked] = [id(30), id(31)];
  message(other, card, "file", bytes(0, 9), "sent");
  message(other, liked, "text", bytes(0, 9), "sent");
  const update = new Uint8Array(much);
  update.set(card, much - 16);
  message(me, id(40), "programUpdate", update, "sending");
  waits(id(40), update);
  waits(id(41), liked);
  expect(readUnvaulted(db, me, 9, much).map((row) => row.id)).toEqual([card]);
  db.close();
});

test("[PR71] of what waits for the vault as much is read as a segment takes, and one at least", () => {
  const { db, message } = device();
  const sizes = [10_000, 10_000, 10_000, much, 10_000];
  for (const [at, size] of sizes.entries()) message(other, id(50 + at), "text", bytes(0, size), "sent");
  expect(readUnvaulted(db, me, 256, 25_000)).toHaveLength(2);
  expect(readUnvaulted(db, me, 256, 30_000)).toHaveLength(3);
  expect(readUnvaulted(db, me, 256, 5)).toHaveLength(1);
  expect(readUnvaulted(db, me, 2, much)).toHaveLength(2);
  expect(readUnvaulted(db, me, 256, 1_000_000)).toHaveLength(5);
  db.close();
});
