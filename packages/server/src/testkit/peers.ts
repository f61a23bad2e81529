/** Several homes in one process that speak with each other, by wires that a test delays, reads, changes and cuts. */
import { createHash } from "node:crypto";
import { type Bytes, serverCardPath } from "@yanshu/wire";
import type { ServerConfig } from "../core/config.ts";
import type { Sink } from "../core/ports.ts";
import type { Disk } from "../core/room.ts";
import { provide } from "../feature.ts";
import type { PeerReport } from "../features/peers/acts.ts";
import { keysFrom } from "../features/peers/keys.ts";
import { type PeersPort, peersPort, type ServerKeys, type Wire, type WireEvents } from "../features/peers/port.ts";
import { ManualClock } from "./clock.ts";
import { TestServer, type TestServerOptions } from "./test-server.ts";

export const seedOf = (name: string): Bytes => new Uint8Array(createHash("sha512").update(name).digest());

export type HomeOptions = TestServerOptions & {
  readonly mode?: PeersPort["mode"];
  readonly keys?: ServerKeys;
  readonly disk?: Disk;
};

/** A message on its way, from the side that called or to it. */
export type Passing = { readonly from: string; readonly to: string; readonly message: Bytes };

class Road {
  isCut = false;
  private readonly ends: { readonly receive: (message: Bytes) => void; readonly closed: () => void }[] = [];
  private readonly roads: Roads;
  readonly between: readonly [string, string];

  constructor(roads: Roads, between: readonly [string, string]) {
    this.roads = roads;
    this.between = between;
  }

  /** The end at `place`: 0 is who called. */
  attach(place: 0 | 1, events: WireEvents): void {
    this.ends[place] = events;
  }

  send(place: 0 | 1, message: Bytes): void {
    if (this.isCut) return;
    const [from, to] = [this.between[place], this.between[place === 0 ? 1 : 0]] as [string, string];
    const passed = this.roads.pass({ from, to, message: message.slice() });
    if (passed !== undefined) this.roads.clock.after(1, () => !this.isCut && this.ends[1 - place]?.receive(passed));
  }

  /** Ended by one side: what it sent before arrives. */
  close(): void {
    this.roads.clock.after(2, () => this.cut());
  }

  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const end of this.ends) end?.closed();
  }
}

export class Roads {
  readonly clock: ManualClock;
  readonly homes = new Map<string, TestServer>();
  /** All that was said, in its order. */
  readonly said: Passing[] = [];
  /** Changes what passes, or takes it away; as it is, if absent. */
  change: ((passing: Passing) => Bytes | undefined) | undefined;
  /** What lies at a name, in the place of its card. */
  readonly cards = new Map<string, Bytes | undefined>();
  /** Names of which the card was asked. */
  readonly asked: string[] = [];
  private all: Road[] = [];
  /** Processes of one name and database, besides the one in `homes`. */
  private readonly besides = new Map<string, TestServer[]>();
  /** Wires come to each of them in turn. */
  turn = 0;

  constructor(clock = new ManualClock()) {
    this.clock = clock;
  }

  home(name: string, { mode = "open", keys = keysFrom(seedOf(name)), disk, ...options }: HomeOptions = {}): TestServer {
    const config: Partial<ServerConfig> = { domain: name, ...options.config };
    const port = this.portOf(name, mode, keys);
    const between: NonNullable<TestServerOptions["between"]> = (ports) => ({
      ...ports,
      provides: [provide(peersPort, port)],
      ...(disk && { disk }),
    });
    const home = new TestServer({ between, ...options, clock: this.clock, config });
    if (this.homes.has(name) && options.over !== undefined) this.besides.set(name, [...this.besidesOf(name), home]);
    else this.homes.set(name, home);
    return home;
  }

  /** That process is not there any more. */
  dies(name: string, home: TestServer): void {
    const left = [this.homes.get(name), ...this.besidesOf(name)].filter((one) => one !== home && one !== undefined);
    const [first, ...others] = left as TestServer[];
    if (first === undefined) this.homes.delete(name);
    else this.homes.set(name, first);
    this.besides.set(name, others);
    home.server.stop();
    this.cut(name);
  }

  private besidesOf(name: string): readonly TestServer[] {
    return this.besides.get(name) ?? [];
  }

  pass(passing: Passing): Bytes | undefined {
    this.said.push(passing);
    return this.change === undefined ? passing.message : this.change(passing);
  }

  get open(): number {
    return this.all.filter(({ isCut }) => !isCut).length;
  }

  /** All wires, or those that a name has. */
  cut(name?: string): void {
    for (const road of this.all) if (name === undefined || road.between.includes(name)) road.cut();
    this.all = this.all.filter(({ isCut }) => !isCut);
  }

  /** Cuts its wires, drops the server, and begins it again over the same database. */
  crash(name: string): void {
    this.cut(name);
    this.homes.get(name)?.crash();
    this.cut(name);
  }

  async do(name: string, act: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const acting = this.homes.get(name)?.server.featureActs()[act]?.(args);
    const settled = Promise.resolve(acting).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await this.clock.pass(100);
    const found = await settled;
    if ("error" in found) throw found.error;
    return found.value;
  }

  /** A wire to `to` of which the test holds the other end, as if it were another server. */
  async wire(from: string, to: string, events: WireEvents, prefix?: string, path = "/peer"): Promise<Wire | undefined> {
    const there = [this.homes.get(to), ...this.besidesOf(to)];
    const found = there[this.turn++ % there.length]?.server.socketAt(path);
    if (found === undefined) return undefined;
    const road = new Road(this, [from, to]);
    this.all.push(road);
    road.attach(0, events);
    const sink: Sink = {
      send: (bytes) => road.send(1, bytes),
      close: () => road.close(),
      subscribe: () => undefined,
      unsubscribe: () => undefined,
    };
    const end = found.connect(sink, prefix);
    road.attach(1, end);
    return { send: (message) => road.send(0, message), close: () => road.close() };
  }

  private portOf(name: string, mode: PeersPort["mode"], keys: ServerKeys): PeersPort {
    return {
      mode,
      keys,
      fetchCard: async (of) => {
        this.asked.push(of);
        if (this.cards.has(of)) return this.cards.get(of);
        const http = this.homes.get(of)?.server.httpAt(serverCardPath);
        const answer = await http?.answer({
          method: "GET",
          path: serverCardPath,
          header: () => null,
          body: async () => new Uint8Array(),
          prefix: undefined,
        });
        return answer?.body;
      },
      dial: (to, path, _isListed, events) => this.wire(name, to, events, `place of ${name}`, path),
    };
  }
}

/** How many rows wait at one server for another. */
export const waits = async (roads: Roads, at: string, name: string) => {
  const all = (await roads.do(at, "peers-list")) as readonly PeerReport[];
  return all.find((one) => one.name === name)?.waiting;
};
