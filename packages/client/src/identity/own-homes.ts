/**
 * Own homes (docs/spec/homes.md HM7, HM30, HM44): the signed record of where the account is. This device signs one when
 * its person decides to move, and when a device is removed, so that no record of the removed device misleads others. An
 * unsent record stays owed in the store until home has it.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import {
  type Bytes,
  type CallResult,
  type DeviceList,
  encodeHomeRecord,
  equalBytes,
  fittingHomes,
  type HomeRecord,
  type Homes,
  headOf,
  homeRecordBytes,
  homesOf,
  idBytes,
  nextHomeBody,
  openHomeRecord,
  standing,
  takeHomeRecord,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Errand } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import {
  type AskedToLeave,
  newOtherHome,
  noteLeaving,
  putOtherHome,
  readOtherHome,
  reserveWithout,
} from "./other-home.ts";

/** The list drops devices, or may: home must get a new record. Inside a transaction. */
export function oweHomes({ db, ports }: Engine): void {
  // A new value each time, so that a later debt is not settled with an earlier one.
  writeMeta(db, "homes-owed", ports.crypto.random(8));
}

/** The person decided where the account is: home must get that record. Inside a transaction. */
export function wishHomes(engine: Engine, homes: Homes): void {
  writeMeta(engine.db, "homes-wish", pack(homes));
  oweHomes(engine);
}

/** Whether the latest entry of the list has a device with a key. */
export function isListedIn(list: DeviceList): (key: Bytes) => boolean {
  return (key) => headOf(list)?.body.devices.some((one) => equalBytes(one, key)) === true;
}

/** The current record, as far as this device knows. */
export function heldHomes({ db }: Engine): HomeRecord | undefined {
  const bytes = readMeta(db, "home-record");
  return bytes && openHomeRecord(bytes);
}

/** The account's homes, as far as this device knows. */
export async function homesHeld(engine: Engine): Promise<Homes> {
  const list = await engine.lists.load(ownOf(engine).account);
  return list === undefined ? { homes: [] } : homesOf(list, heldHomes(engine));
}

/** Stores the record of a home, if it supersedes the one here. Returns the one that counts. */
export async function takeHomes(engine: Engine, record: Bytes | undefined): Promise<HomeRecord | undefined> {
  const { db, lists, ports } = engine;
  const list = await lists.load(ownOf(engine).account);
  if (list === undefined) return undefined;
  const held = standing(list, heldHomes(engine));
  if (record === undefined) return held;
  const step = await takeHomeRecord(ports.crypto, list, held, record);
  if (step.kind !== "taken") return held;
  db.transaction(() => writeMeta(db, "home-record", record));
  return step.record;
}

/**
 * Asks home for the account's state there, and stores its record. `none`: home knows no records. Undefined if it did
 * not answer.
 */
export async function followHomes(engine: Engine): Promise<CallResult<"homeState"> | "none" | undefined> {
  const asked = await engine.link.call("signed", "homeState", {});
  // A home of an older version has no records, and refers nobody to another home.
  if (asked.kind === "error" && asked.code === "unknown-method") return "none";
  if (asked.kind !== "ok") return undefined;
  await takeHomes(engine, asked.value.record);
  engine.db.transaction(() => noteLeaving(engine.db, askedToLeave(engine, asked.value)));
  return asked.value;
}

export function askedToLeave({ ports }: Engine, { leaving }: CallResult<"homeState">): AskedToLeave | undefined {
  return leaving && { request: leaving.request, dueMs: ports.nowMs() + leaving.waitMs };
}

/** Withdraws a request that a home let go of the account (HM17). Returns whether there is none any more. */
export async function stayAt(call: Errand["call"]): Promise<boolean> {
  const state = await call("homeState", {});
  if (state.kind !== "ok") return false;
  const { leaving } = state.value;
  return leaving === undefined || (await call("stopLeaving", { request: leaving.request })).kind === "ok";
}

/** Requests that a home let go of the account (HM15). Returns whether the home accepted the request. */
export async function leaveAt({ ports }: Pick<Engine, "ports">, call: Errand["call"]): Promise<boolean> {
  return (await call("leave", { request: ports.crypto.random(idBytes.content) })).kind === "ok";
}

/** Signs the record that follows the current one. Undefined if the own list is not loaded, or the account is frozen. */
export async function signHomes(engine: Engine, homes: Homes, told?: HomeRecord): Promise<Bytes | undefined> {
  const { lists, ports } = engine;
  const own = ownOf(engine);
  const list = await lists.load(own.account);
  if (list === undefined || lists.isFrozen(own.account)) return undefined;
  const body = nextHomeBody(list, told, homes, own.deviceKey.publicKey);
  return encodeHomeRecord(body, await ports.crypto.sign(own.deviceKey.privateKey, homeRecordBytes(body)));
}

/**
 * Sends the owed record, if any, as the successor of home's record; if home was not reached, the next sign-in tries
 * again.
 */
export async function sayHomes(engine: Engine): Promise<void> {
  const { db, link, lists } = engine;
  const owed = readMeta(db, "homes-owed");
  if (owed === undefined) return;
  const own = ownOf(engine);
  const state = await followHomes(engine);
  if (state === "none") return settled(engine, owed);
  const list = await lists.load(own.account);
  if (state === undefined || list === undefined) return;
  const told = heldHomes(engine);
  const wish = readMeta(db, "homes-wish");
  const homes = wish === undefined ? homesNow(engine, list, told, state.isArriving) : unpack<Homes>(wish);
  if (homes === undefined) return; // The home has no name that a record could hold.
  const record = await signHomes(engine, homes, told);
  if (record === undefined) return;
  // An account whose first home is this one has arrived (HM12).
  const answer =
    state.isArriving && homes.homes[0] === own.server
      ? await link.call("signed", "settle", { record })
      : await link.call("signed", "sayHome", { record });
  if (answer.kind !== "ok") return;
  await takeHomes(engine, record);
  settled(engine, owed);
  engine.tellBefore();
}

/**
 * Before the account is deleted at home: records that home is its only one, since home deletes no account that is
 * elsewhere too (HM18). The other homes are remembered, since they must let go of it. Returns whether home accepted the
 * record.
 */
export async function sayAlone(engine: Engine): Promise<boolean> {
  const { db } = engine;
  const state = await followHomes(engine);
  if (state === "none") return true;
  if (state === undefined) return false;
  const { server } = ownOf(engine);
  const held = await homesHeld(engine);
  const others = held.homes.filter((home) => home !== server);
  if (others.length === 0) return true;
  db.transaction(() => {
    for (const other of others)
      putOtherHome(db, { ...(readOtherHome(db, other) ?? newOtherHome(other)), isFormer: true });
    wishHomes(engine, { ...held, homes: [server] });
  });
  await sayHomes(engine);
  if (readMeta(db, "homes-owed") === undefined) return true;
  db.transaction(() => deleteMeta(db, "homes-wish")); // The account is not deleted now.
  return false;
}

/** @param owed the debt when this began; a later one is not settled by it. */
function settled({ db }: Engine, owed: Bytes): void {
  db.transaction(() => {
    const now = readMeta(db, "homes-owed");
    if (now === undefined || !equalBytes(now, owed)) return;
    deleteMeta(db, "homes-owed");
    deleteMeta(db, "homes-wish");
  });
}

/**
 * The homes for a new record. If the signer of the current record is still listed, its homes stay. Else the account is
 * where this device is signed in, and where the root key says. A device that restored the account at a home where it
 * had not settled has that as its first home (HM50). The second home that this device knows stays (HM61).
 */
function homesNow(
  engine: Engine,
  list: DeviceList,
  told: HomeRecord | undefined,
  isArriving: boolean,
): Homes | undefined {
  const held = standing(list, told);
  const isListed = isListedIn(list);
  const isOurs = held !== undefined && isListed(held.body.signer);
  if (isOurs && !isArriving) return homesOf(list, held);
  const { homes, reserve = reserveWithout(engine.db, isListed) } = homesOf(list, isOurs ? held : undefined);
  return fittingHomes({ homes: [ownOf(engine).server, ...homes], ...(reserve === undefined ? {} : { reserve }) });
}
