import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  decodeRoomServerFrame,
  type EnterRoom,
  encodeRoomClientFrame,
  liveLimits,
  type RoomServerFrame,
  type ShownPart,
  type UploadToken,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { done, type Outcome, refuse } from "../../core/outcome.ts";
import { ManualClock } from "../../testkit/clock.ts";
import type { RoomsPorts } from "./room-ports.ts";
import { Rooms } from "./rooms.ts";

const shows = new Uint8Array(32).fill(5);
const room = new Uint8Array(createHash("sha256").update("yanshu show v1\0").update(shows).digest()).slice(0, 16);
const token: UploadToken = { epoch: 1, input: new Uint8Array(32), output: new Uint8Array(64) };
const spend = async (paid: UploadToken): Promise<Outcome<unknown>> => (paid.epoch === 1 ? done : refuse("bad-token"));

class Person {
  readonly got: RoomServerFrame[] = [];
  closed: string | undefined;
  unread = 0;
  readonly connection: ReturnType<Rooms["connect"]>;
  private readonly clock: ManualClock;

  constructor(rooms: Rooms, clock: ManualClock, prefix?: string) {
    this.clock = clock;
    const sink = {
      send: (bytes: Uint8Array) => {
        this.got.push(decodeRoomServerFrame(bytes));
      },
      close: (_code: number, reason: string) => {
        this.closed = reason;
      },
      subscribe: () => undefined,
      unsubscribe: () => undefined,
      unread: () => this.unread,
    };
    this.connection = rooms.connect(sink, prefix);
  }

  async enter(args: Partial<EnterRoom>): Promise<string> {
    const before = this.got.length;
    this.connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room, ...args } }));
    await this.clock.pass(0);
    const answer = this.got[before];
    return answer?.type === "refused" ? answer.code : (answer?.type ?? this.closed ?? "nothing");
  }

  /** One piece, in as many parts as there are words. */
  show(layer: number, words: string, isHead = false): void {
    const all = words.split(" ");
    for (const [n, word] of all.entries())
      this.part({
        layer,
        isHead,
        isFirst: n === 0,
        isLast: n === all.length - 1,
        bytes: new TextEncoder().encode(word),
      });
  }

  part(part: ShownPart): void {
    this.connection.receive(encodeRoomClientFrame({ type: "show", ...part }));
  }

  say(text: string): void {
    this.connection.receive(encodeRoomClientFrame({ type: "say", to: 0xffff, bytes: new TextEncoder().encode(text) }));
  }

  want(layer: number): void {
    this.connection.receive(encodeRoomClientFrame({ type: "wantLayer", layer }));
  }

  /** What it was shown since it was asked last, as `layer:words`. */
  seen(): string {
    const parts = this.got.splice(0).flatMap((frame) => (frame.type === "shown" ? [frame] : []));
    return parts.map(({ layer, bytes }) => `${layer}:${new TextDecoder().decode(bytes.slice(0, 8))}`).join(" ");
  }

  get heard(): string[] {
    return this.got.flatMap((frame) => (frame.type === "said" ? [new TextDecoder().decode(frame.bytes)] : []));
  }

  get refusals(): string[] {
    return this.got.flatMap((frame) => (frame.type === "refused" ? [frame.code] : []));
  }
}

function house(more: Partial<RoomsPorts> = {}) {
  const clock = new ManualClock();
  let drawn = 0;
  const rooms = new Rooms({
    clock,
    random: (length) => new Uint8Array(length).fill(++drawn),
    faults: new Faults(),
    relay: { access: () => undefined, seatGone: () => undefined },
    spend,
    ...more,
  });
  return { clock, rooms, person: (prefix?: string) => new Person(rooms, clock, prefix) };
}

async function live(more: Partial<RoomsPorts> = {}) {
  const made = house(more);
  const host = made.person();
  expect(await host.enter({ shows, token })).toBe("entered");
  return { ...made, host };
}

test("[CA161] who shows names the secret that makes the room's name; nobody else shows there, nor keeps them out", async () => {
  const { host, person, rooms } = await live();
  expect(await person().enter({ shows: new Uint8Array(32), token })).toBe("malformed");
  expect(await person().enter({ token })).toBe("full");
  expect(await person().enter({ listens: true })).toBe("full");
  const again = person();
  expect(await again.enter({ shows })).toBe("entered");
  expect(host.closed).toBe("superseded");
  expect(rooms.counts()).toMatchObject({ rooms: 1, roomSeats: 1 });
});

test("[CA161] an ordinary room under a Live's name makes way for the one who shows", async () => {
  const { person, rooms } = house();
  const squatter = person();
  expect(await squatter.enter({ token })).toBe("entered");
  const host = person();
  expect(await host.enter({ shows, token })).toBe("token-needed");
  expect(squatter.closed).toBe("going");
  expect(await host.enter({ shows, token })).toBe("entered");
  expect(rooms.counts().rooms).toBe(1);
});

test("[CA162] who watches opens nothing, has no seat, and is told how many watch, once a second at most", async () => {
  const { host, person, clock } = await live();
  const other = new Uint8Array(16).fill(9);
  expect(await person().enter({ watches: true, room: other })).toBe("token-needed");
  const watchers = Array.from({ length: liveLimits.watchersMax }, () => person());
  for (const one of watchers) expect(await one.enter({ watches: true })).toBe("entered");
  expect(await person().enter({ watches: true })).toBe("full");
  await clock.pass(1_000);
  const counts = ({ got }: Person) => got.flatMap((frame) => (frame.type === "watching" ? [frame.count] : []));
  expect(counts(host)).toEqual([300]);
  expect(counts(watchers[0] as Person)).toEqual([300]);
  expect(watchers[0]?.got.some((frame) => frame.type === "seats")).toBe(false);
  for (const one of watchers.slice(100)) one.connection.closed();
  await clock.pass(1_000);
  expect(counts(host)).toEqual([300, 100]);
});

test("[CA163] who comes is given the head and the newest whole piece; in the midst of one it waits for the next", async () => {
  const { host, person } = await live();
  const first = person();
  await first.enter({ watches: true });
  host.show(1, "head", true);
  host.show(1, "a b");
  expect(first.seen()).toBe("1:head 1:a 1:b");
  host.part({ layer: 1, isFirst: true, isLast: false, isHead: false, bytes: Uint8Array.of(99) });
  const late = person();
  await late.enter({ watches: true });
  expect(late.seen()).toBe("1:head 1:a 1:b");
  host.part({ layer: 1, isFirst: false, isLast: true, isHead: false, bytes: Uint8Array.of(100) });
  expect(late.seen()).toBe("");
  expect(first.seen()).toBe("1:c 1:d");
  host.show(1, "e");
  expect(late.seen()).toBe("1:e");
});

test("[CA163] nothing of what was shown is left when the one who shows went", async () => {
  const { host, person, clock } = await live();
  host.show(1, "head", true);
  host.show(1, "a");
  host.connection.closed();
  await clock.pass(10_000);
  const late = person();
  expect(await late.enter({ watches: true })).toBe("entered");
  expect(late.seen()).toBe("");
  await clock.pass(30_000);
  expect(late.closed).toBe("going");
});

test("[CA164] who does not keep up skips whole pieces and gets the small layer for a while; who asks for it gets it", async () => {
  const { host, person, clock } = await live();
  const [quick, slow, small] = [person(), person(), person()];
  for (const one of [quick, slow, small]) await one.enter({ watches: true });
  small.want(0);
  for (const layer of [0, 1]) host.show(layer, "head", true);
  const both = (words: string) => {
    for (const layer of [0, 1]) host.show(layer, words);
  };
  both("a");
  expect([quick, slow, small].map((one) => one.seen())).toEqual(["1:head 1:a", "1:head 1:a", "0:head 0:a"]);
  slow.unread = 300 * 1024;
  both("b");
  slow.unread = 0;
  both("c");
  expect(quick.seen()).toBe("1:b 1:c");
  expect(slow.seen()).toBe("0:head 0:c");
  await clock.pass(16_000);
  both("d");
  expect(slow.seen()).toBe("1:head 1:d");
});

test("[CA165] what shows has a rate and pieces a size: more is refused and what was begun is dropped", async () => {
  const { host, person, clock } = await live();
  const one = person();
  await one.enter({ watches: true });
  host.show(1, "head", true);
  const bytes = new Uint8Array(liveLimits.partBytesMax).fill(120);
  for (let n = 0; n < 80; n++) host.part({ layer: 1, isFirst: n === 0, isLast: n === 79, isHead: false, bytes });
  expect(host.refusals.length).toBeGreaterThan(0);
  const parts = one.got.flatMap((frame) => (frame.type === "shown" ? [frame] : []));
  expect(parts.some(({ isLast, isHead }) => isLast && !isHead)).toBe(false);
  await clock.pass(10_000);
  one.seen();
  host.show(1, "b");
  expect(one.seen()).toBe("1:b");
});

test("[CA165] beyond half of what Lives may take the small layer is handed on, beyond all of it pieces are skipped", async () => {
  const { host, person, clock } = await live({ liveBytesPerSecond: 4_000 });
  const people = [person(), person()];
  for (const one of people) await one.enter({ watches: true });
  for (const layer of [0, 1]) host.show(layer, "head", true);
  host.show(1, "x".repeat(1_200));
  await clock.pass(1_000);
  for (const one of people) one.seen();
  for (const layer of [0, 1]) host.show(layer, "y".repeat(1_200));
  for (const one of people) expect(one.seen()).toBe("0:head 0:yyyyyyyy");
  host.show(0, "z".repeat(1_200));
  host.show(0, "w".repeat(1_200));
  for (const one of people) expect(one.seen()).not.toContain("w");
});

test("[CA166] who watches says little, to the one who shows alone; who floods is refused, and others are heard", async () => {
  const { host, person, clock } = await live();
  const [ann, ben] = [person("a"), person("b")];
  for (const one of [ann, ben]) await one.enter({ watches: true });
  for (let n = 0; n < 500; n++) ann.say(`n${n}`);
  ben.say("hello");
  ben.say("x".repeat(3_000));
  expect(host.heard).toEqual(["n0", "n1", "n2", "n3", "n4", "n5", "hello"]);
  expect(ben.heard).toEqual([]);
  expect(ben.refusals).toEqual(["rate-limited"]);
  await clock.pass(1_000);
  for (let n = 0; n < 200; n++) ann.say("more");
  expect(ann.closed).toBe("flooding");
  expect(host.closed).toBeUndefined();
  host.say("to all");
  expect(ben.heard).toEqual(["to all"]);
});

test("[CA254] who asks for another layer without end is refused, loses the connection, and changes nothing for others", async () => {
  const { host, person, clock } = await live();
  for (const layer of [0, 1]) host.show(layer, "head", true);
  const [ann, ben] = [person("a"), person("b")];
  for (const one of [ann, ben]) await one.enter({ watches: true });
  for (let n = 0; n < 7; n++) ann.want(n % 2);
  expect(ann.refusals).toEqual(["rate-limited"]);
  ben.want(0);
  ann.say("hello");
  expect(host.heard).toEqual(["hello"]);
  await clock.pass(500);
  ann.want(0);
  expect(ann.refusals).toEqual(["rate-limited"]);
  host.show(0, "small");
  for (const one of [ann, ben]) expect(one.seen()).toContain("0:small");
  for (let n = 0; n < 700; n++) ann.want(1);
  expect([ann.closed, ben.closed]).toEqual(["flooding", undefined]);
});

test("[CA166] who watches shows nothing and joins no media", async () => {
  const { host, person } = await live();
  const [ann, ben] = [person(), person()];
  for (const one of [ann, ben]) await one.enter({ watches: true });
  host.show(1, "head", true);
  ann.show(1, "mine");
  ann.connection.receive(encodeRoomClientFrame({ type: "renew" }));
  expect(ann.refusals).toEqual(["rate-limited", "rate-limited"]);
  expect(ben.seen()).toBe("");
});

/** Opens a Live of its own. */
async function opensLive(person: Person, n: number): Promise<string> {
  const secret = new Uint8Array(32);
  new DataView(secret.buffer).setUint32(0, n);
  const named = createHash("sha256").update("yanshu show v1\0").update(secret).digest();
  return person.enter({ room: new Uint8Array(named).slice(0, 16), shows: secret, token });
}

test("[CA189] a place has 16 Lives at once; where a server has no more, the place of most makes way", async () => {
  const { person, rooms, clock } = house();
  const ofA = Array.from({ length: 17 }, () => person("a"));
  for (const [n, one] of ofA.entries()) expect(await opensLive(one, n)).toBe(n < 16 ? "entered" : "unavailable");
  expect(await person("a").enter({ room: new Uint8Array(16).fill(1), token })).toBe("entered");
  for (let n = 16; n < 512; n++) expect(await opensLive(person(`p${n >> 4}`), n)).toBe("entered");
  expect(await opensLive(person("z"), 600)).toBe("entered");
  expect(rooms.counts().rooms).toBe(513);
  for (const one of ofA) one.connection.closed();
  await clock.pass(10_000);
  await clock.pass(30_000);
  expect(await opensLive(person("a"), 700)).toBe("entered");
});

test("[CA188] the one who shows says 64 KiB at once and 16 KiB a second from then on; more is refused", async () => {
  const { host, person, clock } = await live();
  const one = person();
  await one.enter({ watches: true });
  for (let n = 0; n < 9; n++) host.say("x".repeat(8 * 1024));
  expect(one.heard.length).toBe(8);
  expect(host.refusals).toEqual(["rate-limited"]);
  await clock.pass(1_000);
  host.say("y");
  expect(one.heard.at(-1)).toBe("y");
});

test("[CA271] parts are handed on with those that come soon after them: at once with the last, else after 50 ms", async () => {
  const { host, person, clock } = await live();
  const one = person();
  await one.enter({ watches: true });
  host.show(1, "head", true);
  const part = (word: string, isFirst = false, isLast = false, length = word.length) => {
    const bytes = new Uint8Array(length);
    bytes.set(new TextEncoder().encode(word));
    host.part({ layer: 1, isFirst, isLast, isHead: false, bytes });
  };
  part("a", true);
  part("b");
  expect(one.seen()).toBe("1:head");
  await clock.pass(50);
  expect(one.seen()).toBe("1:a 1:b");
  part("c");
  part("d", false, true);
  expect(one.seen()).toBe("1:c 1:d");
  // What is broken off by another piece is of no use any more.
  part("e", true);
  part("f", true);
  await clock.pass(50);
  expect(one.seen()).toBe("1:f");
  // A large piece waits in memory by no more than 128 KiB.
  for (let n = 0; n < 8; n++) part("wwwwwwww", false, false, liveLimits.partBytesMax);
  expect(one.got).toEqual([]);
  part("wwwwwwww", false, false, liveLimits.partBytesMax);
  expect(one.got.length).toBe(9);
});

test("[CA271] what waits for those who watch is gone with the one who shows", async () => {
  const { host, person, clock } = await live();
  const one = person();
  await one.enter({ watches: true });
  host.show(1, "head", true);
  host.part({ layer: 1, isFirst: true, isLast: false, isHead: false, bytes: Uint8Array.of(97) });
  host.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  await clock.pass(50);
  expect(one.seen()).toBe("1:head");
});
