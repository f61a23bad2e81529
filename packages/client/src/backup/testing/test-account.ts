/** An account with one device in memory, for tests of what the vault believes. */
import type { Crypto } from "@yanshu/mls";
import { type Database, migrate, migrations } from "@yanshu/store";
import { accountIdOf, type Bytes, encodeEntry, entryBytes, nextEntryBody } from "@yanshu/wire";
import type { Engine } from "../../core/engine.ts";
import { createLists } from "../../device-lists/device-lists.ts";
import { makeAccount, rootKeyOf } from "../../identity/own.ts";
import { knownConversationKinds } from "../../kinds/index.ts";

/** Bytes that are all the same, such as a device key that nobody holds. */
export const filled = (value: number, length = 32): Bytes => new Uint8Array(length).fill(value);

/** @param db empty. */
export async function testAccount(crypto: Crypto, db: Database) {
  migrate(db, migrations);
  const lists = createLists(db, crypto, () => undefined);
  const made = await makeAccount(crypto, "yan.test");
  const account = accountIdOf(crypto.sha256, made.inception);
  await lists.take({ inception: made.inception, entries: [made.entry] });
  const device = await crypto.signatureKeyPair(made.deviceSeed);
  const own = { account, device: lists.devices(account)[0]?.id, deviceKey: device };
  const ports = { crypto, after: () => () => undefined, nowMs: () => 0 };
  const conversations = knownConversationKinds;
  const engine = { db, ports, lists, own, conversations, vault: () => undefined } as unknown as Engine;
  const root = await rootKeyOf(crypto, made.masterKey);
  const held = () => {
    const list = lists.get(account);
    if (list === undefined) throw new Error("the list is held");
    return list;
  };
  const signed = async (by: typeof root, on: ReturnType<typeof held>, change: Parameters<typeof nextEntryBody>[1]) => {
    const body = nextEntryBody(on, change, by.publicKey);
    return encodeEntry(body, await crypto.sign(by.privateKey, entryBytes(body)));
  };
  const take = (...entries: readonly Bytes[]) => lists.take({ inception: made.inception, entries: [...entries] });
  return { engine, held, device, root, signed, take };
}
