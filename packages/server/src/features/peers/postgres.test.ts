/** Homes whose database is PostgreSQL speak with others as those do that have one file (docs/spec/peers.md PE60). */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Bytes,
  decodePeerFrame,
  decodeStreamFrame,
  encodeHeld,
  encodePeerHello,
  encodePeerProof,
  isLineRefusal,
  peerLineBytes,
  peerVersions,
} from "@yanshu/wire";
import type { ServerConfig } from "../../core/config.ts";
import { minuteMs } from "../../core/rate.ts";
import { chanceFrom } from "../../testkit/chance.ts";
import type { Client } from "../../testkit/client.ts";
import { Group } from "../../testkit/group.ts";
import { once, short, Walk } from "../../testkit/peer-walk.ts";
import { Roads, seedOf, waits } from "../../testkit/peers.ts";
import { type LineFaults, PostgresInside } from "../../testkit/pglite.ts";
import { keysFrom } from "./keys.ts";

const [north, south] = ["north.example", "south.example"] as const;

describe("over PostgreSQL", () => {
  let postgres: PostgresInside;
  beforeAll(async () => {
    postgres = await PostgresInside.begin();
  }, 60_000);
  afterAll(() => postgres.end());

  for (const seed of [1, 2])
    test(`[PE60] nothing is lost or doubled over PostgreSQL: lines cut, servers killed, the database away, seed ${seed}`, async () => {
      const roads = new Roads();
      let trouble = 0;
      const below = chanceFrom(seed);
      const faults = {
        trouble: () => (trouble > 0 && below(trouble) === 0 ? (below(2) === 0 ? "before" : "after") : undefined),
      } as const;
      const a = roads.home(north, { over: postgres.database().open({}, faults).log });
      const b = roads.home(south, { over: postgres.database().open({}, faults).log });
      for (const [from, to] of [
        [north, south],
        [south, north],
      ] as const)
        await roads.do(from, "peers-allow", { name: to });
      await roads.do(north, "peers-try", { name: south });
      const [ann, ben] = [await a.person("ann"), await b.person("ben")];
      const first = await ben.phone.signIn(b);
      const entries = [
        { server: north, address: await ann.phone.address(await ann.phone.signIn(a)) },
        { server: south, address: await ben.phone.address(first) },
      ];
      const group = new Group(`over postgres ${seed}`);
      let caller = await a.client();
      expect(await group.foundFar(caller, entries)).toEqual([]);
      const signIn = () => ben.phone.signIn(b);
      const walk = new Walk({ roads, group, home: south, signIn, below, longest: 100_000 }, first);
      for (let step = 0; step < 40; step++) {
        switch (below(7)) {
          case 0:
            roads.cut();
            break;
          case 1:
            await roads.clock.pass(2_000);
            roads.crash(north);
            caller = await a.client();
            await group.uploadFar(caller, entries);
            break;
          case 2:
            walk.crash();
            break;
          case 3:
            trouble = 12;
            await roads.clock.pass(below(4_000));
            trouble = 0;
            break;
          case 4:
            walk.phone?.ackAll();
            break;
          case 5:
            if (walk.phone === undefined) await roads.clock.pass(2_000);
            await walk.connect();
            break;
          default:
            await walk.say(step, () => caller);
        }
      }
      await walk.end();
      expect(once(walk.phones).map(short)).toEqual(walk.said.map(short));
      expect(await waits(roads, north, south)).toBe(0);
    }, 60_000);

  /** Two processes of the north over one database, with Ann at one and Amy at the other; Ben in the south. */
  async function beside({ config = {}, faults = {} }: { config?: Partial<ServerConfig>; faults?: LineFaults } = {}) {
    const roads = new Roads();
    const database = postgres.database();
    const wakes = new Map<number, () => void>();
    const wake = {
      listen: (number: number, called: () => void) => void wakes.set(number, called),
      call: (number: number) => void roads.clock.after(1, () => wakes.get(number)?.()),
      close: async () => undefined,
    };
    const logs = [database.open(), database.open({}, faults)] as const;
    const one = roads.home(north, { over: logs[0].log, wake, config });
    const other = roads.home(north, { over: logs[1].log, wake, config });
    const b = roads.home(south);
    await roads.do(south, "peers-allow", { name: north });
    await roads.do(north, "peers-allow", { name: south });
    await roads.do(north, "peers-try", { name: south });
    const [ann, amy, ben] = [await one.person("ann"), await one.person("amy"), await b.person("ben")];
    const phones = [await ann.phone.signIn(one), await amy.phone.signIn(other), await ben.phone.signIn(b)] as const;
    const entries: { readonly server: string; readonly address: Bytes }[] = [];
    for (const [i, { phone }] of [ann, amy, ben].entries())
      entries.push({ server: i < 2 ? north : south, address: await phone.address(phones[i] as Client) });
    const group = new Group("beside");
    const callers = [await one.client(), await other.client()] as const;
    expect(await group.foundFar(callers[0], entries)).toEqual([]);
    expect(await group.uploadFar(callers[1], entries)).toEqual([]);
    await roads.clock.pass(2_000);
    const dies = (home: typeof one) => {
      roads.dies(north, home);
      logs[home === one ? 0 : 1].line.cut();
    };
    const wakeAll = () => {
      for (const called of wakes.values()) called();
    };
    return { roads, one, other, b, ann, amy, ben, phones, entries, group, callers, dies, wakeAll };
  }

  type Calling = {
    readonly path?: string;
    readonly versions?: readonly number[];
    /** What is said right behind the proof. */
    readonly atOnce?: readonly Bytes[];
    readonly beforeProof?: () => Promise<unknown>;
    /** At each moment after it. */
    readonly meanwhile?: () => void;
  };

  /** Opens a line to the north with the south's key. */
  async function callAsSouth(
    roads: Roads,
    said: string[],
    { path = "/peer", versions = peerVersions, atOnce = [], beforeProof, meanwhile }: Calling = {},
  ) {
    const home = keysFrom(seedOf(south));
    let greeting: Bytes = new Uint8Array();
    let isOpen = false;
    const hello = encodePeerHello({
      versions,
      from: south,
      to: north,
      incarnation: new Uint8Array(16),
      nonce: new Uint8Array(32),
    });
    const receive = (message: Bytes) => {
      if (isOpen && !isLineRefusal(message)) {
        said.push(decodeStreamFrame(message).type);
        return;
      }
      const frame = decodePeerFrame(message);
      isOpen ||= frame.type === "opened";
      said.push(frame.type === "refusal" ? frame.why : frame.type);
      if (frame.type === "greeting") greeting = frame.greeting.unsigned;
    };
    const wire = await roads.wire(south, north, { receive, closed: () => undefined }, undefined, path);
    wire?.send(hello);
    await roads.clock.pass(50);
    await beforeProof?.();
    wire?.send(encodePeerProof(home.sign(peerLineBytes("calling", hello, greeting))));
    for (const message of atOnce) wire?.send(message);
    for (let ms = 0; ms < 50; ms++) {
      await roads.clock.pass(1);
      meanwhile?.();
    }
    return wire;
  }

  test("[PE61] [PE63] one process has the line: what the other takes goes by it at once, and both get what comes", async () => {
    const { roads, one, other, b, phones, entries, group, callers } = await beside();
    const [ann, amy, ben] = phones;
    expect([one, other].map((home) => home.server.counts().peerLines)).toEqual([1, 0]);
    for (let i = 0; i < 4; i++) await group.say(callers[i % 2] as Client, `word ${i}`);
    await roads.clock.pass(100); // By a call, and not by the look of each second.
    const said = ["welcome", "word 0", "word 1", "word 2", "word 3"];
    for (const phone of phones) expect(phone.reads).toEqual(said);
    expect(await amy.call("peerStates", { servers: [south] })).toMatchObject({ states: [{ state: "open" }] });
    // A gate in the south, with people at both processes of the north.
    const there = new Group("there");
    const caller = await b.client();
    expect(await there.foundFar(caller, entries)).toEqual([]);
    for (let i = 0; i < 3; i++) await there.say(caller, `back ${i}`);
    await roads.clock.pass(2_500);
    for (const phone of [ann, amy]) expect(phone.reads.slice(5)).toEqual(["welcome", "back 0", "back 1", "back 2"]);
    expect(ben.reads.length).toBe(9);
    expect([one, other].map((home) => home.server.counts().peerLinesOpened)).toEqual([1, 0]);
    expect(b.server.counts().peerLinesOpened).toBe(1);
  }, 60_000);

  test("[PE61] the process to which a line came last has it; the one before says nothing more of it and loses nothing", async () => {
    const { roads, one, other, phones, group, callers } = await beside();
    const [, , ben] = phones;
    const lines = () => [one, other].map((home) => home.server.counts().peerLines);
    for (let i = 0; i < 6; i++) {
      await group.say(callers[i % 2] as Client, `word ${i}`);
      // South lost its line, and calls another process before the one that had it knows.
      await roads.do(south, "peers-trust", { name: north });
      roads.turn = i + 1;
      await roads.do(south, "peers-try", { name: north });
      await roads.clock.pass(3_000);
      expect(lines()).toEqual(i % 2 === 0 ? [0, 1] : [1, 0]);
    }
    expect(ben.reads).toEqual(["welcome", ...Array.from({ length: 6 }, (_, i) => `word ${i}`)]);
  }, 60_000);

  test("[PE61] a process that has lost the line counts no acknowledgement any more, takes no row, and is told so by the database", async () => {
    const { roads, one, other, b, phones, entries, group, callers } = await beside();
    const [ann, , ben] = phones;
    const there = new Group("there");
    const caller = await b.client();
    expect(await there.foundFar(caller, entries)).toEqual([]);
    await roads.clock.pass(2_500);
    for (const [said, at] of [
      ["gone", callers[0]],
      ["come", caller],
    ] as const) {
      const [from, to] = one.server.counts().peerLines === 1 ? [one, other] : [other, one];
      to.log.transaction(() => to.log.features.peers.hold(1, to.log.peers?.number() as number));
      roads.change = ({ message }) => (message[0] === 0x01 ? undefined : message); // No other line opens.
      const taken = from.server.counts().peerRowsIn;
      await (at === caller ? there : group).say(at, said);
      await roads.clock.pass(20);
      expect(from.server.counts()).toMatchObject({ peerLines: 0, peerRowsIn: taken });
      expect(one.log.features.peers.state(1).waitingRows + b.log.features.peers.state(1).waitingRows).toBe(1);
      roads.change = undefined;
      await roads.clock.pass(60_000);
      expect(await waits(roads, north, south)).toBe(0);
    }
    expect(ben.reads.filter((text) => text === "gone")).toHaveLength(1);
    expect(ann.reads.filter((text) => text === "come")).toHaveLength(1);
  }, 60_000);

  test("[PE61] what a server says before this process has its line waits: so many messages, and so many bytes", async () => {
    const { roads } = await beside();
    await roads.do(south, "peers-deny", { name: north });
    await roads.clock.pass(2_000);
    const sayEarly = async (count: number, bytes: number) => {
      const said: string[] = [];
      await callAsSouth(roads, said, { atOnce: Array.from({ length: count }, () => new Uint8Array(bytes)) });
      await roads.clock.pass(1_000);
      return said.filter((what) => what !== "greeting" && what !== "opened");
    };
    // As few as may wait are read once it has the line.
    expect(await sayEarly(2, 30_000)).toEqual(["held", "malformed"]);
    expect(await sayEarly(513, 1)).toEqual(["busy"]);
    expect(await sayEarly(3, 30_000)).toEqual(["busy"]);
  }, 60_000);

  test("[PE61] a line that this process takes over is not ended by the look at who had it before, and ends where it is not taken", async () => {
    let isAway = false;
    const faults: LineFaults = { trouble: (ending) => (isAway && ending !== undefined ? "before" : undefined) };
    const { roads, other, wakeAll } = await beside({ faults });
    const [first, second]: [string[], string[]] = [[], []];
    roads.turn = 1;
    await callAsSouth(roads, first, { meanwhile: wakeAll });
    expect(first).toEqual(["greeting", "opened", "held"]);
    expect(other.server.counts().peerLines).toBe(1);
    roads.turn = 1;
    isAway = true;
    await callAsSouth(roads, second);
    expect(second).toEqual(["greeting", "opened", "busy"]);
  }, 60_000);

  test("[PE61] a process that has lost the line begins no stream on it", async () => {
    const { roads, one, other } = await beside();
    const said: string[] = [];
    roads.turn = 1;
    const wire = await callAsSouth(roads, said);
    one.log.transaction(() => one.log.features.peers.hold(1, one.log.peers?.number() as number));
    wire?.send(encodeHeld(new Uint8Array(16), 0, new Uint8Array(16)));
    await roads.clock.pass(20);
    expect(said).toEqual(["greeting", "opened", "held", "superseded"]);
    expect(other.server.counts().peerLines).toBe(0);
  }, 60_000);

  test("[PE61] where the process dies that has the line, another calls by itself for what waits", async () => {
    const { roads, one, other, phones, group, callers, dies } = await beside();
    dies(one);
    await group.say(callers[1], "after");
    await roads.clock.pass(10_000);
    expect(phones[2].reads).toEqual(["welcome", "after"]);
    expect(other.server.counts().peerLines).toBe(1);
  }, 60_000);

  test("[PE62] a client's tunnel from a process that has not the line goes by a line of its own, and the other stays", async () => {
    const { roads, one, other, b } = await beside();
    const tunnelAt = async (home: typeof one) => {
      const heard: Bytes[] = [];
      const sink = {
        send: (bytes: Bytes) => void heard.push(bytes),
        close: (_code: number, why: string) => void heard.push(new TextEncoder().encode(why)),
        subscribe: () => undefined,
        unsubscribe: () => undefined,
      };
      const end = home.server.socketAt("/tunnel")?.connect(sink, "somewhere");
      end?.receive(new TextEncoder().encode(south));
      await roads.clock.pass(1_000);
      return { card: new TextDecoder().decode(heard[0]), end };
    };
    const tunnels = [await tunnelAt(one), await tunnelAt(other)];
    for (const { card } of tunnels) expect(card).toContain(south);
    expect([one, other].map((home) => home.server.counts().peerLines)).toEqual([1, 0]);
    expect([b.server.counts().peerLines, roads.open]).toEqual([1, 2]);
    // Nobody speaks by it any more.
    for (const { end } of tunnels) end?.closed();
    await roads.clock.pass(2 * minuteMs);
    expect(roads.open).toBe(1);
    // What the operator says to one process counts at the other too.
    const [, again] = [await tunnelAt(one), await tunnelAt(other)];
    expect([again.card.includes(south), roads.open]).toEqual([true, 2]);
    await roads.do(north, "peers-deny", { name: south });
    await roads.clock.pass(2_000);
    expect(roads.open).toBe(0);
  }, 60_000);

  test("[PE62] on a line for tunnels alone nothing else is said, and of one server there are four", async () => {
    const { roads, one } = await beside();
    const said: string[] = [];
    const open = () => callAsSouth(roads, said, { path: "/peer/relay" });
    const first = await open();
    first?.send(encodeHeld(new Uint8Array(16), 0, new Uint8Array(16)));
    await roads.clock.pass(50);
    expect(said).toEqual(["greeting", "opened", "malformed"]);
    said.length = 0;
    // Wires come to the two processes in turn.
    for (let i = 0; i < 10; i++) await open();
    expect(said.filter((what) => what === "busy")).toHaveLength(2);
    expect(one.server.counts().peerLines).toBe(1);
  }, 60_000);

  test("[PE62] [PE10] no line for tunnels is for who knows none, has no room here, or may not come since it greeted", async () => {
    const { roads } = await beside({ config: { peerLinesMax: 1 } });
    const open = async (turn: number, how: Calling) => {
      const said: string[] = [];
      roads.turn = turn;
      const wire = await callAsSouth(roads, said, { path: "/peer/relay", ...how });
      wire?.close();
      await roads.clock.pass(50);
      return said.at(-1);
    };
    expect([await open(0, {}), await open(1, {}), await open(1, { versions: [1] })]).toEqual([
      "busy",
      "opened",
      "busy",
    ]);
    const denied = () => roads.do(north, "peers-deny", { name: south });
    expect(await open(1, { beforeProof: denied })).toBe("refused");
  }, 60_000);

  for (const seed of [1])
    test(`[PE61] nothing is lost or doubled by two processes, whose lines are cut and which are killed, seed ${seed}`, async () => {
      const { roads, one, other, b, ben, phones, entries, group, callers } = await beside();
      const below = chanceFrom(seed);
      const homes = [one, other] as const;
      const at: Client[] = [...callers];
      const signIn = () => ben.phone.signIn(b);
      const walk = new Walk({ roads, group, home: south, signIn, below, longest: 100_000 }, phones[2]);
      for (let step = 0; step < 30; step++) {
        switch (below(6)) {
          case 0:
            roads.cut();
            break;
          case 1: {
            const which = below(2);
            await roads.clock.pass(50); // What was posted is answered.
            homes[which]?.crash();
            roads.cut(north);
            at[which] = (await homes[which]?.client()) as Client;
            await group.uploadFar(at[which] as Client, entries);
            break;
          }
          case 2:
            walk.crash();
            break;
          case 3:
            await roads.clock.pass(below(4_000));
            (await walk.connect()).ackAll();
            break;
          default:
            await walk.say(step, () => at[below(2)] as Client);
        }
      }
      await walk.end();
      expect(once(walk.phones).map(short)).toEqual(walk.said.map(short));
      expect(await waits(roads, north, south)).toBe(0);
    }, 60_000);
});
