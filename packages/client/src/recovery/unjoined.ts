/**
 * Unjoined: devices that this one confirmed and that have not joined yet (docs/spec/identity.md ID21, ID66). They are
 * noted before the list names them, and so known after a restart of either side.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, deviceIdOf, equalBytes } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { claimByAnyRight } from "../group-state/claim.ts";
import { listDevices } from "../identity/own.ts";
import type { Cancel } from "../ports.ts";
import { meetingMsMax } from "./meeting.ts";

/** @property untilMs by this device's clock. */
type Unjoined = { readonly key: Bytes; readonly untilMs: number };

/** Wait before the next try if home did not reply. */
const againMs = 60_000;
const timers = new WeakMap<Engine, Cancel>();

/** Records the device, before the list names it. Opens a transaction. */
export function noteUnjoined(engine: Engine, key: Bytes): void {
  const { db, ports } = engine;
  const left = read(engine).filter((one) => !equalBytes(one.key, key));
  db.transaction(() => write(engine, [...left, { key, untilMs: ports.nowMs() + meetingMsMax }]));
  wait(engine);
}

/** Deletes the record of a device that has joined, or is not listed. Inside a transaction. */
export function forgetUnjoined(engine: Engine, key: Bytes): void {
  const before = read(engine);
  const left = before.filter((one) => !equalBytes(one.key, key));
  if (left.length < before.length) write(engine, left);
}

/** Removes devices from the list whose time is over; also after each sign-in. */
export async function strikeUnjoined(engine: Engine): Promise<void> {
  const { ports } = engine;
  if (engine.own === undefined || engine.phase !== "ready") return;
  let isLost = false;
  for (const { key, untilMs } of read(engine)) {
    const leftMs = untilMs - ports.nowMs();
    // The clock was set back: the ten minutes start again, since the time that has passed is unknown.
    if (leftMs > meetingMsMax) beginAnew(engine, key);
    if (leftMs > 0) continue;
    const isHere = await isJoined(engine, key);
    // If the person removed it meanwhile, this changes nothing.
    const isSettled = isHere !== undefined && (isHere || (await strike(engine, key)));
    if (isSettled) engine.db.transaction(() => forgetUnjoined(engine, key));
    else isLost = true;
  }
  wait(engine, isLost ? againMs : 0);
}

function beginAnew(engine: Engine, key: Bytes): void {
  const untilMs = engine.ports.nowMs() + meetingMsMax;
  const all = read(engine).map((one) => (equalBytes(one.key, key) ? { ...one, untilMs } : one));
  engine.db.transaction(() => write(engine, all));
}

async function strike(engine: Engine, key: Bytes): Promise<boolean> {
  return (await listDevices(engine, (listed) => listed.filter((one) => !equalBytes(one, key)))) === undefined;
}

/**
 * Whether the device has joined: it has a leaf, or a key package at home, which needs a sign-in. Undefined: home did
 * not reply.
 */
async function isJoined(engine: Engine, key: Bytes): Promise<boolean | undefined> {
  const { account } = ownOf(engine);
  const device = deviceIdOf(engine.ports.crypto.sha256, key);
  for (const group of engine.groups.values())
    if (group.members.some((one) => equalBytes(one.account, account) && equalBytes(one.device, device))) return true;
  const claimed = await claimByAnyRight(engine, account, { only: [device] });
  return claimed.kind === "claimed" ? claimed.packages.length > 0 : undefined;
}

/** Waits until the next device's time is over. @param msMin the shortest wait, in milliseconds. */
function wait(engine: Engine, msMin = 0): void {
  timers.get(engine)?.();
  timers.delete(engine);
  const [first, ...rest] = read(engine).map(({ untilMs }) => untilMs);
  if (first === undefined) return;
  const ms = Math.max(msMin, Math.min(first, ...rest) - engine.ports.nowMs(), 0);
  const run = () => void strikeUnjoined(engine).catch(engine.failed);
  timers.set(engine, engine.ports.after(Math.min(ms, meetingMsMax), run));
}

function read({ db }: Engine): readonly Unjoined[] {
  const held = readMeta(db, "unjoined");
  return held === undefined ? [] : unpack<Unjoined[]>(held);
}

function write({ db }: Engine, all: readonly Unjoined[]): void {
  if (all.length === 0) deleteMeta(db, "unjoined");
  else writeMeta(db, "unjoined", pack(all));
}
