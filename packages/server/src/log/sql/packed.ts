/** Packed: a list of devices as bytes, four for each, in the machine's byte order. */
import type { Bytes } from "@yanshu/wire";
import type { DeviceRef } from "../log.ts";

export function pack(devices: readonly DeviceRef[]): Bytes {
  return new Uint8Array(new Uint32Array(devices).buffer);
}

export function unpack(bytes: Bytes): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}
