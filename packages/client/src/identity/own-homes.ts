/**
 * Own homes (docs/spec/homes.md HM7, HM30, HM44): what this device says of where the account is. It says it where its
 * person decided it, and where a device of the account was dropped, so that no record of that one sends strangers
 * elsewhere. What is owed stands in the store until home has it.
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

/** The list drops devices, or may have: home is to be told where the account is. Inside a transaction. */
export function oweHomes({ db, ports }: Engine): void {
  writeMeta(db, "homes-owed", ports.crypto.random(8)); // Its own each time, so that what is owed later stays owed.
}

/** The person decided where the account is: home is to be told so. Inside a transaction. */
export function wishHomes(engine: Engine, homes: Homes): void {
  writeMeta(engine.db, "homes-wish", pack(homes));
  oweHomes(engine);
}

/** Whether the list's head has a device of a key. */
export function isListedIn(list: DeviceList): (key: Bytes) => boolean {
  return (key) => headOf(list)?.body.devices.some((one) => equalBytes(one, key)) === true;
}

/** The record that counts, as far as this device was told. */
export function heldHomes({ db }: Engine): HomeRecord | undefined {
  const bytes = readMeta(db, "home-record");
  return bytes && openHomeRecord(bytes);
}

/** Where the account is, as far as this device was told. */
export async function homesHeld(engine: Engine): Promise<Homes> {
  const list = await engine.lists.load(ownOf(engine).account);
  return list === undefined ? { homes: [] } : homesOf(list, heldHomes(engine));
}

/** What a home was told, if it counts above what is held here. Returns which of them counts. */
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
 * Asks home how the account stands there, and takes what it was told. `none`: it knows no records. Undefined: it did
 * not say.
 */
export async function followHomes(engine: Engine): Promise<CallResult<"homeState"> | "none" | undefined> {
  const asked = await engine.link.call("signed", "homeState", {});
  // A home of before there were records keeps none, and sends nobody anywhere.
  if (asked.kind === "error" && asked.code === "unknown-method") return "none";
  if (asked.kind !== "ok") return undefined;
  await takeHomes(engine, asked.value.record);
  engine.db.transaction(() => noteLeaving(engine.db, askedToLeave(engine, asked.value)));
  return asked.value;
}

export function askedToLeave({ ports }: Engine, { leaving }: CallResult<"homeState">): AskedToLeave | undefined {
  return leaving && { request: leaving.request, dueMs: ports.nowMs() + leaving.waitMs };
}

/** Says no where a home is to let go of the account (HM17). Returns whether it could, or had not to. */
export async function stayAt(call: Errand["call"]): Promise<boolean> {
  const state = await call("homeState", {});
  if (state.kind !== "ok") return false;
  const { leaving } = state.value;
  return leaving === undefined || (await call("stopLeaving", { request: leaving.request })).kind === "ok";
}

/** Home is to let go of the account (HM15). Returns whether it took that. */
export async function leaveAt({ ports }: Pick<Engine, "ports">, call: Errand["call"]): Promise<boolean> {
  return (await call("leave", { request: ports.crypto.random(idBytes.content) })).kind === "ok";
}

/** The record that follows what counts: the account is there. Undefined while that cannot be said. */
export async function signHomes(engine: Engine, homes: Homes, told?: HomeRecord): Promise<Bytes | undefined> {
  const { lists, ports } = engine;
  const own = ownOf(engine);
  const list = await lists.load(own.account);
  if (list === undefined || lists.isFrozen(own.account)) return undefined;
  const body = nextHomeBody(list, told, homes, own.deviceKey.publicKey);
  return encodeHomeRecord(body, await ports.crypto.sign(own.deviceKey.privateKey, homeRecordBytes(body)));
}

/** Says it, if it is owed, over what home was told; home is asked again at the next sign-in if it was not reached. */
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
  if (homes === undefined) return; // It has no name that a record could say.
  const record = await signHomes(engine, homes, told);
  if (record === undefined) return;
  // Who lives here, and is here first of all, has arrived (HM12).
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
 * Home is told that the account is there alone, before it is deleted there: one that is elsewhere too is not (HM18).
 * The others are remembered, for they are to let go of it. Returns whether home took it.
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
    for (const other of others) putOtherHome(db, readOtherHome(db, other) ?? newOtherHome(other));
    wishHomes(engine, { ...held, homes: [server] });
  });
  await sayHomes(engine);
  if (readMeta(db, "homes-owed") === undefined) return true;
  db.transaction(() => deleteMeta(db, "homes-wish")); // It is not deleted now.
  return false;
}

/** @param owed when this was begun; what is owed since then is said by another. */
function settled({ db }: Engine, owed: Bytes): void {
  db.transaction(() => {
    const now = readMeta(db, "homes-owed");
    if (now === undefined || !equalBytes(now, owed)) return;
    deleteMeta(db, "homes-owed");
    deleteMeta(db, "homes-wish");
  });
}

/**
 * What a device says that still counts stays so. Else the account is where this device is signed in, and where the root
 * says besides: whose word the record was is out. Who came back at a home where the account had not settled is there
 * first of all (HM50). The reserve that this device knows stays one (HM61).
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
