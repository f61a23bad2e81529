/**
 * Device names: what each own device is, by its own word, and what its person calls it; the same on all own devices,
 * and told to nobody else (docs/spec/web.md WE71). In the store they are one value.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type DeviceId, limits, toHex, type UnixMs } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";

export type DeviceName = {
  readonly device: DeviceId;
  /** Such as `Chrome · Windows`. */
  readonly made: string;
  /** What its person calls it; empty: nothing. */
  readonly name: string;
  /** When it said what it is for the first time. */
  readonly sinceMs: UnixMs;
  readonly stampMs: UnixMs;
};

/** More than an account can have at once: those that went are forgotten, the oldest first. */
const keptMax = 4 * limits.devicesMax;

export function readDeviceNames(db: Database): readonly DeviceName[] {
  const bytes = readMeta(db, "device-names");
  return bytes === undefined ? [] : unpack<readonly DeviceName[]>(bytes);
}

/** Answers whether it was news: of each device later stamps win. */
export function noteDeviceName(db: Database, next: DeviceName): boolean {
  const all = readDeviceNames(db);
  const held = all.find(({ device }) => toHex(device) === toHex(next.device));
  if (held !== undefined && next.stampMs <= held.stampMs) return false;
  const others = all.filter((one) => one !== held);
  writeMeta(db, "device-names", pack([...others, next].slice(-keptMax)));
  return true;
}
