/** CBOR of what only this device reads: job arguments, the state of a commit in flight. */

import type { Bytes } from "@yanshu/wire";
import { decode, encode } from "cborg";

export function pack(value: unknown): Bytes {
  return new Uint8Array(encode(value));
}

export function unpack<T>(bytes: Bytes): T {
  return decode(bytes) as T;
}
