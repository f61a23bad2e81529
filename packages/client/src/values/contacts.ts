/** Contacts as screens name them. */
import { type Database, readContact } from "@yanshu/store";
import { type AccountId, fromHex, idBytes } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { ClientError } from "../errors.ts";

const written = new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`);

/** @throws ClientError `unknown-contact` where nothing of such a contact stands here. */
export function contactOf(db: Database, hex: Hex): AccountId {
  const account = written.test(hex) ? fromHex(hex) : undefined;
  if (account === undefined || readContact(db, account) === undefined) throw new ClientError("unknown-contact");
  return account;
}
