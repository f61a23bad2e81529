/**
 * Delivery addresses: where envelopes for this device go (DS1, DS2). Each key package and each leaf has a fresh one. It
 * is registered at home, with a capability that ends with it, before anybody can learn it.
 */
import type { LeafDelivery } from "@yanshu/mls";
import { type AddressRow, allAddresses, insertAddress, setRegistered, unregisteredAddresses } from "@yanshu/store";
import { capabilityHashOf, idBytes, limits, toHex } from "@yanshu/wire";
import type { Errand } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";

export const retireAfterMs = 7 * 86_400_000;

/** Fields of a leaf besides its address and keys. */
export type LeafWord = Partial<Pick<LeafDelivery, "features" | "replaces" | "server">>;

/** A new address with its seal key and capability, stored but not yet known at the server. */
export async function freshAddress(engine: Engine, says: LeafWord = {}): Promise<LeafDelivery> {
  const { crypto } = engine.ports;
  const seal = await crypto.sealKeyPair();
  const address = crypto.random(idBytes.address);
  const claimCap = crypto.random(idBytes.capability);
  engine.db.transaction(() => insertAddress(engine.db, { address, sealPrivate: seal.privateKey, claimCap }));
  return { server: ownOf(engine).server, address, sealKey: seal.publicKey, claimCap, features: [], ...says };
}

/** Registers all addresses at home, and at the previous home if that answers. Returns whether home has them all. */
export async function registerAddresses(engine: Engine): Promise<boolean> {
  const { db, link } = engine;
  await registerBefore(engine);
  for (;;) {
    const rows = unregisteredAddresses(db).slice(0, limits.addressesPerCallMax);
    if (rows.length === 0) return true;
    if (!(await register(engine, rows, (name, args) => link.call("signed", name, args)))) return false;
    db.transaction(() => {
      for (const row of rows) setRegistered(db, row.address, true);
    });
  }
}

/**
 * Registers them at the previous home, whose gates deliver to them (HM68). Returns whether it has all of them, or there
 * is no such home.
 */
export async function registerBefore(engine: Engine): Promise<boolean> {
  const { db, link, before } = engine;
  if (!link.isBefore(before.server)) return true;
  for (;;) {
    const rows = allAddresses(db)
      .filter(({ address }) => !before.known.has(toHex(address)))
      .slice(0, limits.addressesPerCallMax);
    if (rows.length === 0) return true;
    if (!(await register(engine, rows, link.before.call))) return false;
    for (const { address } of rows) before.known.add(toHex(address));
  }
}

async function register({ ports }: Engine, rows: readonly AddressRow[], call: Errand["call"]): Promise<boolean> {
  const caps = rows.map((row) => capabilityHashOf(ports.crypto.sha256, row.claim_cap));
  const allowed = await call("capabilities", { add: caps, remove: [] });
  if (allowed.kind !== "ok") return false;
  const added = await call("addresses", { add: rows.map((row) => row.address), remove: [] });
  return added.kind === "ok";
}
