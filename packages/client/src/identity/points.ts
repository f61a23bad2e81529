/**
 * Points: where envelopes for this device go. A fresh address for every key package and every leaf
 * (DS1, DS2), registered at home before anybody can learn of it, with the capability that dies with
 * it; and the supply of key packages (DS29).
 */
import type { LeafDelivery, OwnKeyPackage } from "@yanshu/mls";
import {
  type AddressRow,
  deleteAddress,
  deleteKeyPackage,
  insertAddress,
  insertKeyPackage,
  type KeyPackageRow,
  postponeRetiring,
  readKeyPackages,
  readMeta,
  retiredAddresses,
  retireLastResort,
  setPublished,
  setRegistered,
  unregisteredAddresses,
  writeMeta,
} from "@yanshu/store";
import { type Bytes, capabilityHashOf, equalBytes, idBytes, limits } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { settleLinkTokens } from "../groups/door.ts";
import { foundBy, isNotPassedOn, linkedBy, passingOf } from "../sync/bodies.ts";
import { readPrivacy } from "../values/privacy.ts";
import { readHandleOf } from "../values/usernames.ts";
import { identityOf } from "./own.ts";

const dayMs = 86_400_000;
export const retireAfterMs = 7 * dayMs;
/** How long a package that was drawn may take to come back in a Welcome, when its address goes early. */
const drawnMsMax = 600_000;

/** What a leaf says besides where it is reached. */
type LeafWord = Partial<Pick<LeafDelivery, "features" | "replaces">>;

/** A new address with its seal key and capability, stored but not yet known at home. */
export async function freshPoint(engine: Engine, says: LeafWord = {}): Promise<LeafDelivery> {
  const { crypto } = engine.ports;
  const seal = await crypto.sealKeyPair();
  const address = crypto.random(idBytes.address);
  const claimCap = crypto.random(idBytes.capability);
  engine.db.transaction(() => insertAddress(engine.db, { address, sealPrivate: seal.privateKey, claimCap }));
  return { server: ownOf(engine).server, address, sealKey: seal.publicKey, claimCap, features: [], ...says };
}

/** Makes all addresses known at home. Answers whether they are. */
export async function registerPoints(engine: Engine): Promise<boolean> {
  const { db, ports } = engine;
  for (;;) {
    const rows = unregisteredAddresses(db).slice(0, limits.addressesPerCallMax);
    if (rows.length === 0) return true;
    const caps = rows.map((row) => capabilityHashOf(ports.crypto.sha256, row.claim_cap));
    const allowed = await engine.link.call("signed", "capabilities", { add: caps, remove: [] });
    if (allowed.kind !== "ok") return false;
    const added = await engine.link.call("signed", "addresses", { add: rows.map((row) => row.address), remove: [] });
    if (added.kind !== "ok") return false;
    db.transaction(() => {
      for (const row of rows) setRegistered(db, row.address, true);
    });
  }
}

/** Deletes at home what was retired; until then it stays planned. */
export async function dropRetired(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  await settleLinkTokens(engine);
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
      deleteKeyPackage(db, address); // A note that comes with it is opened by nothing any more.
    }
  });
}

/** Published last-resort packages whose address also stood in a leaf, and goes with it. */
function lastResortsIn(engine: Engine, retired: readonly AddressRow[]): readonly KeyPackageRow[] {
  if (retired.length === 0) return [];
  return readKeyPackages(engine.db).filter(
    (row) =>
      row.last_resort === 1 && row.published === 1 && retired.some(({ address }) => equalBytes(address, row.address)),
  );
}

/**
 * Others can still draw such a package, and a Welcome to a deleted address is skipped: so another takes its place
 * first, and the address stays until what was drawn a moment ago has come. Answers whether home has the other.
 */
async function replaceLastResorts(engine: Engine, old: readonly KeyPackageRow[]): Promise<boolean> {
  const { db, ports } = engine;
  const spare = readKeyPackages(db).find((row) => row.last_resort === 1 && row.published === 0);
  const fresh = spare ?? (await makeKeyPackage(engine, "last-resort"));
  if (!(await registerPoints(engine))) return false;
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

/** What a key package is for: to be published, drawn when none is left, or handed to one peer and published never. */
export type PackageUse = "publish" | "last-resort" | "hand";

/** A key package with its own fresh address. Its lifetime begins a day ago, for skewed clocks. */
export async function makeKeyPackage(engine: Engine, use: PackageUse, says: LeafWord = {}): Promise<OwnKeyPackage> {
  const { db, mls, ports } = engine;
  const delivery = await freshPoint(engine, says);
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
 * Fills the supply at home up to what this device keeps there. Answers whether it is filled.
 *
 * @param anew what home has of them is void, and is replaced.
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
  if (!(await registerPoints(engine))) return false;
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

/** One more package at home, in the place of one that was drawn to flood its address. */
export async function publishFresh(engine: Engine): Promise<void> {
  const fresh = await makeKeyPackage(engine, "publish");
  if (!(await registerPoints(engine))) return; // Published with the next supply.
  const answer = await engine.link.call("signed", "keyPackages", {
    add: [{ package: fresh.bytes, expiresAtMs: fresh.expiresAtMs, lastResort: false }],
    replace: false,
  });
  if (answer.kind === "ok") engine.db.transaction(() => setPublished(engine.db, fresh.address));
}

/** The capability of the own contact link. */
export async function contactCapability(engine: Engine): Promise<Bytes | undefined> {
  const secret = await contactSecret(engine);
  return secret && linkedBy(engine, secret);
}

/** From which it follows; made on first use and the same on every own device. */
export async function contactSecret(engine: Engine): Promise<Bytes | undefined> {
  const held = readMeta(engine.db, "contact-capability");
  if (held !== undefined) return held;
  // Asked for by two at once, one link is made: of two, the one that is not kept could never be reset.
  const making = firstLinks.get(engine) ?? renewContactSecret(engine).finally(() => firstLinks.delete(engine));
  firstLinks.set(engine, making);
  return making;
}

const firstLinks = new WeakMap<Engine, Promise<Bytes | undefined>>();

/** With the right to pass on the card and to find this person by their handle, or without. Home forgets it with the device that made it known, which may be revoked since: whichever is left says it again. */
export async function keepContactCapability(engine: Engine): Promise<void> {
  const held = await contactSecret(engine);
  if (held === undefined) return;
  const hashes = hashesOf(engine, held);
  const isTaken = takenBy(engine);
  await engine.link.call("signed", "capabilities", {
    add: hashes.filter((_, which) => isTaken[which]),
    // The secret itself was the link once, and the others followed from it.
    remove: [...hashes.filter((_, which) => !isTaken[which]), capabilityHashOf(engine.ports.crypto.sha256, held)],
  });
}

/** Of the link, the card that others pass on, and the handle. */
function hashesOf(engine: Engine, secret: Bytes): readonly Bytes[] {
  const { sha256 } = engine.ports.crypto;
  return [linkedBy(engine, secret), passingOf(engine, secret), foundBy(engine, secret)].map((one) =>
    capabilityHashOf(sha256, one),
  );
}

/** By which of them this person wants to be asked. */
function takenBy(engine: Engine): readonly boolean[] {
  return [readPrivacy(engine.db).takesLink, !isNotPassedOn(engine), readHandleOf(engine.db).isFound];
}

export function hasContactCapability(engine: Engine): boolean {
  return readMeta(engine.db, "contact-capability") !== undefined;
}

/** From the answer on the old link draws nothing any more, and no card that was passed on with it. */
export async function renewContactSecret(engine: Engine): Promise<Bytes | undefined> {
  const { db, ports } = engine;
  const old = readMeta(db, "contact-capability");
  const fresh = ports.crypto.random(idBytes.capability);
  const isTaken = takenBy(engine);
  const answer = await engine.link.call("signed", "capabilities", {
    add: hashesOf(engine, fresh).filter((_, which) => isTaken[which]),
    remove: old === undefined ? [] : hashesOf(engine, old),
  });
  if (answer.kind !== "ok") return undefined;
  db.transaction(() => writeMeta(db, "contact-capability", fresh));
  return fresh;
}
