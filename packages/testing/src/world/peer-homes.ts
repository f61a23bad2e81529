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
import type { World, WorldOptions } from "./world.ts";

type Ends = { cut: boolean; readonly events: WireEvents[] };

/** The wires between homes. */
export class PeerWires {
  /** All that was said between them. */
  readonly said: Bytes[] = [];
  isCut = false;
  /** Lines stay open, and what is said on them is lost. */
  isSilent = false;
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
        if (this.isCut) return undefined;
        if (this.cards.has(of)) return this.cards.get(of);
        const http = this.servers.get(of)?.()?.httpAt(serverCardPath);
        const asked = { method: "GET", path: serverCardPath, header: () => null, prefix: undefined };
        return (await http?.answer({ ...asked, body: async () => new Uint8Array() }))?.body;
      },
      dial: async (to, path, _isListed, events) =>
        this.isCut ? undefined : this.wire(to, path, events, `home ${name}`),
    };
  }

  cut(): void {
    this.isCut = true;
    this.breakAll();
  }

  mend(): void {
    this.isCut = false;
  }

  breakAll(): void {
    for (const ends of this.open) {
      ends.cut = true;
      for (const { closed } of ends.events) closed();
    }
    this.open.clear();
  }

  private wire(to: string, path: string, events: WireEvents, place: string): Wire | undefined {
    const socket = this.servers.get(to)?.()?.socketAt(path);
    if (socket === undefined) return undefined;
    const ends: Ends = { cut: false, events: [events] };
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
    const other = socket.connect(sink, place);
    ends.events.push(other);
    return { send: (message) => pass(message, () => other), close };
  }
}

export function keysOf(name: string): PeersPort["keys"] {
  return keysFrom(new Uint8Array(createHash("sha512").update(name).digest()));
}

/** Two homes that speak with each other: `yan.test`, and `ben.test`. */
export function worldOfPeers(options: WorldOptions & { readonly mode?: PeersPort["mode"] } = {}) {
  const wires = new PeerWires();
  const { mode, ...rest } = options;
  const of = worldOfTwo({ ...rest, provides: [provide(peersPort, wires.portOf("yan.test", mode))] });
  const { world } = of;
  wires.begin(world);
  wires.add("yan.test", () => (world.isServerUp ? world.server : undefined));
  const there = of.home("ben.test", [provide(peersPort, wires.portOf("ben.test", mode))]);
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
