/** The entries of the own device list, told to a server that may not have them (docs/spec/identity.md ID22). */
import type { KeyPair } from "@yanshu/mls";
import { type AccountId, appendProofBytes, type Bytes } from "@yanshu/wire";
import type { Connection, Hello } from "../connection/connection.ts";
import { type Engine, ownOf } from "../core/engine.ts";

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
