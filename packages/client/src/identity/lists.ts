/**
 * Lists: the device lists of everybody met, moving forward only (ID6). An entry proves itself, so
 * each step is written at once, whatever becomes of the message that brought it.
 */
import type { Judge } from "@yanshu/mls";
import { type Database, readStoredList, writeStoredList } from "@yanshu/store";
import {
  type AccountHistory,
  type AccountId,
  type Advance,
  accountIdOf,
  type Bytes,
  type DeviceId,
  type DeviceList,
  deviceIdOf,
  devicesOf,
  equalBytes,
  headOf,
  MalformedError,
  type Primitives,
  readEntryBody,
  standingOf,
  takeHistory,
  toHex,
} from "@yanshu/wire";

export type Lists = ReturnType<typeof createLists>;

export function createLists(
  db: Database,
  primitives: Primitives,
  noticed: (account: AccountId, kind: Advance["kind"]) => void,
) {
  const held = new Map<string, DeviceList>();

  async function load(account: AccountId): Promise<DeviceList | undefined> {
    const cached = held.get(toHex(account));
    if (cached !== undefined) return cached;
    const stored = readStoredList(db, account);
    if (stored === undefined) return undefined;
    const read = await takeHistory(primitives, undefined, { inception: stored.inception, entries: stored.current });
    if (read.kind === "refused") throw new Error("invariant: stored device list is intact");
    const everListed = new Set(read.list.everListed);
    // What the root overrode still tells a stale device from an unknown one.
    for (const key of stored.overridden.flatMap(listedKeys)) everListed.add(toHex(deviceIdOf(primitives.sha256, key)));
    const list = { ...read.list, everListed, frozenAt: stored.frozenAt };
    held.set(toHex(account), list);
    return list;
  }

  return {
    load,
    /** Of accounts that were loaded or taken before. */
    get: (account: AccountId): DeviceList | undefined => held.get(toHex(account)),
    async take(history: AccountHistory): Promise<Advance> {
      const account = accountIdOf(primitives.sha256, history.inception);
      let advance: Advance;
      try {
        advance = await takeHistory(primitives, await load(account), history);
      } catch (error) {
        if (error instanceof MalformedError) return { kind: "refused", why: "malformed" };
        throw error;
      }
      if (advance.kind === "refused" || advance.kind === "known") {
        if (advance.kind === "known") held.set(toHex(account), advance.list);
        return advance;
      }
      const { list } = advance;
      held.set(toHex(account), list);
      db.transaction(() =>
        writeStoredList(db, account, {
          inception: list.inception,
          entries: list.entries.map((entry) => entry.bytes),
          frozenAt: list.frozenAt,
        }),
      );
      noticed(account, advance.kind);
      return advance;
    },
    /** What `mls` asks about each leaf. */
    judge: ((leaf) => {
      const list = held.get(toHex(leaf.account));
      if (list === undefined || !equalBytes(deviceIdOf(primitives.sha256, leaf.deviceKey), leaf.device))
        return "never-listed";
      return standingOf(primitives, list, leaf.device);
    }) satisfies Judge,
    devices: (account: AccountId): readonly { id: DeviceId; key: Bytes }[] => {
      const list = held.get(toHex(account));
      return list === undefined ? [] : devicesOf(primitives, list);
    },
    head: (account: AccountId) => {
      const list = held.get(toHex(account));
      return list === undefined ? undefined : headOf(list);
    },
    isFrozen: (account: AccountId) => held.get(toHex(account))?.frozenAt !== undefined,
  };
}

function listedKeys(entry: Bytes): readonly Bytes[] {
  return readEntryBody(entry)?.devices ?? [];
}
