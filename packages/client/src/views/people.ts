/**
 * People: names and pictures (docs/spec/identity.md ID9). The own remark outranks the name that a person gave
 * themselves, which outranks an introduction by others; the latter two share one row of `people`, which holds the
 * stronger one.
 */
import { type Database, hasChatMark } from "@yanshu/store";
import { type Bytes, equalBytes, invariant, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { Face, PersonRef } from "../api/people.ts";
import { faceOf } from "../values/faces.ts";
import type { ViewContext } from "./context.ts";

export type Trust = "scanned" | "introduced" | "none";

export type Person = PersonRef & {
  readonly face: Face;
  readonly isContact: boolean;
  /** As `contacts.state`. */
  readonly state: string | undefined;
  readonly trust: Trust;
  /** The own name for them; empty: none. It outranks every other name. */
  readonly remark: string;
  readonly ownName: string;
};

/** Names and pictures during one read. Each account's picture is one object, however often it is shown. */
export type People = {
  /** Reads many at once; an account that was not loaded is read on first use. */
  readonly load: (accounts: Iterable<Hex>) => void;
  readonly get: (account: Hex) => Person;
  readonly ref: (account: Hex) => PersonRef;
};

type Row = {
  readonly account: Bytes;
  readonly name: string | null;
  readonly avatar: Bytes | null;
  readonly remark: string | null;
  readonly state: string | null;
  readonly trust: Trust | null;
};

const peopleSql = `
  SELECT wanted.account, p.name, p.avatar, k.remark, k.state, k.trust
  FROM (SELECT unhex(value) AS account FROM json_each(?)) AS wanted
  LEFT JOIN people AS p ON p.account = wanted.account
  LEFT JOIN contacts AS k ON k.account = wanted.account`;

/** The name to show. A deleted contact's remark does not count. */
export function nameOf(row: { name: string | null; remark: string | null; state: string | null }): string {
  const remark = row.state === "deleted" ? "" : (row.remark ?? "");
  return remark !== "" ? remark : (row.name ?? "");
}

type FaceKept = { readonly name: string; readonly avatar: Bytes | null; readonly face: Face };

/** Of each store, faces as they were read last. */
const facesKept = new WeakMap<Database, Map<Hex, FaceKept>>();
const facesKeptMax = 4_096;

/**
 * One that is as it was is the same object, so that what was read at different times carries its picture to a screen
 * once.
 */
function faceKept(db: Database, account: Hex, row: Pick<Row, "account" | "avatar">, name: string): Face {
  const all = facesKept.get(db) ?? new Map<Hex, FaceKept>();
  facesKept.set(db, all);
  const held = all.get(account);
  const { avatar } = row;
  const isAsBefore = held?.avatar === avatar || (held?.avatar && avatar && equalBytes(held.avatar, avatar));
  if (held?.name === name && isAsBefore) return held.face;
  const face = faceOf(row.account, name, avatar);
  if (all.size >= facesKeptMax) all.clear();
  all.set(account, { name, avatar, face });
  return face;
}

export function peopleOf(context: ViewContext): People {
  const own = context.own === undefined ? undefined : toHex(context.own.account);
  const known = new Map<Hex, Person>();

  function load(accounts: Iterable<Hex>): void {
    const missing = [...new Set(accounts)].filter((account) => !known.has(account));
    if (missing.length === 0) return;
    for (const row of context.database.all<Row>(peopleSql, JSON.stringify(missing))) {
      const account = toHex(row.account);
      const isMe = account === own;
      const name = isMe ? (row.name ?? "") : nameOf(row);
      const face = faceKept(context.database, account, row, name);
      known.set(account, {
        account,
        name,
        isMe,
        face,
        isContact: row.state === "contact",
        state: row.state ?? undefined,
        trust: row.trust ?? "none",
        remark: isMe || row.state === "deleted" ? "" : (row.remark ?? ""),
        ownName: row.name ?? "",
      });
    }
  }

  function get(account: Hex): Person {
    load([account]);
    const person = known.get(account);
    invariant(person !== undefined, "accounts in the store are ids");
    return person;
  }

  return {
    load,
    get,
    ref: (account) => {
      const { name, isMe } = get(account);
      return { account, name, isMe };
    },
  };
}

const nicknameSql = "SELECT name FROM nicknames WHERE conversation = ? AND account = unhex(?)";
const nicknamesSql = `
  SELECT n.account, n.name FROM nicknames AS n
  WHERE n.conversation = ? AND n.account IN (SELECT unhex(value) FROM json_each(?))`;

/** The same people with their names in a group: the own remark, else their nickname there, if nicknames are shown. */
export function peopleIn(context: ViewContext, people: People, conversation: Bytes): People {
  const { database } = context;
  if (hasChatMark(database, conversation, "own-names")) return people;
  const nicknames = new Map<Hex, string>();
  function load(accounts: Iterable<Hex>): void {
    const all = [...new Set(accounts)].filter((account) => !nicknames.has(account));
    people.load(all);
    if (all.length === 0) return;
    for (const account of all) nicknames.set(account, "");
    const rows = database.all<{ account: Bytes; name: string }>(nicknamesSql, conversation, JSON.stringify(all));
    for (const { account, name } of rows) nicknames.set(toHex(account), name);
  }
  const nicknameOf = (account: Hex): string => {
    if (!nicknames.has(account))
      nicknames.set(account, database.get<{ name: string }>(nicknameSql, conversation, account)?.name ?? "");
    return nicknames.get(account) ?? "";
  };
  return { ...calledBy(people, nicknameOf), load };
}

/** The same people with nicknames that the caller has read. */
export function calledBy(people: People, nicknameOf: (account: Hex) => string): People {
  const get = (account: Hex): Person => {
    const person = people.get(account);
    const nickname = nicknameOf(account);
    return nickname === "" || person.remark !== "" ? person : { ...person, name: nickname };
  };
  return {
    load: people.load,
    get,
    ref: (account) => {
      const { name, isMe } = get(account);
      return { account, name, isMe };
    },
  };
}
