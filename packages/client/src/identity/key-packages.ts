/**
 * Key packages (RFC 9420 §10): the supply at home from which others add this device to groups (DS29), and the
 * retirement of addresses to which a last-resort package still leads.
 */
import type { OwnKeyPackage } from "@yanshu/mls";
import {
  type AddressRow,
  deleteAddress,
  deleteKeyPackage,
  drainedGroups,
  forgetGroup,
  insertKeyPackage,
  type KeyPackageRow,
  postponeRetiring,
  readKeyPackages,
  retiredAddresses,
  retireLastResort,
  setPublished,
} from "@yanshu/store";
import { type Bytes, capabilityHashOf, equalBytes, limits, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { sqlOf } from "../kinds/kind.ts";
import { freshAddress, type LeafWord, registerAddresses } from "./delivery-addresses.ts";
import { identityOf } from "./own.ts";

const dayMs = 86_400_000;
/** How long after a claim a Welcome may arrive, if the address is retired early. */
const drawnMsMax = 600_000;

const fixedKinds = sqlOf((kinds) => kinds.sql(({ membersChange }) => !membersChange));

/** Deletes retired addresses at home; those that fail are tried again. */
export async function deleteRetiredAddresses(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  const retired = retiredAddresses(db, ports.nowMs());
  const lastResorts = lastResortsIn(engine, retired);
  if (lastResorts.length > 0 && !(await replaceLastResorts(engine, lastResorts))) return;
  const rows = retired.filter((row) => !lastResorts.some(({ address }) => equalBytes(address, row.address)));
  if (rows.length === 0) return;
  const capabilities = rows.map((row) => capabilityHashOf(ports.crypto.sha256, row.claim_cap));
  const first = await engine.link.call("signed", "addresses", { add: [], remove: rows.map((row) => row.address) });
  if (first.kind !== "ok") return;
  const second = await engine.link.call("signed", "capabilities", { add: [], remove: capabilities });
  if (second.kind !== "ok") return;
  db.transaction(() => {
    for (const { address } of rows) {
      deleteAddress(db, address);
      deleteKeyPackage(db, address); // A note that still comes cannot be opened.
    }
    forgetDrained(engine);
  });
}

/**
 * The keys of a group to which nothing comes any more would open what home held back (GR17.2). Where people come and
 * go, who was in it is asked for months after (HM85). In a transaction.
 */
function forgetDrained({ db, groups, conversations }: Engine): void {
  for (const groupId of drainedGroups(db, fixedKinds(conversations))) {
    forgetGroup(db, groupId);
    groups.delete(toHex(groupId));
  }
}

/** Published last-resort packages whose address was also in a leaf, and is being deleted. */
function lastResortsIn(engine: Engine, retired: readonly AddressRow[]): readonly KeyPackageRow[] {
  if (retired.length === 0) return [];
  return readKeyPackages(engine.db).filter(
    (row) =>
      row.last_resort === 1 && row.published === 1 && retired.some(({ address }) => equalBytes(address, row.address)),
  );
}

/**
 * Others can still claim such a package, and a Welcome to a deleted address is lost. So another package replaces it
 * first, and the address stays until a Welcome for a recent claim has come. Returns whether home has the other.
 */
async function replaceLastResorts(engine: Engine, old: readonly KeyPackageRow[]): Promise<boolean> {
  const { db, ports } = engine;
  const spare = readKeyPackages(db).find((row) => row.last_resort === 1 && row.published === 0);
  const fresh = spare ?? (await makeKeyPackage(engine, "last-resort"));
  if (!(await registerAddresses(engine))) return false;
  const expiresAtMs = "expires_ms" in fresh ? fresh.expires_ms : fresh.expiresAtMs;
  const answer = await engine.link.call("signed", "keyPackages", {
    add: [{ package: fresh.bytes, expiresAtMs, lastResort: true }],
    replace: true,
  });
  if (answer.kind !== "ok") return false;
  db.transaction(() => {
    setPublished(db, fresh.address);
    for (const { address } of old) {
      retireLastResort(db, address);
      postponeRetiring(db, address, ports.nowMs() + drawnMsMax);
    }
  });
  return true;
}

/**
 * The use of a key package: published, last resort (claimed when no other is left), or handed to one peer and never
 * published.
 */
export type PackageUse = "publish" | "last-resort" | "hand";

/** A key package with its own fresh address. Its lifetime begins a day ago, for skewed clocks. */
export async function makeKeyPackage(engine: Engine, use: PackageUse, says: LeafWord = {}): Promise<OwnKeyPackage> {
  const { db, mls, ports } = engine;
  const delivery = await freshAddress(engine, says);
  const expiresAtMs = ports.nowMs() + (limits.keyPackageDaysMax - 1) * dayMs;
  const made = await mls.keyPackage(identityOf(engine), delivery, expiresAtMs);
  db.transaction(() =>
    insertKeyPackage(db, {
      address: made.address,
      bytes: made.bytes,
      secret: made.secret,
      ref: made.ref,
      expires_ms: made.expiresAtMs,
      last_resort: use === "last-resort" ? 1 : 0,
      published: use === "hand" ? 1 : 0,
    }),
  );
  return made;
}

/**
 * Fills the supply at home. Returns whether it is full.
 *
 * @param anew replaces all packages that home has, because they are void.
 */
export async function supplyKeyPackages(engine: Engine, left: number, anew = false): Promise<boolean> {
  const { db, ports } = engine;
  const nowMs = ports.nowMs();
  const kept = Math.min(ports.keyPackagesKept, limits.keyPackagesKept);
  const own = readKeyPackages(db);
  const hasLastResort =
    !anew && own.some((row) => row.last_resort === 1 && row.published === 1 && row.expires_ms > nowMs + 7 * dayMs);
  if (left >= Math.ceil(kept / 2) && hasLastResort) return true;
  for (const row of own.filter((row) => row.expires_ms < nowMs)) {
    db.transaction(() => deleteKeyPackage(db, row.address));
  }
  const unpublished = own.filter((row) => row.published === 0 && row.expires_ms >= nowMs);
  const made: { bytes: Bytes; address: Bytes; expires: number; lastResort: boolean }[] = unpublished.map((row) => ({
    bytes: row.bytes,
    address: row.address,
    expires: row.expires_ms,
    lastResort: row.last_resort === 1,
  }));
  const add = async (lastResort: boolean) => {
    const one = await makeKeyPackage(engine, lastResort ? "last-resort" : "publish");
    made.push({ bytes: one.bytes, address: one.address, expires: one.expiresAtMs, lastResort });
  };
  while (left + made.filter((one) => !one.lastResort).length < kept) await add(false);
  if (!hasLastResort && !made.some((one) => one.lastResort)) await add(true);
  if (!(await registerAddresses(engine))) return false;
  for (let at = 0; at < made.length; at += limits.keyPackagesPerCallMax) {
    const batch = made.slice(at, at + limits.keyPackagesPerCallMax);
    const answer = await engine.link.call("signed", "keyPackages", {
      add: batch.map((one) => ({ package: one.bytes, expiresAtMs: one.expires, lastResort: one.lastResort })),
      replace: anew && at === 0,
    });
    if (answer.kind !== "ok") return false;
    db.transaction(() => {
      for (const one of batch) setPublished(db, one.address);
    });
  }
  return true;
}

/** Publishes one package in place of one that was claimed to flood its address. */
export async function publishFresh(engine: Engine): Promise<void> {
  const fresh = await makeKeyPackage(engine, "publish");
  if (!(await registerAddresses(engine))) return; // Published with the next supply.
  const answer = await engine.link.call("signed", "keyPackages", {
    add: [{ package: fresh.bytes, expiresAtMs: fresh.expiresAtMs, lastResort: false }],
    replace: false,
  });
  if (answer.kind === "ok") engine.db.transaction(() => setPublished(engine.db, fresh.address));
}
