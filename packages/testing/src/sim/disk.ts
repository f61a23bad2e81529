/**
 * Disk: what a device believes, read from its own database, so that it can be asked of one that is
 * switched off; and what the server holds of its account.
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Hex } from "@yanshu/client";
import type { Database } from "@yanshu/store";
import { type AccountId, accountIdOf, deviceIdOf, readEntryBody, toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";

const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** How a device stands in a conversation, by its own word. */
export type Standing = {
  readonly conversation: Hex;
  readonly bytes: Uint8Array;
  readonly kind: "direct" | "group" | "own";
  readonly state: string;
  readonly frozen: string | null;
  readonly groupId: Uint8Array | null;
  readonly peer: Hex | undefined;
  /** Whether what is said there reaches it. */
  readonly inside: boolean;
};

const insideStates: ReadonlySet<string> = new Set(["open", "request-in", "request-out"]);

/** A device without an account stands nowhere. */
const standingsSql = `
  SELECT conversation, kind, state, frozen, group_id, peer FROM conversations
  WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'inception')`;

export function standings(disk: Database): readonly Standing[] {
  type Row = {
    conversation: Uint8Array;
    kind: Standing["kind"];
    state: string;
    frozen: string | null;
    group_id: Uint8Array | null;
    peer: Uint8Array | null;
  };
  return disk.all<Row>(standingsSql).map((row) => ({
    conversation: toHex(row.conversation),
    bytes: row.conversation,
    kind: row.kind,
    state: row.state,
    frozen: row.frozen,
    groupId: row.group_id,
    peer: row.peer === null ? undefined : toHex(row.peer),
    inside: insideStates.has(row.state) && row.group_id !== null,
  }));
}

function meta(disk: Database, key: string): Uint8Array | undefined {
  return disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = ?", key)?.value;
}

/** The values of the sign-in (ID13): the one that home holds, and the one that is shown until home has answered. */
export function pairOf(disk: Database): { readonly current: Hex | undefined; readonly next: Hex | undefined } {
  const [current, next] = [meta(disk, "pair-current"), meta(disk, "pair-next")];
  return { current: current && toHex(current), next: next && toHex(next) };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256").update(bytes).digest());
}

export function accountOf(disk: Database): AccountId | undefined {
  const inception = meta(disk, "inception");
  return inception === undefined ? undefined : accountIdOf(sha256, inception);
}

export function deviceOf(disk: Database): Hex | undefined {
  const seed = meta(disk, "device-seed");
  if (seed === undefined) return undefined;
  return toHex(deviceIdOf(sha256, publicKeyOf(seed)));
}

const publicKeys = new Map<Hex, Uint8Array>();

/** Ed25519, from the seed that the device keeps. */
function publicKeyOf(seed: Uint8Array): Uint8Array {
  const held = publicKeys.get(toHex(seed));
  if (held !== undefined) return held;
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
  const made = Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
  publicKeys.set(toHex(seed), made);
  return made;
}

/** Device ids of the account's newest entry, as the servers hold it: of several homes the longest list counts. */
export function listedAtServer(world: World, account: AccountId): readonly Hex[] {
  const lists = [world, ...world.beside].map(({ log: { accounts } }) => {
    const row = accounts.find(account);
    return row === undefined ? [] : accounts.entries(row.ref, 0);
  });
  const last = lists.reduce((longest, list) => (list.length > longest.length ? list : longest)).at(-1);
  const body = last === undefined ? undefined : readEntryBody(last);
  return (body?.devices ?? []).map((key) => toHex(deviceIdOf(sha256, key)));
}

/** Somebody lives on it, and its account still counts it. */
export function isAlive(world: World, person: Person): boolean {
  const account = accountOf(person.disk);
  const device = deviceOf(person.disk);
  return account !== undefined && device !== undefined && listedAtServer(world, account).includes(device);
}

/** Direct conversations that one of their two accounts blocks or refused: nothing has to agree there. */
export function severedIn(people: readonly Person[]): ReadonlySet<Hex> {
  return new Set(
    people
      .flatMap((person) => standings(person.disk))
      .filter(({ kind, state }) => kind === "direct" && severed.has(state))
      .map(({ conversation }) => conversation),
  );
}

const severed: ReadonlySet<string> = new Set(["blocked", "declined"]);

export function membersAt(disk: Database, conversation: Uint8Array): ReadonlyMap<Hex, string> {
  return new Map(
    disk
      .all<{ account: Uint8Array; role: string }>(
        "SELECT account, role FROM members WHERE conversation = ?",
        conversation,
      )
      .map(({ account, role }) => [toHex(account), role]),
  );
}
