/**
 * Restores a device whose database is lost (docs/spec/store.md ST42): it signs in with its old identity, replaces its
 * key in the device list by a fresh one, and goes on as a restored account (ID34): people and chats from its device
 * backup, history from the vault, groups from their members. Each step is stored before the next.
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

/** The seed of the new key; `entry` once it is signed, since home may have it although its answer was lost. */
type Mending = { readonly seed: Bytes; readonly entry?: Bytes };

/** At a start without an account: returns whether a device backup was found; then its account is here again. */
export async function standIn(engine: Engine): Promise<boolean> {
  const kept = await readDeviceBackup(engine);
  if (kept === undefined) return false;
  const { db, ports } = engine;
  db.transaction(() => {
    for (const [key, value] of Object.entries(kept.meta)) writeMeta(db, key as keyof DeviceBackup["meta"], value);
    // Without a master key in the backup the card had been confirmed.
    if (kept.meta["master-key"] === undefined) writeMeta(db, "card-confirmed", Uint8Array.of(1));
    writeMeta(db, "kept-record", kept.record ?? new Uint8Array());
    writeMeta(db, "mending", pack({ seed: ports.crypto.random(32) } satisfies Mending));
    countDiagnostic(db, "store-lost");
  });
  engine.own = await readOwn(db, ports.crypto);
  return true;
}

/** Replaces the key, after a sign-in with the old identity. Returns false if it must be tried at the next sign-in. */
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

/**
 * Home refuses the old key: it may have accepted the entry, and the answer was lost. Returns whether that may be so.
 */
export async function settleRefused(engine: Engine): Promise<boolean> {
  const mending = isStandingIn(engine) ? mendingOf(engine) : undefined;
  if (mending?.entry === undefined) return false;
  await settle(engine, mending.entry);
  return true;
}

function mendingOf({ db }: Engine): Mending {
  return unpack<Mending>(readMeta(db, "mending") ?? new Uint8Array());
}

/**
 * The entry, signed by the old key, that lists the fresh one instead. It stays the same until the list has moved on.
 */
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
    // A thief of the database knows the vault's keys: later segments are sealed with another (VA6).
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
