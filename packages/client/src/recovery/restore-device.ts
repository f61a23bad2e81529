/**
 * Mending (docs/spec/store.md ST42): a device whose database is gone signs in once more as who it was, has the
 * account's list name a fresh key in the place of its own, and goes the way of an account that is restored (ID34):
 * people and chats from its device backup, history from the vault, groups from their members. Each step stands in the
 * store before the next.
 */
import { awaitHeardBefore, countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, encodeEntry, entryBytes, equalBytes, headOf, nextEntryBody, utf8 } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { readOwn } from "../identity/own.ts";
import { isStandingIn } from "../identity/standing-in.ts";
import { shownBy } from "../identity/tell-entries.ts";
import { adoptAccount } from "./adopt-account.ts";
import { type DeviceBackup, readDeviceBackup } from "./device-backup.ts";
import { errandTo } from "./passkeys.ts";

/**
 * The key that takes the place of the old one; `entry` once it was signed, for home may have it though its answer was
 * lost.
 */
type Mending = { readonly seed: Bytes; readonly entry?: Bytes };

/** At a start at which nobody lives here. Answers whether somebody is known to have, who then does again. */
export async function standIn(engine: Engine): Promise<boolean> {
  const kept = await readDeviceBackup(engine);
  if (kept === undefined) return false;
  const { db, ports } = engine;
  db.transaction(() => {
    for (const [key, value] of Object.entries(kept.meta)) writeMeta(db, key as keyof DeviceBackup["meta"], value);
    // A card that was confirmed is confirmed: the master key is not here to be lost.
    if (kept.meta["master-key"] === undefined) writeMeta(db, "card-confirmed", Uint8Array.of(1));
    writeMeta(db, "kept-record", kept.record ?? new Uint8Array());
    writeMeta(db, "mending", pack({ seed: ports.crypto.random(32) } satisfies Mending));
    countDiagnostic(db, "store-lost");
  });
  engine.own = await readOwn(db, ports.crypto);
  return true;
}

/** After a sign-in as who it was. Answers whether all goes on here: else it does at the next sign-in. */
export async function changeKey(engine: Engine): Promise<boolean> {
  if (!isStandingIn(engine)) return true;
  const own = ownOf(engine);
  const answer = await engine.link.call("signed", "ownEntries", { from: 0 });
  if (answer.kind !== "ok") return false;
  await engine.lists.take({ inception: own.inception, entries: answer.value.entries });
  const entry = await entryFor(engine);
  if (entry === undefined) return false;
  const { errand, hello } = await errandTo(engine, own.server);
  const fresh = await engine.ports.crypto.signatureKeyPair(mendingOf(engine).seed);
  const by = await shownBy(engine, hello, own.account, fresh);
  const told = await errand.call("appendEntries", { account: own.account, entries: [entry], by }).finally(errand.close);
  if (told.kind === "ok") await settle(engine, entry);
  else if (told.kind === "error") engine.db.transaction(() => countDiagnostic(engine.db, "mending-refused"));
  return false;
}

/** Home refuses who this device was: it took the entry, and the answer was lost. Answers whether that may be so. */
export async function settleRefused(engine: Engine): Promise<boolean> {
  const mending = isStandingIn(engine) ? mendingOf(engine) : undefined;
  if (mending?.entry === undefined) return false;
  await settle(engine, mending.entry);
  return true;
}

function mendingOf({ db }: Engine): Mending {
  return unpack<Mending>(readMeta(db, "mending") ?? new Uint8Array());
}

/** Signed by the old key, in whose place the fresh one stands; the same one until the list has moved on without it. */
async function entryFor(engine: Engine): Promise<Bytes | undefined> {
  const { db, ports, lists } = engine;
  const own = ownOf(engine);
  const list = await lists.load(own.account);
  const head = list && headOf(list)?.body;
  if (list === undefined || head === undefined) return undefined;
  const { seed } = mendingOf(engine);
  const fresh = (await ports.crypto.signatureKeyPair(seed)).publicKey;
  const old = own.deviceKey.publicKey;
  const body = nextEntryBody(
    list,
    // Who took the database knows the vault's keys: what is put there from now on is sealed with another (VA6).
    { devices: head.devices.map((key) => (equalBytes(key, old) ? fresh : key)), vaultEpoch: head.vaultEpoch + 1 },
    old,
  );
  const entry = encodeEntry(body, await ports.crypto.sign(own.deviceKey.privateKey, entryBytes(body)));
  db.transaction(() => writeMeta(db, "mending", pack({ seed, entry } satisfies Mending)));
  return entry;
}

async function settle(engine: Engine, entry: Bytes): Promise<void> {
  const { db } = engine;
  const { seed } = mendingOf(engine);
  const { inception, server, account } = ownOf(engine);
  await engine.turn.take(async () => {
    await engine.lists.take({ inception, entries: [entry] });
    const [record, masterKey] = [readMeta(db, "kept-record"), readMeta(db, "master-key")];
    await adoptAccount(engine, { deviceSeed: seed, inception, server }, () => {
      writeMeta(db, "server", utf8(server));
      writeMeta(db, "mending", new Uint8Array());
      if (record !== undefined) writeMeta(db, "kept-record", record);
      if (masterKey !== undefined) deleteMeta(db, "card-confirmed");
      if (engine.lists.devices(account).length === 1) awaitHeardBefore(db);
    });
  });
  engine.changed("status", "devices", "people");
  engine.link.startAnew();
}
