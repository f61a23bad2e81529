/**
 * Lists: the device lists of everybody met, moving forward only (ID6). An entry proves itself, so
 * each step is written at once, whatever becomes of the message that brought it.
 */
import type { Judge } from "@yanshu/mls";
import { type Database, markVerified, readStoredList, type StoredList, writeStoredList } from "@yanshu/store";
import {
  type AccountHistory,
  type AccountId,
  type Advance,
  accountIdOf,
  type Bytes,
  concat,
  contradictsItself,
  type DeviceId,
  type DeviceList,
  type DeviceStanding,
  deviceIdOf,
  devicesOf,
  equalBytes,
  headOf,
  MalformedError,
  type Primitives,
  readEntryBody,
  restoreList,
  standingOf,
  takeHistory,
  toHex,
  utf8,
  wasRestored,
} from "@yanshu/wire";

export type Lists = ReturnType<typeof createLists>;

export function createLists(
  db: Database,
  primitives: Primitives,
  noticed: (account: AccountId, kind: Advance["kind"] | "restored") => void,
  /** The head names a device no more. Inside the transaction that stores it. */
  dropped: (account: AccountId) => void = () => undefined,
) {
  const held = new Map<string, DeviceList>();

  async function load(account: AccountId): Promise<DeviceList | undefined> {
    const cached = held.get(toHex(account));
    if (cached !== undefined) return cached;
    const stored = readStoredList(db, account);
    if (stored === undefined) return undefined;
    const read = verifiedBefore(stored) ?? (await verify(account, stored));
    const meanwhile = held.get(toHex(account));
    if (meanwhile !== undefined) return meanwhile;
    const everListed = new Set(read.everListed);
    // What others took the place of still tells a stale device from an unknown one.
    for (const key of stored.overridden.flatMap(listedKeys)) everListed.add(toHex(deviceIdOf(primitives.sha256, key)));
    const replaced = new Set(stored.overridden.map((bytes) => toHex(primitives.sha256(bytes))));
    const list = { ...read, everListed, replaced, frozenAt: stored.frozenAt, rival: stored.rival };
    held.set(toHex(account), list);
    return list;
  }

  /** ID23: as it stands it was verified by this device; that is not done again at each start. */
  function verifiedBefore(stored: StoredList): DeviceList | undefined {
    // @checks ID23
    if (stored.verified === undefined || !equalBytes(stored.verified, seen(stored))) return undefined;
    return restoreList(primitives, stored.inception, stored.current);
  }

  async function verify(account: AccountId, stored: StoredList): Promise<DeviceList> {
    const read = await takeHistory(primitives, undefined, { inception: stored.inception, entries: stored.current });
    if (read.kind === "refused") throw new Error("invariant: stored device list is intact");
    db.transaction(() => markVerified(db, account, seen(stored)));
    return read.list;
  }

  /** One hash over everything that is stored of a list. */
  function seen({ inception, current, overridden, rival, frozenAt }: StoredList): Bytes {
    const hashes = (entries: readonly Bytes[]) => concat(...entries.map(primitives.sha256));
    const numbers = utf8(`${current.length} ${overridden.length} ${rival.length} ${frozenAt ?? ""}`);
    return primitives.sha256(
      concat(
        utf8("yanshu verified list v1\0"),
        primitives.sha256(inception),
        primitives.sha256(numbers),
        hashes(current),
        hashes(overridden),
        hashes(rival),
      ),
    );
  }

  /** What was made of a history, over which list: who reads it and then takes it checks its signatures once. */
  const advances = new WeakMap<
    AccountHistory,
    { readonly before: DeviceList | undefined; readonly advance: Advance }
  >();

  async function advanceBy(history: AccountHistory): Promise<Advance> {
    const before = await load(accountIdOf(primitives.sha256, history.inception));
    const known = advances.get(history);
    if (known !== undefined && known.before === before) return known.advance;
    const advance = await advanceOver(before, history);
    advances.set(history, { before, advance });
    return advance;
  }

  async function advanceOver(before: DeviceList | undefined, history: AccountHistory): Promise<Advance> {
    try {
      return await takeHistory(primitives, before, history);
    } catch (error) {
      if (error instanceof MalformedError) return { kind: "refused", why: "malformed" };
      throw error;
    }
  }

  /** Of as many accounts; signatures are checked beside each other, and all is stored in one transaction. */
  async function takeAll(histories: readonly AccountHistory[]): Promise<readonly Advance[]> {
    const taken = await Promise.all(
      histories.map(async (history) => {
        const account = accountIdOf(primitives.sha256, history.inception);
        return { account, before: await load(account), advance: await advanceBy(history) };
      }),
    );
    // Another may have been taken meanwhile: over what is held now it is read again, or the list would go back.
    if (taken.some(({ account, before }) => held.get(toHex(account)) !== before)) return takeAll(histories);
    const moved = taken.flatMap(({ account, before, advance }) =>
      advance.kind !== "refused" && advance.list !== before && advance.kind !== "known"
        ? [{ account, before, kind: advance.kind, list: advance.list }]
        : [],
    );
    // On disk first: what is held in memory alone would be taken for known the next time.
    if (moved.length > 0)
      db.transaction(() => {
        for (const { account, before, list } of moved) {
          write(account, list);
          if (before !== undefined && listedBy(before).some(({ id }) => !namesBy(list, id))) dropped(account);
        }
      });
    for (const { account, advance } of taken) if (advance.kind !== "refused") held.set(toHex(account), advance.list);
    for (const { account, advance } of taken) if (advance.kind === "contested") noticed(account, "contested");
    for (const { account, before, kind, list } of moved) {
      if (kind !== "contested") noticed(account, kind);
      if (before !== undefined && wasRestored(primitives, before, list)) noticed(account, "restored");
    }
    return taken.map(({ advance }) => advance);
  }

  function write(account: AccountId, list: DeviceList): void {
    writeStoredList(db, account, {
      inception: list.inception,
      entries: list.entries.map((entry) => entry.bytes),
      frozenAt: list.frozenAt,
      rival: list.rival,
    });
    const stored = readStoredList(db, account);
    if (stored !== undefined) markVerified(db, account, seen(stored));
  }

  /** Each list is hashed once, since it is asked at every message. */
  const listed = new WeakMap<DeviceList, ReturnType<typeof devicesOf>>();
  const named = new WeakMap<DeviceList, ReadonlySet<string>>();

  function listedBy(list: DeviceList): ReturnType<typeof devicesOf> {
    const held = listed.get(list) ?? devicesOf(primitives, list);
    listed.set(list, held);
    return held;
  }

  /** Whether the head names the device. */
  function namesBy(list: DeviceList | undefined, device: DeviceId): boolean {
    if (list === undefined) return false;
    const ids = named.get(list) ?? new Set(listedBy(list).map(({ id }) => toHex(id)));
    named.set(list, ids);
    return ids.has(toHex(device));
  }

  /** @checks ID8 */
  function judgeBy(list: DeviceList | undefined, leaf: Parameters<Judge>[0]): DeviceStanding {
    if (list === undefined || !equalBytes(deviceIdOf(primitives.sha256, leaf.deviceKey), leaf.device))
      return "never-listed";
    return standingOf(primitives, list, leaf.device);
  }

  return {
    load,
    /** Of accounts that were loaded or taken before. */
    get: (account: AccountId): DeviceList | undefined => held.get(toHex(account)),
    /** What is held and what the history adds to it, if that proves itself. Nothing of it is kept. */
    async read(history: AccountHistory): Promise<DeviceList | undefined> {
      const advance = await advanceBy(history);
      return advance.kind === "refused" ? undefined : advance.list;
    },
    /** What the history says by itself, with all its signatures checked. */
    async readAlone(history: AccountHistory): Promise<DeviceList | undefined> {
      const advance = await advanceOver(undefined, history);
      return advance.kind === "refused" ? undefined : advance.list;
    },
    /** Others than this one, or all, are met anew: their lists went from the store. */
    forgetOthers(account?: AccountId): void {
      const kept = account && toHex(account);
      for (const key of held.keys()) if (key !== kept) held.delete(key);
    },
    take: async (history: AccountHistory): Promise<Advance> => (await takeAll([history]))[0] as Advance,
    takeAll,
    /** What `mls` asks about each leaf. */
    judge: ((leaf) => judgeBy(held.get(toHex(leaf.account)), leaf)) satisfies Judge,
    judgeBy,
    devices: (account: AccountId): readonly { id: DeviceId; key: Bytes }[] => {
      const list = held.get(toHex(account));
      return list === undefined ? [] : listedBy(list);
    },
    /** Whether the account's head names the device, also while the list is frozen. */
    names: ({ account, device }: { readonly account: AccountId; readonly device: DeviceId }): boolean =>
      namesBy(held.get(toHex(account)), device),
    /** Whether the device signed two histories of its account's list, which nobody decided yet (ID20). */
    contradictsItself: ({ account, device }: { readonly account: AccountId; readonly device: DeviceId }): boolean => {
      const list = held.get(toHex(account));
      return list !== undefined && contradictsItself(primitives, list, device);
    },
    namesBy,
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
