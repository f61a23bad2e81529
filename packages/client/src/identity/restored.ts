/**
 * Restored home: the database was put back to an older copy, and says so by a new incarnation (docs/spec/identity.md
 * ID22). What home must know of this device and may have forgotten is told again: the list entries, addresses with
 * their capabilities, key packages, what wakes it. The groups' gates are behind, which their healing mends (SY19).
 */
import type { KeyPair } from "@yanshu/mls";
import { clearWaking, countDiagnostic, deleteMeta, forgetRegistered, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, appendProofBytes, type Bytes, equalBytes } from "@yanshu/wire";
import type { Connection, Hello } from "../core/connection.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { markHandle } from "../values/usernames.ts";
import { distrustHome } from "../vault/wish.ts";
import { supplyKeyPackages } from "./points.ts";

/** Whether home is not the one that this device last signed in at. */
export function isRestored(engine: Engine, incarnation: Bytes): boolean {
  const known = readMeta(engine.db, "incarnation");
  return known !== undefined && !equalBytes(known, incarnation);
}

/** Inside the transaction that notes the new incarnation. */
export function forgetWhatHomeKnew(engine: Engine): void {
  const { db } = engine;
  countDiagnostic(db, "home-restored");
  forgetRegistered(db);
  clearWaking(db);
  markHandle(db, false);
  distrustHome(db);
  writeMeta(db, "home-restored", Uint8Array.of(1)); // Until all is told, through crashes.
}

/**
 * The entries that came since the copy: without them home does not know a device that was linked since.
 *
 * @param hello of a connection where this device is not signed in.
 */
export async function tellEntries(engine: Engine, call: Connection["call"], hello?: Hello): Promise<void> {
  const own = ownOf(engine);
  const { account } = own;
  const list = engine.lists.get(account);
  if (list === undefined) return;
  const entries = list.entries.map(({ bytes }) => bytes);
  const by = hello === undefined ? undefined : await shownBy(engine, hello, account, own.deviceKey);
  await call("appendEntries", { account, entries, ...(by === undefined ? {} : { by }) });
}

/** DS100: that a device of the list is there, on a connection where nobody is signed in. */
export async function shownBy(
  { ports }: Engine,
  { domain, incarnation, nonce }: Hello,
  account: AccountId,
  key: KeyPair,
): Promise<{ readonly key: Bytes; readonly signature: Bytes }> {
  const proof = appendProofBytes({ domain, incarnation, nonce, account });
  return { key: key.publicKey, signature: await ports.crypto.sign(key.privateKey, proof) };
}

/** After sign-in, once addresses are registered again. Packages that the copy still has may be used up: they go. */
export async function tellHomeAgain(engine: Engine): Promise<void> {
  const { db, link } = engine;
  if (readMeta(db, "home-restored") === undefined) return;
  await tellEntries(engine, (name, args) => link.call("signed", name, args));
  if (await supplyKeyPackages(engine, 0, true)) db.transaction(() => deleteMeta(db, "home-restored"));
}
