/**
 * Far states: which of the servers of a chat's members cannot be reached now, so that a screen can say why a message
 * waits (docs/spec/peers.md PE54). Home is asked after a message was sent there, and again while a server does not
 * answer.
 */
import type { Group } from "@yanshu/mls";
import { type CallResult, toHex } from "@yanshu/wire";
import type { CoreApi, Unreached as Shown } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { farOf, gateAt, serversLeftOut } from "../group-state/places.ts";
import type { Cancel } from "../ports.ts";

/** Gives home time to pass the message on. */
const lookAfterMs = 5_000;
const lookAgainMs = 30_000;
const serversMax = 64;
const sameMs = 2_000;

type Unreached = Omit<Shown, "people">;

export type FarStates = {
  /** This device signed in: what it said before may still wait. */
  readonly signedIn: () => void;
  /** A message was sent, or failed to go, in this group. */
  readonly said: (group: Group) => void;
  /** The servers of a group that do not answer. */
  readonly of: (group: Group) => readonly Shown[];
  /** Asks home now; if home does not answer, its last report counts. */
  readonly ask: (groups: readonly Group[]) => Promise<void>;
};

export function createFarStates(engine: Engine): FarStates {
  const states = new Map<string, Unreached>();
  let asked = new Set<string>();
  let timer: Cancel | undefined;

  function lookIn(ms: number): void {
    if (timer !== undefined) return;
    timer = engine.ports.after(ms, () => {
      timer = undefined;
      look().catch(engine.failed);
    });
  }

  async function look(): Promise<void> {
    const servers = [...new Set([...asked, ...states.keys()])].slice(0, serversMax);
    asked = new Set();
    if (servers.length === 0 || engine.own === undefined) return;
    const answer = await engine.link.ask(undefined, "peerStates", { servers });
    if (answer.kind === "ok") for (const state of answer.value.states) take(state.server, shownOf(engine, state));
    if (answer.kind === "lost") for (const server of servers) asked.add(server);
    if (states.size + asked.size > 0) lookIn(lookAgainMs);
  }

  function take(server: string, state: Unreached | undefined): void {
    const before = states.get(server);
    if (state === undefined) states.delete(server);
    else states.set(server, sinceFirst(before, state));
    const now = states.get(server);
    if (before?.state === now?.state && before?.waitsSinceMs === now?.waitsSinceMs) return;
    const changed = [...engine.groups.values()].filter((group) => serversOf(engine, group).includes(server));
    engine.changed(...changed.map(({ state: { conversation } }) => topicOf(conversation)));
  }

  return {
    signedIn: () => {
      for (const group of engine.groups.values()) for (const server of serversOf(engine, group)) asked.add(server);
      if (asked.size > 0) lookIn(lookAfterMs);
    },
    said: (group) => {
      const servers = serversOf(engine, group);
      for (const server of servers) asked.add(server);
      if (servers.length > 0) lookIn(lookAfterMs);
    },
    ask: async (groups) => {
      for (const server of groups.flatMap((group) => serversOf(engine, group))) asked.add(server);
      if (asked.size > 0) await look();
    },
    of: (group) => {
      const leftOut = serversLeftOut(engine, gateAt(engine, group), group.members);
      const shown = serversOf(engine, group).flatMap((server) => states.get(server) ?? []);
      return [
        ...shown.filter(({ server }) => !leftOut.includes(server)),
        ...leftOut.map((server): Unreached => ({ server, state: "refuses" })),
      ].map((one) => ({ ...one, people: peopleAt(group, one.server) }));
    },
  };
}

/** Home forgets with a restart since when a server has been away; it is not said to be later for that. */
function sinceFirst(before: Unreached | undefined, state: Unreached): Unreached {
  if (before === undefined || before.state !== state.state) return state;
  const [sinceMs, waitsSinceMs] = [
    earlier(before.sinceMs, state.sinceMs),
    earlier(before.waitsSinceMs, state.waitsSinceMs),
  ];
  return {
    ...state,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(waitsSinceMs === undefined ? {} : { waitsSinceMs }),
  };
}

/** The device's clock and home's differ somewhat from one report to the next. */
function earlier(before: number | undefined, now: number | undefined): number | undefined {
  if (before === undefined || now === undefined) return now ?? before;
  return now < before - sameMs ? now : before;
}

/** The state that a screen shows of a server; undefined if there is nothing to show. */
function shownOf(
  { link, ports }: Engine,
  { server, state, awayMs, waitsMs }: CallResult<"peerStates">["states"][number],
): Unreached | undefined {
  const waits = waitsMs === undefined ? {} : { waitsSinceMs: ports.nowMs() - waitsMs };
  if (link.farFault(server) === "peer-forgotten") return { server, state: "forgotten", ...waits };
  if (state === "refuses" || state === "forgotten") return { server, state, ...waits };
  if (state !== "away" || awayMs === undefined) return undefined;
  return { server, state, sinceMs: ports.nowMs() - awayMs, ...waits };
}

/** The servers of the group's gate and members, without home. */
function serversOf(engine: Engine, { state, members }: Group): readonly string[] {
  const own = ownOf(engine).server;
  const names = [state.gateServer, ...members.map(({ server }) => server)];
  // The previous home is reached directly, so home knows nothing of it.
  return [...new Set(names)].filter(
    (server) => server !== own && !engine.link.isBefore(server) && farOf(engine, server) !== undefined,
  );
}

function peopleAt({ members }: Group, server: string): readonly Hex[] {
  return [...new Set(members.flatMap((leaf) => (leaf.server === server ? [toHex(leaf.account)] : [])))];
}

/** For views: the unreached servers of a conversation, by its hex id. */
export function unreachedIn(engine: Engine, states: FarStates, conversation: Hex): readonly Shown[] {
  const unreached = groupsOf(engine, conversation).flatMap((group) => states.of(group));
  return [...new Map(unreached.map((one) => [one.server, one])).values()];
}

export function farStatesApi(engine: Engine, states: FarStates): Pick<CoreApi, "askUnreached"> {
  return {
    async askUnreached(conversation) {
      await states.ask(groupsOf(engine, conversation));
      return unreachedIn(engine, states, conversation);
    },
  };
}

function groupsOf({ groups }: Engine, conversation: Hex): readonly Group[] {
  return [...groups.values()].filter(({ state }) => toHex(state.conversation) === conversation);
}
