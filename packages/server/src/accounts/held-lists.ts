/**
 * A cache of device lists (docs/spec/delivery.md DS101): reading a list of a thousand entries for each call would be
 * expensive for the server and cheap for a client to cause. A cached list is used only if its head is still that in the
 * log (DS74).
 */
import { type Bytes, type DeviceList, equalBytes, headOf, restoreList } from "@yanshu/wire";
import type { AccountLog, AccountRef, AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

const listsMax = 64;
/** Most bytes of all cached lists, as encoded; decoded they take a few times as much. */
const bytesMax = 2 << 20;

/** By use, the most recent last. */
const held = new WeakMap<AccountLog, Map<AccountRef, DeviceList>>();

/** @throws Error if the stored entries are no valid list: they were verified when they came. */
export function heldList({ log, primitives }: AccountsContext, row: AccountRow): DeviceList {
  const known = held.get(log)?.get(row.ref);
  if (known !== undefined && isStill(log, row, known)) return known;
  const list = restoreList(primitives, row.inception, log.entries(row.ref, 0));
  if (list === undefined) throw new Error("invariant: stored entries were accepted before");
  keepList({ log }, row.ref, list);
  return list;
}

export function keepList({ log }: Pick<AccountsContext, "log">, ref: AccountRef, list: DeviceList): void {
  const lists = held.get(log) ?? new Map<AccountRef, DeviceList>();
  held.set(log, lists);
  lists.delete(ref);
  lists.set(ref, list);
  let bytes = 0;
  for (const one of lists.values()) bytes += sizeOf(one);
  for (const [oldest, one] of lists) {
    if (lists.size <= listsMax && bytes <= bytesMax) return;
    bytes -= sizeOf(one);
    lists.delete(oldest);
  }
}

function isStill(log: AccountLog, { ref, inception }: AccountRow, known: DeviceList): boolean {
  const head = headOf(known);
  if (head === undefined || !equalBytes(known.inception, inception)) return false;
  const now = log.entries(ref, head.body.n);
  return now.length === 1 && equalBytes(now[0] as Bytes, head.bytes);
}

function sizeOf(list: DeviceList): number {
  return headOf(list)?.bytesSoFar ?? 0;
}
