/**
 * Points: where envelopes for this device go. A fresh address for every key package and every leaf
 * (DS1, DS2), registered at home before anybody can learn of it, with the capability that dies with
 * it; and the supply of key packages (DS29).
 */
import type { LeafDelivery, OwnKeyPackage } from "@yanshu/mls";
import {
  deleteAddress,
  deleteKeyPackage,
  insertAddress,
  insertKeyPackage,
  readKeyPackages,
  readMeta,
  retiredAddresses,
  setPublished,
  setRegistered,
  unregisteredAddresses,
  writeMeta,
} from "@yanshu/store";
import { type Bytes, capabilityHashOf, idBytes, limits } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { identityOf } from "./own.ts";

const dayMs = 86_400_000;
export const retireAfterMs = 7 * dayMs;

/** A new address with its seal key and capability, stored but not yet known at home. */
export async function freshPoint(engine: Engine): Promise<LeafDelivery> {
  const { crypto } = engine.ports;
  const seal = await crypto.sealKeyPair();
  const address = crypto.random(idBytes.address);
  const claimCap = crypto.random(idBytes.capability);
  engine.db.transaction(() => insertAddress(engine.db, { address, sealPrivate: seal.privateKey, claimCap }));
  return { server: ownOf(engine).server, address, sealKey: seal.publicKey, claimCap, features: [] };
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
  const rows = retiredAddresses(db, ports.nowMs());
  if (rows.length === 0) return;
  const capabilities = rows.map((row) => capabilityHashOf(ports.crypto.sha256, row.claim_cap));
  const first = await engine.link.call("signed", "addresses", { add: [], remove: rows.map((row) => row.address) });
  if (first.kind !== "ok") return;
  const second = await engine.link.call("signed", "capabilities", { add: [], remove: capabilities });
  if (second.kind !== "ok") return;
  db.transaction(() => {
    for (const row of rows) deleteAddress(db, row.address);
  });
}

/** What a key package is for: to be published, drawn when none is left, or handed to one peer and published never. */
export type PackageUse = "publish" | "last-resort" | "hand";

/** A key package with its own fresh address. Its lifetime begins a day ago, for skewed clocks. */
export async function makeKeyPackage(engine: Engine, use: PackageUse): Promise<OwnKeyPackage> {
  const { db, mls, ports } = engine;
  const delivery = await freshPoint(engine);
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

/** Fills the supply at home up to what this device keeps there. */
export async function supplyKeyPackages(engine: Engine, left: number): Promise<void> {
  const { db, ports } = engine;
  const nowMs = ports.nowMs();
  const kept = Math.min(ports.keyPackagesKept, limits.keyPackagesKept);
  const own = readKeyPackages(db);
  const hasLastResort = own.some(
    (row) => row.last_resort === 1 && row.published === 1 && row.expires_ms > nowMs + 7 * dayMs,
  );
  if (left >= Math.ceil(kept / 2) && hasLastResort) return;
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
  if (!(await registerPoints(engine))) return;
  for (let at = 0; at < made.length; at += limits.keyPackagesPerCallMax) {
    const batch = made.slice(at, at + limits.keyPackagesPerCallMax);
    const answer = await engine.link.call("signed", "keyPackages", {
      add: batch.map((one) => ({ package: one.bytes, expiresAtMs: one.expires, lastResort: one.lastResort })),
      replace: false,
    });
    if (answer.kind !== "ok") return;
    db.transaction(() => {
      for (const one of batch) setPublished(db, one.address);
    });
  }
}

/** The capability of the own contact link, made on first use and the same on every own device. */
export async function contactCapability(engine: Engine): Promise<Bytes | undefined> {
  const held = readMeta(engine.db, "contact-capability");
  if (held !== undefined) return held;
  return renewContactCapability(engine);
}

export function hasContactCapability(engine: Engine): boolean {
  return readMeta(engine.db, "contact-capability") !== undefined;
}

/** From the answer on the old link draws nothing any more. */
export async function renewContactCapability(engine: Engine): Promise<Bytes | undefined> {
  const { db, ports } = engine;
  const old = readMeta(db, "contact-capability");
  const fresh = ports.crypto.random(idBytes.capability);
  const { sha256 } = ports.crypto;
  const answer = await engine.link.call("signed", "capabilities", {
    add: [capabilityHashOf(sha256, fresh)],
    remove: old === undefined ? [] : [capabilityHashOf(sha256, old)],
  });
  if (answer.kind !== "ok") return undefined;
  db.transaction(() => writeMeta(db, "contact-capability", fresh));
  return fresh;
}
