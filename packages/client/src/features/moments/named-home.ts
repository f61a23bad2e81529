/** Homes that friends named as theirs, where their leaves do not say it (docs/spec/moments.md MO71). */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, equalBytes, toHex } from "@yanshu/wire";
import { pack, unpack } from "../../feature.ts";

type Named = readonly { readonly account: AccountId; readonly home: string }[];

/** Those who named theirs last. */
const namedMax = 4_096;

function named(db: Database): Named {
  const stored = readMeta(db, "moment-homes");
  return stored === undefined ? [] : unpack<Named>(stored);
}

export function homeNamedBy(db: Database, friend: AccountId): string | undefined {
  return named(db).find(({ account }) => equalBytes(account, friend))?.home;
}

/** Of all who named theirs, by account in hex. */
export function homesNamed(db: Database): ReadonlyMap<string, string> {
  return new Map(named(db).map(({ account, home }) => [toHex(account), home]));
}

/**
 * Returns whether it is another than before. Undefined: it is where the leaf in the chat of two says. Inside a
 * transaction.
 */
export function takeHomeNamed(db: Database, account: AccountId, home: string | undefined): boolean {
  const before = named(db);
  const held = before.find((one) => equalBytes(one.account, account));
  if (held?.home === home) return false;
  const others = before.filter((one) => one !== held);
  writeMeta(db, "moment-homes", pack([...others, ...(home === undefined ? [] : [{ account, home }])].slice(-namedMax)));
  return true;
}
