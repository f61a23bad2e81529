/** What the operator does about other servers (docs/spec/peers.md PE12). */
import { isServerName, toHex } from "@yanshu/wire";
import { ActError, type ActPorts, type Acts, writesBy } from "../../feature.ts";
import type { CallFault, Peers } from "./peers.ts";
import type { PeerTables } from "./tables.ts";

export type PeerReport = {
  readonly name: string;
  readonly policy: "none" | "allowed" | "denied";
  /** The first bytes of its key; null: it was not met. */
  readonly key: string | null;
  readonly since: string | null;
  /** Null while no server runs. */
  readonly state: "open" | "away" | "another-key" | null;
  /** Envelopes that wait for it, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
};

/** @param running absent: no server runs, or it speaks with no other. */
export function peerActs(tables: PeerTables, ports: ActPorts, running?: Peers): Acts {
  const write = writesBy(ports);
  const said = (policy: "allowed" | "denied") => async (args: Readonly<Record<string, unknown>>) => {
    const name = nameIn(args);
    await write(() => tables.setPolicy(name, policy));
    running?.lookAgain();
    return { name, policy };
  };
  return {
    "peers-allow": said("allowed"),
    "peers-deny": said("denied"),
    "peers-trust": async (args) => {
      const name = nameIn(args);
      if (tables.of(name) === undefined) throw new ActError(`${name} was not met, and nothing was said of it`);
      await write(() => tables.unpin(name));
      running?.forget(name);
      return { name };
    },
    "peers-try": async (args) => {
      const name = nameIn(args);
      if (running === undefined) throw new ActError(isOff);
      const found = await running.call(name);
      if (found !== "open") throw new ActError(`no line to ${name}: ${callFaults[found]}`);
      return { name };
    },
    "peers-list": () =>
      tables.all().map(
        ({ ref, name, policy, signKey, sinceDay }): PeerReport => ({
          name,
          policy,
          key: signKey === undefined ? null : toHex(signKey.subarray(0, 8)),
          since: sinceDay === undefined ? null : new Date(sinceDay * 86_400_000).toISOString().slice(0, 10),
          state: running?.stateOf(name) ?? null,
          waiting: tables.state(ref).waitingRows,
          waitingBytes: tables.state(ref).waitingBytes,
        }),
      ),
  };
}

const isOff = "this server speaks with no other: start it with --federation listed or open";

const callFaults: Readonly<Record<CallFault, string>> = {
  refused: "one of the two does not allow the other (here: `peers allow`)",
  busy: "it has no room just now",
  unreachable: "it cannot be reached under this name, or is no such server",
  "unsupported-version": "it speaks no version that this server speaks",
  malformed: "it does not speak as it should",
  superseded: "another line of the same two took its place",
  "another-key": "it shows another key than before, of which that one says nothing: see `peers trust`",
  "not-a-card": "what lies at its name is no card of that name",
  cut: "it was cut",
};

function nameIn({ name }: Readonly<Record<string, unknown>>): string {
  if (isServerName(name)) return name;
  throw new ActError("a server is meant by its name, such as north.example");
}
