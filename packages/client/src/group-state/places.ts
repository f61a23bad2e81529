/**
 * Places: where a gate, an address or an account is, and what a post that names it says of it (docs/spec/peers.md PE43,
 * PE51). Nothing else of the client asks whether something is at home.
 */
import type { Group } from "@yanshu/mls";
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
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { readOtherHome, readReserve } from "../identity/other-home.ts";
import { homeKey, serverKnown, serverKnownOf, whileExpected } from "../values/far-servers.ts";

/** An address, and the server at which it is; absent: home. */
export type Place = { readonly address: Address; readonly server?: string };

/** Of one list, the one that it is uploaded to and home among them. */
const serversMax = 32;

/**
 * The name of a server that is spoken with through home; undefined: what is there is asked of home itself. So is what
 * stayed at a home that this account has left, what no server can be named, and all of it where home never spoke with
 * that server.
 */
export function farOf(engine: Engine, server: string | undefined): string | undefined {
  const { db } = engine;
  if (server === undefined || server === ownOf(engine).server) return undefined;
  if (engine.link.isBefore(server)) return server; // It is reached directly (HM68).
  // @checks PE30
  if (!isServerName(server)) return undefined;
  if (homeKey(db) === undefined && serverKnown(db, server) === undefined) return undefined;
  const isFormer = readOtherHome(db, server) !== undefined && readReserve(db)?.server !== server;
  return isFormer ? undefined : server;
}

/** Which server passes on what is posted to a group. */
export function gateAt(engine: Engine, { state }: Pick<Group, "state">): string {
  return farOf(engine, state.gateServer) ?? ownOf(engine).server;
}

/** Where a leaf of this device is reached in a group whose gate is there: at home, or at the home of before (HM68). */
export function homeBy(engine: Engine, gateServer: string | undefined): string {
  return gateServer !== undefined && engine.link.isBefore(gateServer) ? gateServer : ownOf(engine).server;
}

/** Whether the server that passed it on is the one whose gate counts. @checks PE33 */
export function isFromGateOf(engine: Engine, { server }: Pick<Push, "server">, gateServer: string): boolean {
  return server === farOf(engine, gateServer);
}

/** Where somebody's packages are claimed when nothing better is known. */
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

/** As a list or a target can say it: a leaf may name anything, and what no server can be named is at home. */
function serverNamed(engine: Engine, { server }: Place): string {
  // @checks PE30
  const isOne = isServerName(server) || (server !== undefined && engine.link.isBefore(server));
  return isOne ? server : ownOf(engine).server;
}

/** Whether an address is at the server `at`, or at one that it is to hand the envelope to. */
function isAt(engine: Engine, at: string, place: Place): boolean {
  const own = ownOf(engine).server;
  const there = serverNamed(engine, place);
  return there === at || (at === own && farOf(engine, there) === undefined);
}

/** One address, in a post to `at`. */
export function targetOf(engine: Engine, at: string, place: Place): Part["target"] {
  const { address } = place;
  if (isAt(engine, at, place)) return { kind: "address", address };
  return { kind: "far", server: serverNamed(engine, place), address };
}

/** A list, in a post to `at`; known there once `uploadList` of it was answered. */
export function listTarget(engine: Engine, at: string, places: readonly Place[]): Extract<Target, { kind: "list" }> {
  const { sha256 } = engine.ports.crypto;
  const far = farEntries(engine, at, places);
  const addresses = places.map(({ address }) => address);
  return { kind: "list", list: far === undefined ? listHashOf(sha256, addresses) : farListHashOf(sha256, far) };
}

/** Servers other than `at` at which some of it is. */
export function serversBeside(engine: Engine, at: string, places: readonly Place[]): readonly string[] {
  return [...new Set(farEntries(engine, at, places)?.flatMap(({ server }) => (server === at ? [] : [server])))];
}

/** Whether somebody of a group is at another server than home. */
export function isSpread(engine: Engine, { members }: Pick<Group, "members">): boolean {
  return members.some(({ server }) => farOf(engine, server) !== undefined);
}

/** Servers of which a list at `at` has no address, for it has those of as many that come before them. */
export function serversLeftOut(engine: Engine, at: string, places: readonly Place[]): readonly string[] {
  const named = places.map((place) => (isAt(engine, at, place) ? at : serverNamed(engine, place)));
  return [...new Set([at, ownOf(engine).server, ...named])].slice(serversMax);
}

/** Undefined where all of it is at `at`. */
function farEntries(engine: Engine, at: string, places: readonly Place[]) {
  if (places.every((place) => isAt(engine, at, place))) return undefined;
  const leftOut = new Set(serversLeftOut(engine, at, places));
  const entries = places.map((place) => ({
    server: isAt(engine, at, place) ? at : serverNamed(engine, place),
    address: place.address,
  }));
  // @checks PE30
  return entries.filter(({ server }) => !leftOut.has(server));
}

/** Makes a list known at `at`. Returns the servers whose part of it gets nothing; `lost`: it was not answered. */
export async function uploadList(
  engine: Engine,
  at: string,
  places: readonly Place[],
): Promise<readonly string[] | "lost"> {
  const entries = farEntries(engine, at, places);
  const far = farOf(engine, at);
  if (entries === undefined) {
    const addresses = places.map(({ address }) => address);
    return (await engine.link.ask(far, "uploadList", { addresses })).kind === "lost" ? "lost" : [];
  }
  const answer = await engine.link.ask(far, "uploadFarList", { entries });
  if (answer.kind === "lost") return "lost";
  const refused = answer.kind === "ok" ? answer.value.refused : serversBeside(engine, at, places);
  return [...refused, ...serversLeftOut(engine, at, places)];
}

/**
 * Does `work` with a server that shows the key which a link names, and no other than the one that is known. A mark that
 * no card matched is forgotten: else a false link would bar the server for good.
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
    // Nobody goes on trying by that tunnel, which would believe any card now.
    if (serverKnown(db, server) === undefined) link.dropFar(server);
    mustBeIt(); // Its card may have been judged before the link was read.
  }
}
