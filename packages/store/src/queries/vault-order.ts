/**
 * Order of what the vault holds (docs/spec/vault.md VA10): a whole number, and behind it as many further digits as it
 * takes to stand between two others. Compared byte by byte, as SQLite does; 7 to 64 bytes.
 */
import type { Bytes } from "@yanshu/wire";

const wholeBytes = 7;
export const orderBytesMax = 64;
/** Of the way from one to the next; less than half, since what is put between comes one behind the other. */
const share = 16n;

/** @param whole from 0 to 2^53 - 1. */
export function orderAt(whole: number): Bytes {
  return toBytes(BigInt(whole), wholeBytes);
}

export function wholeOf(order: Bytes): number {
  return Number(toNumber(order.subarray(0, wholeBytes), wholeBytes));
}

export function compareOrders(one: Bytes, other: Bytes): number {
  const length = Math.max(one.length, other.length);
  const difference = toNumber(one, length) - toNumber(other, length);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** What stands behind `before` and before `after`; the same as `before` where no digit is left. */
export function orderBetween(before: Bytes, after: Bytes): Bytes {
  for (let length = Math.max(before.length, after.length); length <= orderBytesMax; length++) {
    const low = toNumber(before, length);
    const gap = toNumber(after, length) - low;
    if (gap > share) return shortest(toBytes(low + gap / share, length));
  }
  return before;
}

function shortest(order: Bytes): Bytes {
  let { length } = order;
  while (length > wholeBytes && order[length - 1] === 0) length--;
  return order.slice(0, length);
}

function toNumber(bytes: Bytes, length: number): bigint {
  let value = 0n;
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function toBytes(value: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, left = value; i >= 0; i--, left >>= 8n) bytes[i] = Number(left & 0xffn);
  return bytes;
}
