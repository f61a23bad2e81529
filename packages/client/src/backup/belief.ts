/**
 * Belief: what may be taken of a segment, by who signed it (docs/spec/vault.md VA24, VA25). A device that was removed
 * still has the keys of before, and home puts for it whatever it likes wherever it likes.
 */
import { capVaultBegins, noteVaultBegin, readVaultBegins } from "@yanshu/store";
import { type Bytes, type DeviceList, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { readVault, writeVault } from "../values/vault-state.ts";
import { cameOver } from "./came-over.ts";
import { wasFormer } from "./formers.ts";
import type { SignedSegment } from "./seal.ts";

/**
 * `all`: a device that counts said it. `missing`: one that counted when it was put there said it; it tells what is not
 * here, and neither changes nor erases what is. `places`: the same where all that it can tell is known: it only tells
 * where what is here stands. `nothing`: who signed it had no say there.
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
 * Before anything is read under the list as it is now: what a device that is out of it puts there from now on is not
 * believed. Inside a transaction.
 */
export function beginEpoch(engine: Engine): void {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  const { readUnder, seen = 0 } = readVault(engine.db);
  if (epoch === undefined || readUnder === undefined || readUnder >= epoch) return;
  noteVaultBegin(engine.db, { epoch, at: seen });
  writeVault(engine.db, { readUnder: epoch });
}

/**
 * So long home has to say that its vault ends before a place where somebody saw an epoch begin, before it is believed
 * (VA30).
 */
const doubtMs = 600_000;

/**
 * All that home says to be there was read. Not believed at once where an epoch is said to begin behind it: one false
 * answer would have this device pass over what removed devices had honestly put there. Inside a transaction.
 */
export function endReading(engine: Engine): void {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  const { readUnder, seen = 0, home } = readVault(engine.db);
  if (epoch === undefined || readUnder !== undefined) return;
  if (home !== undefined && isDoubtful(engine, home.next)) return;
  if (!readVaultBegins(engine.db).some((one) => one.epoch === epoch)) noteVaultBegin(engine.db, { epoch, at: seen });
  writeVault(engine.db, { readUnder: epoch });
}

/** Whether home may still say otherwise. Once its time is over, what it said first holds. Inside a transaction. */
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
 * Which devices the list named when the entry was made that first names this one: all of them, and those that it drops.
 */
export function devicesBefore(
  engine: Engine,
  list: DeviceList,
): { readonly all: readonly Bytes[]; readonly gone: readonly Bytes[] } | undefined {
  const own = ownOf(engine).deviceKey.publicKey;
  const place = list.entries.findIndex(({ body }) => isListed(body.devices, own));
  const first = list.entries[place]?.body.devices;
  if (first === undefined) return undefined;
  // Not what the root's word follows on: who was put out behind that was out (ID41).
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
