/**
 * Kept: a view sends all of its items anew when one of them changed. Whatever reads the same stays the object that it
 * was, so that the screen draws only what changed. Pure.
 */
import type { TimelineItem } from "@yanshu/client";

/** `told`, with the objects of `before` wherever they say the same. */
export function keptItems(before: readonly TimelineItem[], told: readonly TimelineItem[]): readonly TimelineItem[] {
  const known = new Map(before.map((item) => [item.id, item]));
  // Faces and files are shared by many items: each pair of them is compared once.
  const same = new Map<object, object>();
  const items = told.map((item) => {
    const old = known.get(item.id);
    return old !== undefined && isSame(old, item, same) ? old : item;
  });
  return items.length === before.length && items.every((item, n) => item === before[n]) ? before : items;
}

/** Plain values only, as they come from the worker. */
function isSame(a: unknown, b: unknown, same: Map<object, object>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (same.get(a) === b) return true;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array && isSameBytes(a, b))) return false;
  } else {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false;
    for (const key of keys) if (!Object.hasOwn(b, key) || !isSame(a[key as never], b[key as never], same)) return false;
  }
  same.set(a, b);
  return true;
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
