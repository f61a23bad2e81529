/** Peer homes: a world of two homes that speak with each other, over wires that a test cuts and reads. */
import { createHash } from "node:crypto";
import {
  keysFrom,
  type PeersPort,
  peersPort,
  provide,
  type Server,
  type Sink,
  type Wire,
  type WireEvents,
} from "@yanshu/server";
import { type Bytes, serverCardPath } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { type SecondHome, worldOfTwo } from "./second-home.ts";
import { calls, type World, type WorldOptions } from "./world.ts";

type Ends = { cut: boolean; readonly of: readonly [string, string]; readonly events: WireEvents[] };

/** The wires between homes. */
export class PeerWires {
  /** All that was said between them. */
  readonly said: Bytes[] = [];
  /** Which home looked up which: "yan.test ben.test". */
  readonly lookedUp: string[] = [];
  private isAllCut = false;
  /** Pairs of homes whose line is cut. */
  private readonly parted = new Set<string>();
  /** Lines stay open, and what is said on them is lost. */
  isSilent = false;
  /** How long a card takes. */
  slowMs = 0;
  /** What lies at a name in the place of its card. */
  readonly cards = new Map<string, Bytes>();
  private readonly servers = new Map<string, () => Server | undefined>();
  private readonly open = new Set<Ends>();
  private world: World | undefined;

  begin(world: World): void {
    this.world = world;
  }

  add(name: string, server: () => Server | undefined): void {
    this.servers.set(name, server);
  }

  portOf(name: string, mode: PeersPort["mode"] = "open"): PeersPort {
    return {
      mode,
      keys: keysOf(name),
      fetchCard: async (of) => {
        this.lookedUp.push(`${name} ${of}`);
        if (this.slowMs > 0) await new Promise<void>((resolve) => this.world?.clock.after(this.slowMs, resolve));
        if (this.isParted(name, of)) return undefined;
        if (this.cards.has(of)) return this.cards.get(of);
        const http = this.servers.get(of)?.()?.httpAt(serverCardPath);
        const asked = { method: "GET", path: serverCardPath, header: () => null, prefix: undefined };
        return (await http?.answer({ ...asked, body: async () => new Uint8Array() }))?.body;
      },
      dial: async (to, path, _isListed, events) =>
        this.isParted(name, to) ? undefined : this.wire([name, to], path, events),
    };
  }

  /** Names of all homes. */
  get names(): readonly string[] {
    return [...this.servers.keys()];
  }

  get isCut(): boolean {
    return this.isAllCut || this.parted.size > 0;
  }

  /** All lines, or that of two homes. */
  cut(...pair: readonly [] | readonly [string, string]): void {
    if (pair.length === 0) this.isAllCut = true;
    else this.parted.add(pairOf(...pair));
    this.breakWhere(({ of }) => this.isParted(...of));
  }

  mend(): void {
    this.isAllCut = false;
    this.parted.clear();
  }

  breakAll(): void {
    this.breakWhere(() => true);
  }

  /** Those of one home, as when it dies. */
  breakOf(name: string): void {
    this.breakWhere(({ of }) => of.includes(name));
  }

  private isParted(one: string, other: string): boolean {
    return this.isAllCut || this.parted.has(pairOf(one, other));
  }

  private breakWhere(isOne: (ends: Ends) => boolean): void {
    for (const ends of [...this.open].filter(isOne)) {
      ends.cut = true;
      this.open.delete(ends);
      for (const { closed } of ends.events) closed();
    }
  }

  private wire(of: readonly [string, string], path: string, events: WireEvents): Wire | undefined {
    const [from, to] = of;
    const socket = this.servers.get(to)?.()?.socketAt(path);
    if (socket === undefined) return undefined;
    const ends: Ends = { cut: false, of, events: [events] };
    this.open.add(ends);
    const later = (ms: number, run: () => void) => void this.world?.clock.after(ms, () => !ends.cut && run());
    const close = () =>
      later(2, () => {
        ends.cut = true;
        this.open.delete(ends);
        for (const end of ends.events) end.closed();
      });
    const pass = (message: Bytes, end: () => WireEvents | undefined) => {
      const copy = message.slice();
      this.said.push(copy);
      if (this.isSilent) return;
      later(1, () => end()?.receive(copy));
    };
    const sink: Sink = {
      send: (message) => pass(message, () => events),
      close,
      subscribe: () => undefined,
      unsubscribe: () => undefined,
    };
    const other = socket.connect(sink, `home ${from}`);
    ends.events.push(other);
    return { send: (message) => pass(message, () => other), close };
  }
}

const pairOf = (one: string, other: string) => [one, other].toSorted().join(" ");

export function keysOf(name: string): PeersPort["keys"] {
  return keysFrom(new Uint8Array(createHash("sha512").update(name).digest()));
}

/** Two homes that speak with each other: `yan.test`, and `ben.test`. */
export function worldOfPeers(
  options: WorldOptions & { readonly mode?: PeersPort["mode"]; readonly logPathThere?: string } = {},
) {
  const wires = new PeerWires();
  const { mode, logPathThere, ...rest } = options;
  const of = worldOfTwo({ ...rest, provides: [provide(peersPort, wires.portOf("yan.test", mode))] });
  const { world } = of;
  wires.begin(world);
  wires.add("yan.test", () => (world.isServerUp ? world.server : undefined));
  const provides = [provide(peersPort, wires.portOf("ben.test", mode)), calls];
  const there = of.home("ben.test", provides, logPathThere);
  wires.add("ben.test", () => there.running);
  /** Somebody with an account there. */
  const personThere = async (name: string): Promise<Person> => {
    const person = await of.deviceAt(name, there);
    await world.during(person.api.createAccount({ name, link: there.inviteLink }));
    await world.pass(500);
    return person;
  };
  return { ...of, wires, there, personThere } satisfies { there: SecondHome } & Record<string, unknown>;
}
