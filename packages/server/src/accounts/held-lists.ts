/**
 * Device lists that were read a moment ago (docs/spec/delivery.md DS101): reading one of a thousand entries anew for
 * each call would be dear to answer and cheap to ask. Held is only what the log still says: its head is compared each
 * time (DS74).
 */
import { type Bytes, type DeviceList, equalBytes, headOf, restoreList } from "@yanshu/wire";
import type { AccountLog, AccountRef, AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

const listsMax = 64;
/** Of all lists together, as they were signed; decoded they are a few times that. */
const bytesMax = 2 << 20;

/** The newest last. */
const held = new WeakMap<AccountLog, Map<AccountRef, DeviceList>>();

/** @throws Error when what is stored is no list: it was checked when it came. */
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
