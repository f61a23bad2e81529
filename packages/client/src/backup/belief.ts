/**
 * Belief: what a vault segment may change here, by its signer (docs/spec/vault.md VA24, VA25). A removed device still
 * has the earlier keys, and home may store its segments at any place.
 */
import { capVaultBegins, noteVaultBegin, readVaultBegins } from "@yanshu/store";
import { type Bytes, type DeviceList, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { readVault, writeVault } from "../values/vault-state.ts";
import { cameOver } from "./came-over.ts";
import { wasFormer } from "./formers.ts";
import type { SignedSegment } from "./seal.ts";

/**
 * `all`: the signer is listed now. `missing`: the signer was listed when the segment was stored; it adds what is
 * missing here, and neither changes nor erases anything. `places`: the same, but everything it can add is known: it
 * only gives positions of what is here. `nothing`: the signer was not listed there.
 */
export type Belief = "all" | "missing" | "places" | "nothing";

export function beliefIn(
  engine: Engine,
  at: number,
  { signer, epoch }: Pick<SignedSegment, "signer" | "epoch">,
): Belief {
  const list = engine.lists.get(ownOf(engine).account);
  if (list === undefined) return "nothing";
  // @checks VA22
  if (!isListedUnder(engine, list, epoch, signer)) return "nothing";
  // @checks VA22
  if (isListed(list.entries.at(-1)?.body.devices, signer)) return "all";
  // @checks VA24
  const isOver = readVaultBegins(engine.db).some(
    (later) => later.epoch > epoch && at >= later.at && !isListedUnder(engine, list, later.epoch, signer),
  );
  // @checks VA24
  if (isOver) return "nothing";
  const { readUnder, seen = 0 } = readVault(engine.db);
  if (readUnder !== undefined) return at < seen ? "places" : "missing";
  return isListed(devicesBefore(engine, list)?.gone, signer) ? "all" : "missing";
}

/**
 * Call this before reading under a new list: later segments of devices that it removed are not believed. Inside a
 * transaction.
 */
export function beginEpoch(engine: Engine): void {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  const { readUnder, seen = 0 } = readVault(engine.db);
  if (epoch === undefined || readUnder === undefined || readUnder >= epoch) return;
  noteVaultBegin(engine.db, { epoch, at: seen });
  writeVault(engine.db, { readUnder: epoch });
}

/**
 * How long home must claim that its vault ends before a place at which an epoch was seen to begin, until it is believed
 * (VA30).
 */
const doubtMs = 600_000;

/**
 * Everything that home offers was read. If an epoch is known to begin after that, home is not believed at once: by one
 * false answer this device would skip honest segments of devices that were removed later. Inside a transaction.
 */
export function endReading(engine: Engine): void {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  const { readUnder, seen = 0, home } = readVault(engine.db);
  if (epoch === undefined || readUnder !== undefined) return;
  if (home !== undefined && isDoubtful(engine, home.next)) return;
  if (!readVaultBegins(engine.db).some((one) => one.epoch === epoch)) noteVaultBegin(engine.db, { epoch, at: seen });
  writeVault(engine.db, { readUnder: epoch });
}

/** Whether home's answer is still in doubt. When the time is over, its first answer counts. Inside a transaction. */
function isDoubtful({ db, ports }: Engine, next: number): boolean {
  if (readVaultBegins(db).every(({ at }) => at <= next)) return false; // not a check: nothing is to be doubted.
  const nowMs = ports.nowMs();
  const doubted = readVault(db).doubted ?? { next, sinceMs: nowMs };
  writeVault(db, { doubted });
  // @checks VA30
  if (nowMs - doubted.sinceMs < doubtMs && nowMs >= doubted.sinceMs) return true;
  capVaultBegins(db, Math.min(next, doubted.next));
  return false;
}

/**
 * The devices in the list before the entry that first names this one: all of them, and those that this entry removed.
 */
export function devicesBefore(
  engine: Engine,
  list: DeviceList,
): { readonly all: readonly Bytes[]; readonly gone: readonly Bytes[] } | undefined {
  const own = ownOf(engine).deviceKey.publicKey;
  const place = list.entries.findIndex(({ body }) => isListed(body.devices, own));
  const first = list.entries[place]?.body.devices;
  if (first === undefined) return undefined;
  // Not the entry that the root key's entry follows: devices removed by the replaced entries were removed (ID41).
  const before = cameOver(engine, list).at(-1) ?? list.entries[place - 1];
  const all = before?.body.devices ?? [];
  return { all, gone: all.filter((key) => !isListed(first, key)) };
}

export function isListed(devices: readonly Bytes[] | undefined, key: Bytes): boolean {
  return devices?.some((one) => equalBytes(one, key)) === true;
}

function isListedUnder(engine: Engine, list: DeviceList, epoch: number, key: Bytes): boolean {
  const isNamed = [...list.entries, ...cameOver(engine, list)].some(
    ({ body }) => body.vaultEpoch === epoch && isListed(body.devices, key),
  );
  return isNamed || wasFormer(engine, list, epoch, key);
}
