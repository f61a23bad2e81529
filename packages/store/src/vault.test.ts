/** Where messages from the vault stand among those that came here (docs/spec/vault.md VA10). */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import {
  compareOrders,
  eraseMessage,
  insertConversation,
  insertMessage,
  insertRestored,
  makeRoom,
  migrate,
  migrations,
  orderAt,
  orderBetween,
  readConversation,
  setVaultOrder,
  vaultGap,
  wholeOf,
} from "./index.ts";

const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value);
const [chat, author] = [bytes(1), bytes(2)];
/** The author's devices. */
const [phone, tablet] = [bytes(3), bytes(4)];
const idOf = (name: string) => Uint8Array.from(Buffer.from(name.padEnd(16, ".")));

const bytesOf = (order: number | Uint8Array) => (typeof order === "number" ? orderAt(order) : order);

function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  insertConversation(db, { conversation: chat, kind: "group", state: "open", activeMs: 0 });
  let ceiling = 0;
  const row = (name: string) => ({ conversation: chat, author, id: idOf(name), kind: "text", body: bytes(0, 1) });
  return {
    db,
    link: () => {
      ceiling = makeRoom(db);
    },
    recalls: (name: string) => eraseMessage(db, chat, author, idOf(name), { kind: "recalled", nowMs: 5 }),
    hears: (name: string, from = phone, seq?: number) =>
      insertMessage(db, { ...row(name), atMs: 5, state: "sent", device: from, ...(seq === undefined ? {} : { seq }) }),
    /** Every message has the same time: clocks tell nothing. */
    fetches: (name: string, order: number | Uint8Array, seq: number | null = null) => {
      const stamps = { at_ms: 5, sent_ms: 5, edited_ms: 0, handed_by: null };
      // Only what has a number tells its device: the phone.
      const sender_device = seq === null ? null : 0x03030303;
      insertRestored(db, { ...row(name), ...stamps, vault_order: bytesOf(order), sender_device, seq }, ceiling);
    },
    knows: (name: string, order: number, tells: "all" | "nothing" = "all") => {
      const found = db.get<{ position: number }>("SELECT position FROM messages WHERE id = ?", idOf(name));
      setVaultOrder(db, { conversation: chat, position: found?.position ?? 0 }, orderAt(order), tells);
    },
    gap: (name: string) => {
      const found = db.get<{ position: number }>("SELECT position FROM messages WHERE id = ?", idOf(name));
      const { before, after } = vaultGap(db, { conversation: chat, author, position: found?.position ?? 0 });
      return [before, after].map((order) => order && wholeOf(order));
    },
    shows: () =>
      db
        .all<{ id: Uint8Array }>("SELECT id FROM messages ORDER BY position")
        .map(({ id }) => Buffer.from(id).toString().replaceAll(".", "")),
    unread: () => {
      const read = readConversation(db, chat)?.read_order ?? 0;
      return db.all("SELECT 1 FROM messages WHERE position > ?", read).length;
    },
  };
}

test("[VA10] what is fetched stands in its order, whichever comes first, and before what came since", () => {
  const orders = Array.from({ length: 500 }, (_, i) => (1 << 20) + i * 4_096);
  for (const order of [orders, orders.toReversed(), orders.toSorted((a, b) => (a % 7_919) - (b % 7_919))]) {
    const one = device();
    one.link();
    one.hears("news");
    for (const place of order) one.fetches(`${place}`, place);
    expect(one.shows()).toEqual([...orders.map(String), "news"]);
    expect(one.unread()).toBe(1);
  }
});

test("[VA43] however the segments are read, there is room between any two messages, and what speaks of one follows it", () => {
  const orders = Array.from({ length: 1_500 }, (_, i) => (1 << 20) + i * 4_096);
  // Some far ahead of the others, as changes bring them; then the rest, backwards, inside out, or in no order.
  const ahead = orders.filter((_, i) => i % 40 === 7).toReversed();
  const others = orders.filter((order) => !ahead.includes(order));
  const scattered = others.toSorted((a, b) => (a % 7_919) - (b % 7_919));
  for (const order of [others.toReversed(), others, scattered]) {
    const one = device();
    for (const name of ["old", "news"]) one.hears(name);
    one.knows("old", 1 << 19);
    one.knows("news", 1 << 30);
    for (const place of [...ahead, ...order]) {
      one.fetches(`${place}`, place);
      one.db.run(
        `INSERT INTO vault_places (position, at) SELECT position, ? FROM messages WHERE id = ?`,
        place,
        idOf(`${place}`),
      );
    }
    expect(one.shows()).toEqual(["old", ...orders.map(String), "news"]);
    const told = one.db.all<{ at: number; id: Uint8Array }>(
      "SELECT p.at, m.id FROM vault_places AS p JOIN messages AS m ON m.position = p.position ORDER BY m.position",
    );
    expect(told.map(({ at }) => at)).toEqual(orders);
    expect(one.db.all("SELECT 1 FROM unindexed AS u JOIN messages AS m ON m.position = u.position")).toHaveLength(
      1_502,
    );
    expect(one.db.all("SELECT 1 FROM unindexed")).toHaveLength(1_502);
  }
});

test("[VA10] what was missed stands between what it was said between, and before what the vault does not know of", () => {
  const one = device();
  for (const name of ["a", "e", "f"]) one.hears(name);
  one.knows("a", 1 << 20);
  one.knows("e", 5 << 20);
  for (const [name, order] of [
    ["d", 4],
    ["c", 3],
    ["b", 2],
    ["e2", 6],
  ] as const)
    one.fetches(name, order << 20);
  expect(one.shows()).toEqual(["a", "b", "c", "d", "e", "e2", "f"]);
});

test("[VA10] a device that comes back keeps what it had, in its place", () => {
  const one = device();
  for (const name of ["old1", "old2"]) one.hears(name);
  one.link();
  one.hears("news");
  one.knows("old1", 1 << 20);
  one.knows("old2", 2 << 20);
  one.fetches("missed2", 4 << 20);
  one.fetches("missed1", 3 << 20);
  one.fetches("first", 1 << 19);
  expect(one.shows()).toEqual(["first", "old1", "old2", "missed1", "missed2", "news"]);
  expect(one.unread()).toBe(1);
});

test("[VA10] there is always an order between two others, however many were put there before, and it stays short", () => {
  const after = orderAt(2 ** 20 + 1);
  let before = orderAt(2 ** 20);
  for (let i = 0; i < 3_000; i++) {
    const between = orderBetween(before, after);
    expect([compareOrders(before, between), compareOrders(between, after)]).toEqual([-1, -1]);
    before = between;
  }
  expect(before.length).toBeLessThanOrEqual(64);
  expect(compareOrders(orderAt(2 ** 53 - 1), orderAt(2 ** 53 - 2))).toBe(1);
});

test("[VA10] hundreds that came one after the other between two stand between them, whichever segment is read first", () => {
  const names = Array.from({ length: 300 }, (_, i) => `m${i}`);
  const orders: Uint8Array[] = [];
  for (const _ of names) orders.push(orderBetween(orders.at(-1) ?? orderAt(2 ** 20), orderAt(2 ** 21)));
  for (const read of [names, names.toReversed()]) {
    const one = device();
    for (const name of ["first", "last"]) one.hears(name);
    one.knows("first", 2 ** 20);
    one.knows("last", 2 ** 21);
    one.link();
    for (const name of read) one.fetches(name, orders[names.indexOf(name)] as Uint8Array);
    expect(one.shows()).toEqual(["first", ...names, "last"]);
  }
});

test("[VA10] what came late here tells nothing of where the others stand", () => {
  const one = device();
  one.link();
  for (const name of ["five", "six", "one, late"]) one.hears(name);
  for (const [name, order] of [
    ["one, late", 1],
    ["five", 5],
    ["six", 6],
  ] as const)
    one.knows(name, order * 2 ** 20);
  for (const [name, order] of [
    ["four", 4],
    ["three", 3],
    ["two", 2],
  ] as const)
    one.fetches(name, order * 2 ** 20);
  expect(one.shows()).toEqual(["two", "three", "four", "five", "six", "one, late"]);
});

test("[VA10] what is fetched stands behind what came late here and is older, and before what the vault does not know of", () => {
  const one = device();
  for (const name of ["three", "one, late", "two, late", "own"]) one.hears(name);
  for (const [name, order] of [
    ["three", 3],
    ["one, late", 1],
    ["two, late", 2],
  ] as const)
    one.knows(name, order * 2 ** 20);
  one.fetches("five", 5 * 2 ** 20);
  one.fetches("four", 4 * 2 ** 20);
  expect(one.shows()).toEqual(["three", "one, late", "two, late", "four", "five", "own"]);
});

test("[VA10] what was recalled before it came tells nothing of where the others stand", () => {
  const one = device();
  one.link();
  one.fetches("one", 0x1000);
  for (const name of ["four", "five"]) one.hears(name);
  one.recalls("two");
  one.knows("two", 0x2000);
  expect(one.gap("four")).toEqual([0x1000, undefined]);
  one.fetches("three", 0x3000);
  expect(one.shows()).toEqual(["one", "three", "four", "five", "two"]);
});

test("[VA10] what is put there late stands before what its author said after it, though that stands out of order", () => {
  const one = device();
  for (const name of ["one", "two", "own", "three"]) one.hears(name);
  for (const [name, order] of [
    ["one", 1],
    ["three", 3],
    ["own", 4],
  ] as const)
    one.knows(name, order);
  expect(one.gap("two")).toEqual([1, 3]);
  expect(one.gap("three")).toEqual([4, undefined]);
  // Also where all around it stands behind that.
  const other = device();
  for (const name of ["own", "four", "five"]) other.hears(name);
  for (const [name, order] of [
    ["five", 5],
    ["own", 9],
  ] as const)
    other.knows(name, order);
  expect(other.gap("four")).toEqual([undefined, 5]);
});

test("[VA10] what is put there late stands behind what its author said before it, though all around stands out of order", () => {
  const one = device();
  one.hears("late elsewhere", tablet);
  for (const name of ["one", "two", "three"]) one.hears(name);
  for (const [name, order] of [
    ["one", 1],
    ["three", 3],
    ["late elsewhere", 9],
  ] as const)
    one.knows(name, order);
  expect(one.gap("two")).toEqual([1, 3]);
});

test("[VA10] what another device says of a place that it did not know tells nothing, and takes nothing out of its order", () => {
  const one = device();
  for (const name of ["recalled", "one", "own", "two"]) one.hears(name, name === "own" ? tablet : phone);
  one.recalls("recalled");
  one.knows("recalled", 9, "nothing");
  one.knows("one", 1);
  one.knows("two", 3);
  expect(one.gap("own")).toEqual([1, 3]);
});

test("[VA10] what one device of its author said late takes nothing of the other's out of its order", () => {
  const one = device();
  for (const name of ["1", "2", "3"]) one.hears(name);
  one.hears("late", tablet);
  for (const [name, order] of [
    ["1", 5],
    ["2", 8],
    ["late", 4],
  ] as const)
    one.knows(name, order);
  expect(one.gap("3")).toEqual([8, undefined]);
  // Of the same device it is before what that said later, whatever the other's stands behind.
  const other = device();
  for (const name of ["1", "2"]) other.hears(name);
  for (const name of ["early", "late"]) other.hears(name, tablet);
  for (const [name, order] of [
    ["1", 5],
    ["2", 8],
    ["late", 4],
  ] as const)
    other.knows(name, order);
  expect(other.gap("early")).toEqual([undefined, 4]);
});

test("[VA10] what is fetched stands behind what its device said before it, though the vault does not know that yet", () => {
  for (const isLinked of [false, true]) {
    const one = device();
    if (isLinked) one.link();
    one.hears("one", phone, 1);
    one.knows("one", 1 << 20);
    one.hears("two", phone, 2);
    one.hears("later", tablet, 1);
    one.fetches("four", 4 << 20, 4);
    one.fetches("three", 3 << 20, 3);
    expect(one.shows()).toEqual(["one", "two", "three", "four", "later"]);
    expect(one.gap("two")).toEqual([1 << 20, 3 << 20]);
    expect(one.gap("later")).toEqual([4 << 20, undefined]);
  }
  // Also where the vault has nothing of the chat that is here.
  const other = device();
  other.link();
  other.hears("two", phone, 2);
  other.fetches("three", 3 << 20, 3);
  other.fetches("one", 1 << 20, 1);
  expect(other.shows()).toEqual(["one", "two", "three"]);
  expect(other.gap("two")).toEqual([1 << 20, 3 << 20]);
});

test("[VA10] what is fetched behind what its device said before it may stand out of order, and what that was stands before it", () => {
  const one = device();
  one.hears("own", tablet, 1);
  one.knows("own", 9 << 20);
  one.hears("two", phone, 2);
  one.fetches("three", 3 << 20, 3);
  expect(one.shows()).toEqual(["own", "two", "three"]);
  expect(one.gap("two")).toEqual([undefined, 3 << 20]);
});

test("[VA10] what is fetched stands before what its device said after it, though what came late stands behind that", () => {
  for (const isLinked of [false, true]) {
    const one = device();
    if (isLinked) one.link();
    one.hears("four", phone, 4);
    one.hears("late", tablet, 1);
    one.knows("late", 1 << 20);
    one.hears("own", tablet, 2);
    one.fetches("three", 3 << 20, 3);
    one.fetches("two", 2 << 20, 2);
    expect(one.shows()).toEqual(["two", "three", "four", "late", "own"]);
    expect(one.gap("four")).toEqual([3 << 20, undefined]);
  }
  // What its own device said late is no reason either to stand behind what that said later.
  const other = device();
  for (const [name, seq] of [
    ["three", 3],
    ["one, late", 1],
  ] as const)
    other.hears(name, phone, seq);
  other.fetches("two", 2 << 20, 2);
  expect(other.shows()).toEqual(["two", "three", "one, late"]);
});

test("[VA10] what is fetched stands behind what its device said before it and stands out of order, unless that came late", () => {
  const one = device();
  one.hears("own", tablet, 1);
  one.hears("one", phone, 1);
  one.knows("one", 1 << 20);
  one.knows("own", 4 << 20);
  one.fetches("five", 5 << 20, 4);
  one.fetches("three", 3 << 20, 3);
  one.fetches("two", 2 << 20, 2);
  expect(one.shows()).toEqual(["own", "one", "two", "three", "five"]);
  const other = device();
  for (const [name, seq] of [
    ["four", 4],
    ["one, late", 1],
  ] as const) {
    other.hears(name, phone, seq);
    other.knows(name, seq << 20);
  }
  other.fetches("three", 3 << 20, 3);
  other.fetches("two", 2 << 20, 2);
  expect(other.shows()).toEqual(["two", "three", "four", "one, late"]);
});
