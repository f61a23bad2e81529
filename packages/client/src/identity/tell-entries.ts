/** Sends entries of the own device list to a server that may lack them (docs/spec/identity.md ID22). */
import type { KeyPair } from "@yanshu/mls";
import { type AccountId, appendProofBytes, type Bytes } from "@yanshu/wire";
import type { Connection, Hello } from "../connection/connection.ts";
import { type Engine, ownOf } from "../core/engine.ts";

/**
 * Sends the entries that a home restored from a copy lacks: without them it does not know devices linked since.
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

/** DS100: a proof that a listed device is present, for a connection on which nobody is signed in. */
export async function shownBy(
  { ports }: Engine,
  { domain, incarnation, nonce }: Hello,
  account: AccountId,
  key: KeyPair,
): Promise<{ readonly key: Bytes; readonly signature: Bytes }> {
  const proof = appendProofBytes({ domain, incarnation, nonce, account });
  return { key: key.publicKey, signature: await ports.crypto.sign(key.privateKey, proof) };
}
