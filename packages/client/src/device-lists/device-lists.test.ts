/** Device lists over restarts: verified once, and again only when something about them has changed. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Database, migrate, migrations, readStoredList } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, type Bytes, encodeEntry, entryBytes, nextEntryBody } from "@yanshu/wire";
import { makeAccount } from "../identity/own.ts";
import { createLists } from "./device-lists.ts";

const crypto = createBunCrypto();

/** Lists over a database, and how many signatures they checked. */
function listsOver(db: Database) {
  let checks = 0;
  const verify: typeof crypto.verify = (...args) => {
    checks++;
    return crypto.verify(...args);
  };
  const lists = createLists(db, { ...crypto, verify }, () => undefined);
  return { lists, checks: () => checks };
}

async function twoEntries() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const made = await makeAccount(crypto, "yan.test");
  const account = accountIdOf(crypto.sha256, made.inception);
  const { lists } = listsOver(db);
  await lists.take({ inception: made.inception, entries: [made.entry] });
  const device = await crypto.signatureKeyPair(made.deviceSeed);
  const tablet = await crypto.signatureKeyPair(crypto.random(32));
  const list = await lists.load(account);
  if (list === undefined) throw new Error("the list is held");
  const body = nextEntryBody(list, { devices: [device.publicKey, tablet.publicKey] }, device.publicKey);
  const entry = encodeEntry(body, await crypto.sign(device.privateKey, entryBytes(body)));
  await lists.take({ inception: made.inception, entries: [entry] });
  return { db, account, made, entry, held: lists.get(account) };
}

test("[ID23] a list that was verified is read back as it was, without another signature check", async () => {
  const { db, account, held } = await twoEntries();
  const { lists, checks } = listsOver(db);
  expect(await lists.load(account)).toEqual(held);
  expect(checks()).toBe(0);
  expect(lists.devices(account).length).toBe(2);
});

test("[ID23] one that was not noted as verified is verified, once", async () => {
  const { db, account, held } = await twoEntries();
  db.run("UPDATE accounts SET verified = NULL"); // As from a version before.
  const first = listsOver(db);
  expect(await first.lists.load(account)).toEqual(held);
  expect(first.checks()).toBe(2);
  const second = listsOver(db);
  expect(await second.lists.load(account)).toEqual(held);
  expect(second.checks()).toBe(0);
});

test("[ID23] any stored byte that differs from what was verified is found out", async () => {
  const changes: readonly ((db: Database, entry: Bytes) => void)[] = [
    (db, entry) => {
      const forged = Uint8Array.from(entry);
      forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
      db.run("UPDATE account_entries SET bytes = ? WHERE n = 1", forged);
    },
    (db) => db.run("DELETE FROM account_entries WHERE n = 0"),
    (db) => db.run("UPDATE accounts SET verified = zeroblob(32)"),
  ];
  const outcomes: string[] = [];
  for (const change of changes) {
    const { db, account, entry } = await twoEntries();
    change(db, entry);
    const { lists, checks } = listsOver(db);
    const read = await lists.load(account).catch(() => undefined);
    outcomes.push(`${read === undefined ? "not used" : "used"} after ${checks() > 0 ? "a check" : "none"}`);
  }
  // The last one is whole, and only the note was wrong.
  // What does not follow on what stands before it needs no check to be found out.
  expect(outcomes).toEqual(["not used after a check", "not used after none", "used after a check"]);
});

test("[ID6] what is checked while a later entry is taken does not put the list back", async () => {
  const { db, account, made, entry } = await twoEntries();
  const elsewhere = openBunDatabase(":memory:");
  migrate(elsewhere, migrations);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let waits = false;
  const verify: typeof crypto.verify = async (...args) => {
    if (waits) await gate;
    return crypto.verify(...args);
  };
  const lists = createLists(elsewhere, { ...crypto, verify }, () => undefined);
  waits = true;
  const early = lists.take({ inception: made.inception, entries: [made.entry] });
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 1));
  waits = false;
  await lists.take({ inception: made.inception, entries: [made.entry, entry] });
  expect(lists.devices(account).length).toBe(2);
  go();
  expect((await early).kind).toBe("known");
  expect(lists.devices(account).length).toBe(2);
  expect(readStoredList(elsewhere, account)?.current).toEqual(readStoredList(db, account)?.current);
});

test("[ID8] a leaf that names a listed device, with a key of another, is nobody's", async () => {
  const { db, account } = await twoEntries();
  const { lists } = listsOver(db);
  await lists.load(account);
  const [device] = lists.devices(account);
  const other = await crypto.signatureKeyPair(crypto.random(32));
  if (device === undefined) throw new Error("one is listed");
  const judged = (deviceKey: Bytes) =>
    lists.judge({ account, device: device.id, n: 0, entryHash: new Uint8Array(32), deviceKey } as never);
  expect([judged(device.key), judged(other.publicKey)]).toEqual(["listed", "never-listed"]);
});
