/**
 * Places: at which server a gate, an address or an account is, and how a post names it (docs/spec/peers.md PE43, PE51).
 * No other part of the client decides whether something is at home.
 */
import type { Group, Member } from "@yanshu/mls";
import {
  type AccountId,
  type Address,
  type Bytes,
  equalBytes,
  farListHashOf,
  isServerName,
  listHashOf,
  type Part,
  type Push,
  serverMarkOf,
  type Target,
  toHex,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { readOtherHome, readReserve } from "../identity/other-home.ts";
import { homeKey, serverKnown, serverKnownOf, serversKnown, whileExpected } from "../values/far-servers.ts";

/** An address and its server; absent: home. */
export type Place = { readonly address: Address; readonly server?: string };

/** How many servers one list may name, including home and the server that it is uploaded to. */
const serversMax = 32;

/**
 * The name of a server that is reached through home; undefined if home itself is asked. Home is also asked for what
 * stayed at a home that this account has left, for names that are no server's, and if home has never talked to that
 * server.
 */
export function farOf(engine: Engine, server: string | undefined): string | undefined {
  const { db } = engine;
  if (server === undefined || server === ownOf(engine).server) return undefined;
  if (engine.link.isBefore(server)) return server; // The previous home is reached directly (HM68).
  // @checks PE30
  if (!isServerName(server)) return undefined;
  if (homeKey(db) === undefined && serverKnown(db, server) === undefined) return undefined;
  const isFormer = readOtherHome(db, server)?.isFormer === true && readReserve(db)?.server !== server;
  return isFormer ? undefined : server;
}

/**
 * Whether somebody may be asked for at the server that a link or a card names: it is home, is reached, or is one that
 * this account has left, for which home stands in. Home is asked in no other one's place: it would learn whom a person
 * turns to, and could stand in between.
 */
export function reaches(engine: Engine, server: string): boolean {
  // @checks PE90
  if (server === ownOf(engine).server || farOf(engine, server) !== undefined) return true;
  return readOtherHome(engine.db, server)?.isFormer === true;
}

/**
 * Whether the account was at home there, and nothing comes from there any more (HM69): what is there goes on at home.
 */
export function isLeftBehind({ db, link, own }: Engine, server: string): boolean {
  return server !== own?.server && readOtherHome(db, server)?.isFormer === true && !link.isBefore(server);
}

/**
 * Whether all that is known of where the account is in the group is a home that is gone: whoever is there left nobody,
 * and is let in again when they come (HM85).
 */
export function isStranded(engine: Engine, group: Pick<Group, "members"> | undefined, account: AccountId): boolean {
  const theirs = group?.members.filter((member) => equalBytes(member.account, account)) ?? [];
  return theirs.length > 0 && theirs.every(({ server }) => isLeftBehind(engine, server));
}

/**
 * Where a leaf's device is by now: of a leaf that stayed at a home that is gone, where the account is in other groups,
 * or was found.
 */
export function serverNow(engine: Engine, { account, server }: Pick<Member, "account" | "server">): string {
  return isLeftBehind(engine, server) ? serverOf(engine, account) : server;
}

/** The server that takes posts to a group's gate. */
export function gateAt(engine: Engine, { state }: Pick<Group, "state">): string {
  return farOf(engine, state.gateServer) ?? ownOf(engine).server;
}

/**
 * The server of a leaf of this device, for a group with its gate at `gateServer`: home, or the previous home (HM68).
 */
export function homeBy(engine: Engine, gateServer: string | undefined): string {
  return gateServer !== undefined && engine.link.isBefore(gateServer) ? gateServer : ownOf(engine).server;
}

/** What `isFromGateOf` needs of a push. `via`: the previous home passed it on; absent: home. */
export type PushFrom = Pick<Push, "server"> & { readonly via?: string };

/**
 * Whether the push came from the server of the group's gate. The previous home speaks for gates of its own, and, as
 * long as this device's leaf is there, passes on what other servers sent for it (PE67). @checks PE33, PE67
 */
export function isFromGateOf(
  engine: Engine,
  { server, via }: PushFrom,
  { state: { gateServer }, members, ownLeaf }: Pick<Group, "state" | "members" | "ownLeaf">,
): boolean {
  const gate = farOf(engine, gateServer);
  if (via === undefined || via === server) return server === gate;
  const isThere = members.some((member) => member.leaf === ownLeaf && member.server === via);
  return isThere && server === (gate ?? ownOf(engine).server);
}

/** The server at which an account's key packages are claimed, as far as it is known. */
export function serverOf(engine: Engine, account: AccountId): string {
  const own = ownOf(engine);
  if (equalBytes(account, own.account)) return own.server;
  const known = serverKnownOf(engine.db, account);
  if (known !== undefined) return known;
  for (const group of engine.groups.values())
    for (const member of group.members)
      if (equalBytes(member.account, account) && farOf(engine, member.server) !== undefined) return member.server;
  return own.server;
}

/** The same of many accounts, other than the own one, by one reading of the store and of the groups. */
export function serversOf(engine: Engine): (account: AccountId) => string {
  const own = ownOf(engine);
  const known = serversKnown(engine.db);
  let inGroups: Map<string, string> | undefined;
  const byLeaf = () => {
    const found = new Map<string, string>();
    for (const { members } of engine.groups.values())
      for (const { account, server } of members)
        if (farOf(engine, server) !== undefined && !found.has(toHex(account))) found.set(toHex(account), server);
    return found;
  };
  return (account) => {
    const id = toHex(account);
    inGroups ??= known.has(id) ? undefined : byLeaf();
    return known.get(id) ?? inGroups?.get(id) ?? own.server;
  };
}

/** A server as lists and targets name it. A leaf may contain any text: what is no server name means home. */
function serverNamed(engine: Engine, server: string | undefined): string {
  // @checks PE30
  const isOne = isServerName(server) || (server !== undefined && engine.link.isBefore(server));
  return isOne ? server : ownOf(engine).server;
}

/** How a post to `at` names the server of an address; a post to home names home for all that `farOf` leaves to it. */
function serverAt(engine: Engine, at: string, server: string | undefined): string {
  const there = serverNamed(engine, server);
  return at === ownOf(engine).server && farOf(engine, there) === undefined ? at : there;
}

/** The target for one address in a post to `at`. */
export function targetOf(engine: Engine, at: string, { server, address }: Place): Part["target"] {
  const there = serverAt(engine, at, server);
  return there === at ? { kind: "address", address } : { kind: "far", server: there, address };
}

/** The target for a list in a post to `at`. The server must know the list by `uploadList`. */
export function listTarget(engine: Engine, at: string, places: readonly Place[]): Extract<Target, { kind: "list" }> {
  const { sha256 } = engine.ports.crypto;
  const far = farList(engine, at, places);
  return { kind: "list", list: far ? farListHashOf(sha256, far.entries) : listHashOf(sha256, addressesOf(places)) };
}

/** The servers other than `at` that have addresses of the list. */
export function serversBeside(engine: Engine, at: string, places: readonly Place[]): readonly string[] {
  return [...new Set(farList(engine, at, places)?.entries.map(({ server }) => server))].filter((name) => name !== at);
}

/** The servers beyond `serversMax`, whose addresses are left out of a list at `at`. */
export function serversLeftOut(engine: Engine, at: string, places: readonly Place[]): readonly string[] {
  return farList(engine, at, places)?.leftOut ?? [];
}

function addressesOf(places: readonly Place[]): readonly Address[] {
  return places.map(({ address }) => address);
}

/** A list of several servers, and the servers that it leaves out. Undefined if all addresses are at `at`. */
function farList(engine: Engine, at: string, places: readonly Place[]) {
  // Each name is looked up once: a large group has few servers.
  const names = new Map(places.map(({ server }) => [server, at]));
  for (const server of names.keys()) names.set(server, serverAt(engine, at, server));
  if ([...names.values()].every((server) => server === at)) return undefined;
  const servers = [...new Set([at, ownOf(engine).server, ...names.values()])];
  const [kept, leftOut] = [new Set(servers.slice(0, serversMax)), servers.slice(serversMax)];
  const entries = places.map(({ server, address }) => ({ server: names.get(server) ?? at, address }));
  // @checks PE30
  return { entries: entries.filter(({ server }) => kept.has(server)), leftOut };
}

/** Uploads a list to `at`. Returns the servers that refuse their part of it; `lost` if no answer came. */
export async function uploadList(
  engine: Engine,
  at: string,
  places: readonly Place[],
): Promise<readonly string[] | "lost"> {
  const list = farList(engine, at, places);
  const far = farOf(engine, at);
  if (list === undefined) {
    const answer = await engine.link.ask(far, "uploadList", { addresses: addressesOf(places) });
    return answer.kind === "lost" ? "lost" : [];
  }
  const answer = await engine.link.ask(far, "uploadFarList", { entries: list.entries });
  if (answer.kind === "lost") return "lost";
  const refused = answer.kind === "ok" ? answer.value.refused : serversBeside(engine, at, places);
  return [...refused, ...list.leftOut];
}

/**
 * Runs `work` with a server, if its key has the hash `mark` that a link names, and matches the known one. A mark that
 * no card matched is deleted afterwards: else a false link would block the server for good.
 *
 * @throws ClientError
 */
export async function knownBy<T>(engine: Engine, server: string, mark: Bytes, work: () => Promise<T>): Promise<T> {
  const { db, link, ports } = engine;
  const mustBeIt = () => {
    const known = serverKnown(db, server);
    // @checks PE45
    if (known !== undefined && !equalBytes(serverMarkOf(ports.crypto.sha256, known.key), mark))
      throw new ClientError("peer-forgotten");
  };
  mustBeIt();
  try {
    return await whileExpected(db, server, mark, work);
  } finally {
    // Closes the tunnel: without a stored key it would now accept any card.
    if (serverKnown(db, server) === undefined) link.dropFar(server);
    mustBeIt(); // The card may have been checked before the link was read.
  }
}
