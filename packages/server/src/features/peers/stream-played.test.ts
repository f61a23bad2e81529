/**
 * What another server may say on its line, played by hand: rows, numbers and acknowledgements that are false, too many
 * or too fast end the line or wait, and nothing is taken twice or lost.
 */
import { expect, test } from "bun:test";
import {
  type Bytes,
  concat,
  decodePeerFrame,
  decodeStreamFrame,
  encodeAcked,
  encodeFarList,
  encodeHeld,
  encodePeerHello,
  encodePeerProof,
  encodeRows,
  encodeStreamRow,
  listHashOf,
  messagesOf,
  peerLineBytes,
  type StreamFrame,
  streamChainOf,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayOf, minuteMs } from "../../core/rate.ts";
import type { Disk } from "../../core/room.ts";
import { Group } from "../../testkit/group.ts";
import { type HomeOptions, Roads, seedOf, waits } from "../../testkit/peers.ts";
import { peers } from "./index.ts";
import { keysFrom } from "./keys.ts";
import type { Wire } from "./port.ts";
import { Stream } from "./stream.ts";

const [north, south] = ["north.example", "south.example"] as const;
const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);
const { sha256 } = nodePrimitives;

/** The other end of a line, played by hand: it has that server's key, and says what it likes. */
class Played {
  readonly heard: StreamFrame[] = [];
  refusal: string | undefined;
  private greeting: Bytes | undefined;
  private wire: Wire | undefined;
  private readonly roads: Roads;
  private readonly name: string;

  constructor(roads: Roads, name: string = south) {
    this.roads = roads;
    this.name = name;
  }

  async open(): Promise<this> {
    const hello = encodePeerHello({
      versions: [1],
      from: this.name,
      to: north,
      incarnation: bytes(1, 16),
      nonce: bytes(2, 32),
    });
    this.wire = await this.roads.wire(this.name, north, {
      receive: (message) => this.take(message),
      closed: () => undefined,
    });
    await this.say(hello);
    const signed = peerLineBytes("calling", hello, this.greeting ?? bytes(0, 0));
    await this.say(encodePeerProof(keysFrom(seedOf(this.name)).sign(signed)));
    return this;
  }

  async say(...frames: readonly Bytes[]): Promise<this> {
    for (const frame of frames) for (const message of messagesOf(frame)) this.wire?.send(message);
    await this.roads.clock.pass(30);
    return this;
  }

  /** Over all rows that came, from the beginning of their stream. */
  chain(): Bytes {
    let chain: Bytes = bytes(0, 16);
    for (const frame of this.heard)
      if (frame.type === "rows") for (const row of frame.rows) chain = streamChainOf(sha256, chain, row);
    return chain;
  }

  /** Messages as they are, in no pieces. */
  async sayAsIs(...messages: readonly Bytes[]): Promise<this> {
    for (const message of messages) this.wire?.send(message);
    await this.roads.clock.pass(30);
    return this;
  }

  /** What came, of this type, last. */
  last<T extends StreamFrame["type"]>(type: T) {
    return this.heard.findLast((frame) => frame.type === type) as Extract<StreamFrame, { type: T }> | undefined;
  }

  private take(message: Bytes): void {
    if ((message[0] ?? 0) >= 0x10) {
      this.heard.push(decodeStreamFrame(message));
      return;
    }
    const frame = decodePeerFrame(message);
    if (frame.type === "greeting") this.greeting = frame.greeting.unsigned;
    if (frame.type === "refusal") this.refusal = frame.why;
  }
}

/** Addresses, one after another. */
const listed = (all: Bytes) => Array.from({ length: all.length / 16 }, (_, i) => all.subarray(16 * i, 16 * i + 16));

/** North, with Ann there; south is played. */
async function alone(options: HomeOptions = {}) {
  const roads = new Roads();
  const a = roads.home(north, options);
  const real = roads.home(south);
  await roads.do(north, "peers-allow", { name: south });
  await roads.do(north, "peers-try", { name: south });
  roads.cut();
  roads.homes.delete(south); // It is not called from now on.
  real.server.stop();
  const ann = await a.person("ann");
  const phone = await ann.phone.signIn(a);
  const atAnn = await ann.phone.address(phone);
  const list = listHashOf(sha256, [atAnn]);
  const row = (text: string, of = list) =>
    encodeStreamRow({
      kind: "envelope",
      mode: "application",
      gate: bytes(4, 32),
      epoch: 3,
      list: of,
      envelope: new TextEncoder().encode(text),
    });
  const group = new Group("far");
  const caller = await a.client();
  /** For an address in the south. */
  const found = () => group.foundFar(caller, [{ server: south, address: bytes(7, 16) }]);
  return { roads, a, ann, phone, atAnn, list, row, group, caller, found };
}

const zeros = bytes(0, 16);
const stream = bytes(9, 16);

test("[PE21] rows that are said again, left out or out of their order end the line, and none is taken twice", async () => {
  const { roads, phone, atAnn, row } = await alone();
  const peer = await new Played(roads).open();
  expect(peer.last("held")).toMatchObject({ stream: zeros, n: 0, chain: zeros });
  await peer.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one"), row("two")]));
  expect(peer.last("acked")).toMatchObject({ stream, n: 2, refused: [] });
  for (const first of [1, 2, 4]) {
    const liar = await new Played(roads).open();
    expect(liar.last("held")).toMatchObject({ stream, n: 2 });
    await liar.say(encodeFarList(atAnn), encodeRows(stream, first, [row("again")]));
    expect([first, liar.refusal, liar.last("acked")]).toEqual([first, "malformed", undefined]);
  }
  const goes = await new Played(roads).open();
  await goes.say(encodeFarList(atAnn), encodeRows(stream, 3, [row("three")]));
  expect(goes.last("acked")).toMatchObject({ n: 3 });
  expect(phone.reads).toEqual(["one", "two", "three"]);
  expect(phone.pushes[0]?.server).toBe(south);
});

test("[PE22] who acknowledges what was not sent, or something else than that, is not believed, and all waits on", async () => {
  const { roads, found } = await alone();
  await found();
  const lies = [
    (held: Bytes) => encodeAcked(held, 2, zeros, []),
    (held: Bytes) => encodeAcked(held, 1, bytes(1, 16), []),
    () => encodeAcked(bytes(5, 16), 1, zeros, []),
  ];
  for (const lie of lies) {
    const liar = await new Played(roads).open();
    await liar.say(encodeHeld(zeros, 0, zeros));
    const sent = liar.last("rows");
    expect(sent?.rows.length).toBe(1);
    await liar.say(lie(sent?.stream ?? zeros));
    expect(liar.refusal).toBe("malformed");
    expect(await waits(roads, north, south)).toBe(1);
  }
  // Nor who names another stream in which the same was said.
  const other = await new Played(roads).open();
  await other.say(encodeHeld(zeros, 0, zeros));
  await other.say(encodeAcked(bytes(5, 16), other.last("rows")?.first ?? 0, other.chain(), []));
  expect([other.refusal, await waits(roads, north, south)]).toEqual(["malformed", 1]);
  // Nor who says at the opening that it has more, or other things, than were sent.
  for (const n of [1, 7, 2 ** 40]) {
    const liar = await new Played(roads).open();
    await liar.say(encodeHeld(bytes(5, 16), n, bytes(1, 16)));
    expect(liar.last("rows")?.rows.length).toBe(1);
    expect(await waits(roads, north, south)).toBe(1);
  }
});

test("[PE23] a row that cannot be read is refused by its number, and the stream goes on", async () => {
  const { roads, phone, atAnn, row } = await alone();
  const peer = await new Played(roads).open();
  await peer.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one"), bytes(77, 40), bytes(0, 50), row("two")]));
  expect(peer.last("acked")).toMatchObject({ n: 4, refused: [2, 3] });
  expect(phone.reads).toEqual(["one", "two"]);
});

test("[PE24] frames that are broken, too long, out of turn or more than the window end the line", async () => {
  const { roads, row } = await alone();
  const refused = async (...messages: readonly Bytes[]) =>
    (await (await new Played(roads).open()).say(...messages)).refusal;
  const begin = (length: number) => new Uint8Array([0x12, length >>> 24, length >>> 16, length >>> 8, length, 1, 2]);
  expect(await refused(bytes(0x77, 9))).toBe("malformed");
  expect(await refused(encodeHeld(zeros, 0, zeros), encodeHeld(zeros, 0, zeros))).toBe("malformed");
  expect(await refused(begin((1 << 20) + 1))).toBe("malformed");
  expect(await refused(new Uint8Array([0x13, 1]))).toBe("malformed");
  expect(await refused(begin(100), begin(100))).toBe("malformed");
  expect(await refused(begin(3), new Uint8Array([0x13, 1, 2]))).toBe("malformed");
  expect(await refused(encodeRows(stream, 0, [row("none")]))).toBe("malformed");
  expect(await refused(encodeRows(stream, 1, []))).toBe("malformed");
  expect(await refused(encodeFarList(bytes(1, 0)))).toBe("malformed");
  expect(await refused(encodeFarList(bytes(1, 16 * 1_025)))).toBe("malformed");
  const large = encodeRows(stream, 1, [row("x".repeat(1_000_000))]);
  expect(await refused(large, large, large, large)).toMatch(/malformed|busy/);
  expect(await refused(encodeHeld(zeros, 0, zeros))).toBeUndefined();
});

/** Pieces of pieces: each level is a whole frame that begins another. */
const nested = (levels: number): Bytes => {
  const frame = new Uint8Array(5 * levels + 1).fill(0x24);
  for (let i = 0; i < levels; i++) frame.set([0x12, ...lengthOf(frame.length - 5 * (i + 1))], 5 * i);
  return frame;
};
const lengthOf = (length: number) => [length >>> 24, length >>> 16, length >>> 8, length].map((one) => one & 0xff);

test("[PE34] a frame in pieces that begins another in pieces ends the line, however deep it goes", async () => {
  const { roads } = await alone();
  for (const levels of [2, 20_000]) {
    const peer = await new Played(roads).open();
    await peer.sayAsIs(nested(levels));
    expect([levels, peer.refusal]).toEqual([levels, "malformed"]);
  }
  const plain = await new Played(roads).open();
  await plain.sayAsIs(new Uint8Array([0x12, 0, 0, 0, 2, 0x13, 1]));
  expect(plain.refusal).toBe("malformed");
});

test("[PE34] what fails in this server while a line is read ends that line, and is counted as a fault", async () => {
  const faults = new Faults(() => undefined);
  const { roads, atAnn } = await alone({ faults });
  const peer = await new Played(roads).open();
  const { receive } = Stream.prototype;
  Stream.prototype.receive = () => {
    throw new RangeError("too deep");
  };
  await peer.say(encodeFarList(atAnn)).finally(() => {
    Stream.prototype.receive = receive;
  });
  expect([peer.refusal, faults.count]).toEqual(["busy", 1]);
});

test("[PE35] rows that are too short to be any are none, and what came counts until it is taken", async () => {
  const { roads, atAnn, row } = await alone({ config: { peerRowsPerMinute: 1 } });
  const empty = await new Played(roads).open();
  await empty.say(
    encodeFarList(atAnn),
    encodeRows(
      stream,
      1,
      Array.from({ length: 1_024 }, () => bytes(0, 0)),
    ),
  );
  expect(empty.refusal).toBe("malformed");
  // None is taken before its minute: the window fills, whatever the rows hold.
  const full = await new Played(roads).open();
  await full.say(encodeFarList(atAnn));
  const rows = Array.from({ length: 1_024 }, () => bytes(0, 37));
  let n = 1;
  for (; n < 200 && full.refusal === undefined; n++) await full.say(encodeRows(stream, 1 + 1_024 * (n - 1), rows));
  expect([full.refusal, n < 100]).toEqual(["malformed", true]);
  expect(row("")).toHaveLength(2 + 32 + 4 + 32);
});

test("[PE25] [PE35] 32 servers that each let a mebibyte wait keep nobody else waiting, and lose nothing by it", async () => {
  const { roads, phone, atAnn, row } = await alone({ config: { peerRowsPerMinute: 10 } });
  const names = Array.from({ length: 32 }, (_, i) => `n${i}.example`);
  const many: Played[] = [];
  for (const name of names) {
    const real = roads.home(name);
    await roads.do(north, "peers-allow", { name });
    await roads.do(north, "peers-try", { name });
    roads.cut(name);
    roads.homes.delete(name);
    real.server.stop();
  }
  const rows = Array.from({ length: 1_000 }, () => row("x".repeat(950)));
  for (const name of names) {
    const peer = await new Played(roads, name).open();
    many.push(await peer.say(encodeFarList(atAnn), encodeRows(stream, 1, rows)));
  }
  const taken = () => many.map((peer) => peer.last("acked")?.n ?? 0);
  expect(many.map(({ refusal }) => refusal)).toEqual(names.map(() => undefined));
  expect(Math.max(...taken())).toBeLessThan(100);
  const honest = await new Played(roads).open();
  await honest.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one")]));
  expect(honest.last("acked")?.n).toBe(1);
  expect(phone.reads.at(-1)).toBe("one");
  const before = taken();
  await roads.clock.pass(10 * minuteMs);
  expect(taken().every((n, i) => n > (before[i] as number))).toBe(true);
});

/** Servers that this one met and the operator did not allow, but for those named so; each is played by hand. */
async function met(roads: Roads, names: readonly string[], allowed: readonly string[] = []): Promise<void> {
  for (const name of [...names, ...allowed]) {
    const real = roads.home(name);
    if (allowed.includes(name)) await roads.do(north, "peers-allow", { name });
    await roads.do(north, "peers-try", { name });
    roads.cut(name);
    roads.homes.delete(name);
    real.server.stop();
  }
}

/** Where 256 KiB of all lines may wait. */
const config = { peerRowsPerMinute: 10, peerComingBytesAll: 256 * 1_024, peerLinesMax: 32 };

test("[PE91] of all lines together as much waits as there is room for: who has most ends as busy, who has little is heard", async () => {
  const { roads, phone, atAnn, row } = await alone({ config });
  const names = Array.from({ length: 5 }, (_, i) => `n${i}.example`);
  await met(roads, [...names, "small.example"], ["friend.example"]);
  const rows = Array.from({ length: 60 }, () => row("x".repeat(950)));
  const says = async (name: string) => {
    const peer = await new Played(roads, name).open();
    return peer.say(encodeFarList(atAnn), encodeRows(stream, 1, rows));
  };
  const many: Played[] = [];
  for (const name of names) many.push(await says(name));
  const refusals = () => many.map(({ refusal }) => refusal);
  expect(refusals()).toEqual([undefined, undefined, undefined, undefined, "busy"]);
  // Of a server that the operator allowed it does not count.
  expect((await says("friend.example")).refusal).toBeUndefined();
  const small = await new Played(roads, "small.example").open();
  await small.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one")]));
  expect([small.refusal, small.last("acked")?.n, phone.reads.at(-1)]).toEqual([undefined, 1, "one"]);
  // Whose line ends makes room.
  await roads.clock.pass(10 * minuteMs);
  expect((await says("n4.example")).refusal).toBeUndefined();
  expect(refusals().slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
});

test("[PE91] servers that let much wait, and say no more, end the line of none that lets less wait", async () => {
  const { roads, atAnn, row } = await alone({ config });
  const names = ["a.example", "b.example", "c.example", "d.example"];
  await met(roads, [...names, "honest.example"]);
  const says = async (name: string, count: number) => {
    const rows = Array.from({ length: count }, () => row("x".repeat(950)));
    const peer = await new Played(roads, name).open();
    return peer.say(encodeFarList(atAnn), encodeRows(stream, 1, rows));
  };
  const many: Played[] = [];
  for (const name of names) many.push(await says(name, 60));
  const honest = await says("honest.example", 30);
  expect([honest.refusal, honest.last("acked")?.n]).toEqual([undefined, 30]);
  expect(many.map(({ refusal }) => refusal)).toEqual(["busy", undefined, undefined, undefined]);
});

test("[PE91] a frame of which only a piece came counts with all its bytes", async () => {
  const { roads, atAnn, row } = await alone({ config });
  const names = ["a.example", "b.example"];
  await met(roads, [...names, "small.example"]);
  const [piece] = messagesOf(encodeRows(stream, 1, [row("x".repeat(200 * 1_024))]));
  const many: Played[] = [];
  for (const name of names) many.push(await (await new Played(roads, name).open()).sayAsIs(piece as Bytes));
  expect(many.map(({ refusal }) => refusal)).toEqual([undefined, "busy"]);
  // It counts once.
  const small = await new Played(roads, "small.example").open();
  await small.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("x".repeat(40 * 1_024))]));
  expect([small.refusal, small.last("acked")?.n]).toEqual([undefined, 1]);
});

test("[PE92] of a line that has ended nothing is kept, however long what came on it would have waited", async () => {
  const { roads, atAnn, row } = await alone({ config: { peerRowsPerMinute: 1 } });
  const came: WeakRef<ArrayBufferLike>[] = [];
  roads.change = ({ message }) => {
    const copy = message.slice();
    if (message.length > 8_000) came.push(new WeakRef(copy.buffer));
    return copy;
  };
  const rows = Array.from({ length: 8 }, () => row("x".repeat(950)));
  const kept = () => came.filter((one) => one.deref() !== undefined).length;
  for (let lines = 0; lines < 4; lines++) {
    const peer = await new Played(roads).open();
    await peer.say(encodeFarList(atAnn));
    for (let i = 0; i < 30; i++) await peer.say(encodeRows(stream, 1 + 8 * i, rows));
    expect(peer.refusal).toBeUndefined();
  }
  roads.cut();
  roads.said.length = 0;
  await roads.clock.pass(10);
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve));
    Bun.gc(true);
  }
  expect([came.length, kept() < 30]).toEqual([120, true]);
});

test("[PE31] rows for a list of which the other side was not told are not taken, and come again", async () => {
  const faults = new Faults(() => undefined);
  const { roads, phone, atAnn, row } = await alone({ faults });
  const peer = await new Played(roads).open();
  await peer.say(encodeRows(stream, 1, [row("one")]));
  expect([peer.refusal, peer.last("acked"), faults.count]).toEqual(["busy", undefined, 0]);
  const again = await new Played(roads).open();
  expect(again.last("held")).toMatchObject({ n: 0 });
  await again.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one")]));
  expect(phone.reads).toEqual(["one"]);
});

test("[PE25] where rows come too fast, nothing is lost: they are taken later", async () => {
  const { roads, phone, atAnn, row } = await alone({ config: { peerRowsPerMinute: 10 } });
  const peer = await new Played(roads).open();
  await peer.say(encodeFarList(atAnn));
  for (let i = 0; i < 5; i++)
    await peer.say(
      encodeRows(
        stream,
        1 + 6 * i,
        Array.from({ length: 6 }, () => row(`${i}`)),
      ),
    );
  expect(phone.reads.length).toBe(12);
  await roads.clock.pass(minuteMs);
  expect(phone.reads.length).toBe(24);
  await roads.clock.pass(minuteMs);
  expect(phone.reads.length).toBe(30);
});

test("[PE25] a server whose disk is full takes nothing from others, and has it all once there is room", async () => {
  let [free, isHeld] = [1e12, true];
  const disk: Disk = {
    freeBytes: () => free,
    reserveBytes: 1_000_000,
    reserve: () => (isHeld ? "held" : "given-up"),
    giveUp: () => {
      isHeld = false;
    },
    takeBack: async () => {
      isHeld = true;
    },
  };
  const { roads, phone, atAnn, row } = await alone({ disk });
  free = 1_000;
  await roads.clock.pass(minuteMs);
  const peer = await new Played(roads).open();
  await peer.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one")]));
  expect([peer.refusal, peer.last("acked")]).toEqual(["busy", undefined]);
  free = 1e12;
  await roads.clock.pass(minuteMs);
  const again = await new Played(roads).open();
  await again.say(encodeFarList(atAnn), encodeRows(stream, 1, [row("one")]));
  expect(phone.reads).toEqual(["one"]);
});

test("[PE49] a place has its share again once what it said has left, by whatever word, or was given up after thirty days", async () => {
  const { roads, a, group, found } = await alone({ config: { peerBacklogBytes: 40_000 } });
  await found();
  const caller = await a.client("one place");
  const fill = async (sign: string) => {
    for (let i = 0; i < 8; i++) await group.say(caller, `${i}${sign.repeat(1_000)}`);
  };
  await fill("x");
  const first = await new Played(roads).open();
  await first.say(encodeHeld(zeros, 0, zeros));
  expect(first.last("rows")?.rows.length).toBe(5); // The last tells how many were given up.
  roads.cut();
  // It had them, and says so only when the next line opens.
  await (await new Played(roads).open()).say(encodeHeld(first.last("rows")?.stream ?? zeros, 5, first.chain()));
  roads.cut();
  const before = a.server.counts().peerRowsGivenUp ?? 0;
  await fill("y");
  expect((a.server.counts().peerRowsGivenUp ?? 0) - before).toBe(5);
  const today = dayOf(roads.clock.nowMs());
  a.log.transaction(() => peers.expire?.(a.log.features.peers, today + 31));
  await group.say(caller, "z".repeat(1_000));
  expect(await waits(roads, north, south)).toBe(1);
});

test("[PE38] the addresses of a list count with what waits, and all servers together have so much room", async () => {
  const { roads, a, group, caller } = await alone({ config: { peerBacklogBytes: 40_000 } });
  const entries = Array.from({ length: 1_000 }, (_, i) => ({ server: south, address: bytes(i % 250, 16) }));
  await group.foundFar(caller, entries);
  for (let i = 0; i < 4; i++) await group.say(caller, `${i}`);
  await roads.clock.pass(1_000);
  expect(await waits(roads, north, south)).toBe(2);
  expect(a.log.features.peers.state(1).waitingBytes).toBeLessThan(40_000);
  const small = await alone({ config: { peerBacklogBytesAll: 2_000 } });
  await small.found();
  for (let i = 0; i < 9; i++) await small.group.say(small.caller, "x".repeat(200));
  expect(await waits(small.roads, north, south)).toBe(2); // Those that are new have half of it.
});

test("[PE40] a server that acknowledges nothing has its rows read once, and no more of them hashed than were on their way", async () => {
  const { roads, a, found, group, caller } = await alone();
  await found();
  const peer = await new Played(roads).open();
  await peer.say(encodeHeld(zeros, 0, zeros));
  const { stream: sent } = peer.last("rows") ?? { stream: zeros };
  const { peers } = a.log.features;
  const { rows } = peers;
  let read = 0;
  Object.assign(peers, {
    rows: (...args: Parameters<typeof rows>) => {
      const some = rows(...args);
      read += some.reduce((sum, row) => sum + row.bytes.length, 0);
      return some;
    },
  });
  for (let i = 0; i < 40; i++) await group.say(caller, `${i}${"x".repeat(100_000)}`);
  await roads.clock.pass(100);
  expect(read).toBeLessThan(1.5 * (1 << 20));
  roads.cut();
  read = 0;
  const liar = await new Played(roads).open();
  await liar.say(encodeHeld(sent, 41, bytes(1, 16)));
  // Hashed up to the window, and sent anew.
  expect(read).toBeLessThan(4 * (1 << 20));
  expect(liar.last("rows")?.stream).not.toEqual(sent);
});

test("[PE40] lists that another server names count by the minute, and its rows are taken some at a time", async () => {
  const { roads, a, phone, atAnn, list, row } = await alone({ config: { peerRowsPerMinute: 100 } });
  const peer = await new Played(roads).open();
  const before = a.server.counts().lists;
  for (let i = 0; i < 1_500 && peer.refusal === undefined; i += 100)
    await peer.say(
      ...Array.from({ length: 100 }, (_, n) =>
        encodeFarList(
          new Uint8Array(16)
            .fill(1)
            .fill(n, 0, 2)
            .fill(i / 100, 2, 4),
        ),
      ),
    );
  expect(peer.refusal).toBe("busy");
  expect(a.server.counts().lists - before).toBeLessThan(1_200);
  await roads.clock.pass(minuteMs);
  const again = await new Played(roads).open();
  const rows = (first: number, of: Bytes, count: number) =>
    encodeRows(
      stream,
      first,
      Array.from({ length: count }, (_, i) => row(`${first + i}`, of)),
    );
  await again.say(encodeFarList(atAnn), rows(1, list, 60), rows(61, list, 40));
  const acked = () => again.heard.flatMap((frame) => (frame.type === "acked" ? [frame.n] : []));
  // All addresses of a list are looked up for a row: of a long one fewer rows are taken at once.
  expect(acked()).toEqual([60, 100]);
  const many = concat(
    atAnn,
    ...Array.from({ length: 1_000 }, (_, i) =>
      bytes(0, 16)
        .fill(i, 0, 1)
        .fill(i >> 8, 1, 2),
    ),
  );
  await roads.clock.pass(minuteMs);
  await again.say(encodeFarList(many), rows(101, listHashOf(sha256, listed(many)), 100));
  await roads.clock.pass(minuteMs);
  expect(acked().slice(2)).toEqual([132, 164, 196, 200]);
  expect(phone.reads).toHaveLength(200);
});

test("[PE42] what waited too long while a line is open begins no new stream", async () => {
  const { roads, a, found, group, caller } = await alone();
  await found();
  const peer = await new Played(roads).open();
  await peer.say(encodeHeld(zeros, 0, zeros));
  const sent = peer.last("rows")?.stream ?? zeros;
  const { peers: tables } = a.log.features;
  const today = dayOf(roads.clock.nowMs());
  a.log.transaction(() => peers.expire?.(tables, today + 31));
  await group.say(caller, "two");
  await roads.clock.pass(100);
  expect(peer.last("rows")).toMatchObject({ stream: sent, first: 2 });
  const chain = peer.chain();
  await peer.say(encodeAcked(sent, 2, chain, []));
  expect(peer.refusal).toBeUndefined();
  roads.cut();
  const again = await new Played(roads).open();
  await again.say(encodeHeld(sent, 2, chain));
  await group.say(caller, "three");
  await roads.clock.pass(100);
  expect(again.last("rows")?.stream).toEqual(sent);
});
