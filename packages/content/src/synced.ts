/**
 * Synced items: what own devices tell each other in their own conversation (docs/spec/sync.md SY11, SY51), as the
 * features say it.
 */
import { type Bytes, decodeAs, encodeAs, type Infer, MalformedError, type Schema, variants } from "@yanshu/wire";
import { syncLimits } from "./features/index.ts";
import { type TableOf, tableOf } from "./registry.ts";

type Synced = TableOf<"synced">;
type Flat<T> = { [P in keyof T]: T[P] };
export type SyncItem = { [K in keyof Synced]: Flat<{ readonly kind: K } & Infer<Synced[K]["schema"]>> }[keyof Synced];
export type SyncItemOf<K extends SyncItem["kind"]> = Extract<SyncItem, { kind: K }>;

const defs = tableOf("synced");
const syncItem = variants(
  Object.fromEntries([...defs].map(([kind, { schema }]): [string, Schema<object>] => [kind, schema])),
) as Schema<unknown> as Schema<SyncItem>;
export const syncItemKinds: readonly string[] = [...defs.keys()];

/** @throws MalformedError when something of it is over its limits. */
export function encodeSyncItem(item: SyncItem): Bytes {
  return encodeAs(syncItem, item);
}

/** Returns whether an item that this version does not know may wait for one that does. */
export function mayWait(bytes: Bytes): boolean {
  const anything: Schema<{ readonly kind?: unknown }> = { check: (value) => (value ?? {}) as object };
  try {
    const { kind } = decodeAs(anything, bytes, syncLimits.itemBytesMax);
    return typeof kind === "string" && defs.get(kind)?.isOfItsMoment !== true;
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}

/** Undefined when this version does not know it. */
export function decodeSyncItem(bytes: Bytes): SyncItem | undefined {
  try {
    return decodeAs(syncItem, bytes, syncLimits.itemBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
