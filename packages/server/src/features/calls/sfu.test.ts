import { expect, test } from "bun:test";
import type { JoinMedia } from "@yanshu/wire";
import { Pace } from "./pace.ts";
import { askAgain, buildRtp, isRtcp, readRtcp, readRtp } from "./rtp.ts";
import { Sfu } from "./sfu.ts";
import type { Peer } from "./sfu-peer.ts";

const level = 1;
const numbering = 3;
const midId = 4;
const ridId = 10;

/** A room in memory: what each seat is sent, in plain. */
function hall() {
  const time = { nowMs: 1_000 };
  let drawn = 100;
  const sfu = new Sfu({ nowMs: () => time.nowMs, draw: () => ++drawn });
  return {
    sfu,
    time,
    person: (seat: number, more: Partial<JoinMedia> = {}, room = "room") => new Person(sfu, room, seat, more),
    pass: (ms: number) => {
      for (let at = 0; at < ms; at += 50) {
        time.nowMs += 50;
        sfu.tick();
      }
    },
  };
}

class Person {
  readonly got: Buffer[] = [];
  readonly peer: Peer;
  private number = 500;
  private readonly sfu: Sfu;

  constructor(sfu: Sfu, room: string, seat: number, more: Partial<JoinMedia>) {
    this.sfu = sfu;
    const ask: JoinMedia = {
      v: 1,
      ufrag: "abcd",
      pwd: "0123456789abcdef012345",
      fingerprint: new Uint8Array(32),
      opus: 111,
      vp8: 96,
      up: [
        { kind: "voice", mid: "0", layers: [], ssrc: seat },
        { kind: "picture", mid: "1", layers: ["s", "f"] },
      ],
      voiceSlots: 3,
      pictureSlots: 2,
      mid: midId,
      rid: ridId,
      ...more,
    };
    this.peer = sfu.join(room, seat, ask, (packet) => this.got.push(packet));
    sfu.connected(this.peer);
  }

  /** @param at in steps of 20 ms. */
  speak(payload: string, number = this.number++, at = number): void {
    const packet = packetOf(this.peer.seat, number, Buffer.from(payload), 111, new Map([[level, "\x7f"]]));
    packet.writeUInt32BE((at * 960) >>> 0, 4);
    this.sfu.receive(this.peer, packet);
  }

  /** One packet of a layer; a key frame, or one that needs others. */
  show(rid: "s" | "f", number: number, isKey = true): void {
    const payload = Buffer.from([0x10, isKey ? 0 : 1, ...Buffer.alloc(200), ...Buffer.from(rid)]);
    const extensions = new Map([
      [midId, "1"],
      [ridId, rid],
    ]);
    const ssrc = this.peer.seat * 1_000 + (rid === "s" ? 1 : 2);
    this.sfu.receive(this.peer, packetOf(ssrc, number, payload, 96, extensions));
  }

  get heard(): string[] {
    return this.media(111).map((packet) => packet.subarray(readRtp(packet)?.begin).toString());
  }

  media(type: number): Buffer[] {
    return this.got.filter((packet) => !isRtcp(packet) && ((packet[1] as number) & 127) === type);
  }

  get asked(): Buffer[] {
    return this.got.filter(isRtcp);
  }
}

function packetOf(
  ssrc: number,
  number: number,
  payload: Buffer,
  type: number,
  extensions: ReadonlyMap<number, string>,
): Buffer {
  const list = [...extensions].flatMap(([id, value]) => [
    (id << 4) | (value.length - 1),
    ...Buffer.from(value, "latin1"),
  ]);
  while (list.length % 4 !== 0) list.push(0);
  const head = Buffer.alloc(16);
  head[0] = 0x90;
  head[1] = type;
  head.writeUInt16BE(number & 0xffff, 2);
  head.writeUInt32BE((number * 960) >>> 0, 4);
  head.writeUInt32BE(ssrc, 8);
  head.writeUInt16BE(0xbede, 12);
  head.writeUInt16BE(list.length / 4, 14);
  return Buffer.concat([head, Buffer.from(list), payload]);
}

test("[CA83] what one says is handed to every other seat of the room, and to nobody else", () => {
  const { person } = hall();
  const alice = person(1);
  const bob = person(2);
  const carol = person(3);
  const stranger = person(4, {}, "another room");
  alice.speak("good evening");
  expect(bob.heard).toEqual(["good evening"]);
  expect(carol.heard).toEqual(["good evening"]);
  expect(alice.heard).toEqual([]);
  expect(stranger.heard).toEqual([]);
});

test("[CA83] each slot keeps its SSRC, and its numbers and clock go on when another is in it", () => {
  const { person, sfu } = hall();
  const alice = person(1, { voiceSlots: 1 });
  const bob = person(2);
  bob.speak("one", 7_000);
  bob.speak("two", 7_001);
  sfu.leave(bob.peer);
  const carol = person(3);
  carol.speak("three", 40_000);
  const headers = alice.media(111).map((packet) => readRtp(packet));
  const [slot] = alice.peer.slots;
  expect(headers.map((header) => header?.ssrc)).toEqual([slot?.ssrc, slot?.ssrc, slot?.ssrc]);
  expect(headers.map((header) => header?.number)).toEqual([7_000, 7_001, 7_002]);
  const times = headers.map((header) => header?.timestamp ?? 0);
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBe(960);
});

test("[CA83] who has no slot free hears who waited, once another leaves", () => {
  const { person, sfu } = hall();
  const alice = person(1, { voiceSlots: 1 });
  const bob = person(2);
  const carol = person(3);
  bob.speak("first");
  carol.speak("not heard yet");
  sfu.leave(bob.peer);
  carol.speak("heard");
  expect(alice.heard).toEqual(["first", "heard"]);
});

test("[CA86] of a packet's header extensions none is passed on but its number on the way down", () => {
  const { person } = hall();
  const alice = person(1, { numbering });
  const bob = person(2);
  bob.speak("loud");
  const [packet] = alice.media(111);
  expect([...(readRtp(packet as Buffer)?.extensions.keys() ?? [])]).toEqual([numbering]);
});

test("[CA235] a seat that reads no number of a voice gets its voices without, and none is counted of them", () => {
  const { person } = hall();
  const alice = person(1, { numbering, plainVoice: true });
  const bob = person(2);
  bob.speak("loud");
  bob.show("s", 1);
  bob.speak("louder");
  bob.show("s", 2);
  const numbers = (type: number) =>
    alice.media(type).map((packet) => readRtp(packet)?.extensions.get(numbering)?.readUInt16BE(0));
  expect(numbers(111)).toEqual([undefined, undefined]);
  expect(numbers(96)).toEqual([0, 1]);
});

test("[CA84] a picture begins small with a key frame, and becomes full where the way down carries it", () => {
  const { person, pass } = hall();
  const alice = person(1);
  const bob = person(2);
  bob.show("s", 10, false);
  bob.show("f", 20, false);
  expect(alice.media(96)).toHaveLength(0);
  bob.show("s", 11);
  bob.show("f", 21, false);
  expect(alice.media(96).map((packet) => packet.at(-1))).toEqual(["s".charCodeAt(0)]);
  pass(600);
  bob.show("f", 22);
  bob.show("s", 12);
  expect(String.fromCharCode(alice.media(96).at(-1)?.at(-1) as number)).toBe("f");
});

test("[CA84] what a seat does not show is not sent to it, and whom it names comes into the slot", () => {
  const { person, sfu } = hall();
  const alice = person(1, { pictureSlots: 1 });
  const bob = person(2);
  const carol = person(3);
  sfu.want(alice.peer, { slots: [{ slot: 0, layers: 0 }] });
  bob.show("s", 1);
  carol.show("s", 1);
  expect(alice.media(96)).toHaveLength(0);
  sfu.want(alice.peer, { slots: [{ slot: 0, layers: 1, seat: 3 }] });
  bob.show("s", 2);
  expect(alice.media(96)).toHaveLength(0);
  carol.show("s", 2);
  expect(alice.media(96)).toHaveLength(1);
});

test("[CA84] a way down that carries little keeps the voices and drops the pictures", () => {
  const { person, pass, sfu } = hall();
  const alice = person(1, { numbering });
  const bob = person(2);
  alice.peer.pace.rate = 30_000;
  for (let at = 0; at < 60; at++) {
    for (let packet = 0; packet < 20; packet++) bob.show("s", at * 20 + packet);
    bob.speak("a voice");
    pass(50);
  }
  const before = alice.media(96).length;
  bob.show("s", 5_000);
  bob.speak("still heard");
  expect(alice.media(96).length).toBe(before);
  expect(alice.heard.at(-1)).toBe("still heard");
  sfu.leave(bob.peer);
});

test("[CA85] what is lacking is asked for again, at most five times, and what is asked for is sent again", () => {
  const { person, pass, sfu } = hall();
  const alice = person(1);
  const bob = person(2);
  bob.speak("one", 1);
  bob.speak("four", 4);
  pass(50);
  const [asked] = bob.asked.filter((packet) => packet[1] === 205);
  expect([asked?.readUInt16BE(12), asked?.readUInt16BE(16)]).toEqual([2, 3]);
  pass(1_000);
  expect(bob.asked.filter((packet) => packet[1] === 205)).toHaveLength(5);
  const { ssrc } = alice.peer.slots[0] as { ssrc: number };
  sfu.receive(alice.peer, askAgain(ssrc, [4, 2]));
  expect(alice.heard).toEqual(["one", "four", "four"]);
});

test("[CA85] a probe of padding alone leaves no gap", () => {
  const { person, sfu } = hall();
  const alice = person(1);
  const bob = person(2);
  bob.speak("one", 1);
  const probe = buildRtp(
    { payloadType: 111, isMarked: false, number: 2, timestamp: 0, ssrc: 2, numbering: undefined },
    Buffer.from([0, 0, 0, 4]),
  );
  probe[0] = 0xa0;
  sfu.receive(bob.peer, probe);
  bob.speak("two", 3);
  expect(alice.media(111).map((packet) => readRtp(packet)?.number)).toEqual([1, 2]);
});

test("[CA85] a slot that waits for a key frame asks for it again by itself", () => {
  const { person, pass } = hall();
  person(1);
  const bob = person(2);
  bob.show("s", 1, false);
  pass(1_500);
  expect(bob.asked.filter((packet) => packet[1] === 206).length).toBeGreaterThanOrEqual(3);
});

test("[CA82] a seat that joins again is there once", () => {
  const { person, sfu } = hall();
  const alice = person(1);
  person(2);
  const bob = person(2);
  bob.speak("hello");
  expect(sfu.counts().peers).toBe(2);
  expect(alice.heard).toEqual(["hello"]);
});

test("[CA82] whatever a seat with valid keys sends ends nothing and makes nothing grow", () => {
  const { person, sfu, pass } = hall();
  const alice = person(1, { numbering });
  const bob = person(2, { numbering });
  let state = 7;
  const draw = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return state % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const packet = Buffer.from(Array.from({ length: draw(80) }, () => draw(256)));
    if (packet.length > 12 && draw(3) > 0) {
      packet[0] = draw(2) === 0 ? 0x80 : 0x90;
      packet[1] = [111, 96, 200, 205, 206][draw(5)] as number;
      if (draw(2) === 0) packet.writeUInt32BE([1, 2, 101, 104][draw(4)] as number, 8);
    }
    sfu.receive(draw(2) === 0 ? alice.peer : bob.peer, packet);
    if (round % 500 === 0) pass(50);
  }
  expect(bob.peer.bySsrc.size).toBeLessThanOrEqual(3);
  for (const { layers } of bob.peer.tracks)
    for (const { missing } of layers) expect(missing.size).toBeLessThanOrEqual(600);
});

/** Feedback of `count` numbers from `base` on, all lost, in one run or more. */
function lostFeedback(base: number, count: number): Buffer {
  const runs = Math.max(2, 2 * Math.ceil(Math.ceil(count / 0x1fff) / 2));
  const packet = Buffer.alloc(20 + 2 * runs);
  packet[0] = 0x8f;
  packet[1] = 205;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt16BE(base, 12);
  packet.writeUInt16BE(count, 14);
  for (let run = 0, left = count; run < runs; run++, left -= 0x1fff)
    packet.writeUInt16BE(Math.max(0, Math.min(0x1fff, left)), 20 + 2 * run);
  return packet;
}

test("[CA133] feedback that tells of more than was sent is refused before it is read", () => {
  const pace = new Pace();
  const read = (base: number, count: number) =>
    pace.feedback({ type: 205, format: 15, bytes: lostFeedback(base, count) }, 1_000);
  expect(read(0, 65_528)).toBe(false);
  for (let at = 0; at < 100; at++) pace.number(100, 1_000);
  expect(read(0, 65_528)).toBe(false);
  expect(read(0, 101)).toBe(false);
  expect(read(50, 51)).toBe(false);
  expect(read(65_535, 2)).toBe(false);
  expect(read(0, 0)).toBe(false);
  expect(read(0, 100)).toBe(true);
  expect(read(50, 50)).toBe(true);
  for (let at = 0; at < 5_000; at++) pace.number(100, 1_000);
  expect(read(3_000, 2_001)).toBe(false);
  expect(read(3_000, 2_000)).toBe(true);
  expect(read(500, 100)).toBe(false); // Forgotten.
});

test("[CA133] what is told twice has arrived once, and numbers go round", () => {
  const pace = new Pace();
  let number = 0;
  for (let at = 0; at < 0x1_0000 - 20; at++) number = pace.number(1_000, at);
  // Twenty that came, by small steps of no time, over the end of the numbers.
  for (let at = 0; at < 40; at++) pace.number(1_000, 70_000);
  const came = Buffer.alloc(44);
  came[0] = 0x8f;
  came[1] = 205;
  came.writeUInt16BE(10, 2);
  came.writeUInt16BE((number + 11) & 0xffff, 12);
  came.writeUInt16BE(20, 14);
  came.writeUInt16BE(0x2000 | 20, 20);
  const before = pace.rate;
  for (let at = 0; at < 1_000; at++)
    expect(pace.feedback({ type: 205, format: 15, bytes: came }, 70_000 + at)).toBe(true);
  expect(pace.rate).toBeLessThan(before * 1.3);
});

test("[CA133] sixteen messages of one packet are read, and five hundred of a seat in a second", () => {
  const pli = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9]);
  expect([...readRtcp(Buffer.concat(Array(40).fill(pli)))]).toHaveLength(16);
  const { person, sfu, time } = hall();
  const alice = person(1);
  const bob = person(2);
  bob.speak("hello", 1);
  const ssrc = alice.peer.slots[0]?.ssrc as number;
  for (let at = 0; at < 500; at++) sfu.receive(alice.peer, pli);
  const before = alice.heard.length;
  sfu.receive(alice.peer, askAgain(ssrc, [1]));
  expect(alice.heard).toHaveLength(before);
  time.nowMs += 1_000;
  sfu.receive(alice.peer, askAgain(ssrc, [1]));
  expect(alice.heard).toHaveLength(before + 1);
});

test("[CA135] repeats have a budget by seat, and a packet is not repeated again at once", () => {
  const { person, sfu, time } = hall();
  const alice = person(1, { numbering });
  const bob = person(2);
  for (let at = 0; at < 500; at++) bob.speak("x".repeat(1_100), at);
  const ssrc = alice.peer.slots[0]?.ssrc as number;
  const numbers = Array.from({ length: 500 }, (_, at) => at);
  const ask = () => {
    const before = alice.heard.length;
    for (let from = 0; from < 500; from += 50) sfu.receive(alice.peer, askAgain(ssrc, numbers.slice(from, from + 50)));
    return alice.heard.length - before;
  };
  const first = ask();
  expect(first).toBeGreaterThan(40);
  expect(first).toBeLessThan(100);
  expect(ask()).toBe(0);
  time.nowMs += 1_000;
  // As much as its way down carries: 300 kbit/s at first.
  const second = ask();
  expect(second).toBeGreaterThan(20);
  expect(second).toBeLessThan(40);
});

test("[CA135] one packet that is asked for many times at once is repeated once", () => {
  const { person, sfu, time } = hall();
  const alice = person(1);
  person(2).speak("hello", 1);
  const ssrc = alice.peer.slots[0]?.ssrc as number;
  for (let at = 0; at < 50; at++) sfu.receive(alice.peer, askAgain(ssrc, [1, 1, 1]));
  expect(alice.heard).toEqual(["hello", "hello"]);
  time.nowMs += 20;
  sfu.receive(alice.peer, askAgain(ssrc, [1]));
  expect(alice.heard).toHaveLength(3);
});

test("[CA136] seats that send nothing take no slot, and a seat has one voice", () => {
  const { person, sfu } = hall();
  for (let seat = 1; seat <= 5; seat++)
    person(seat, { up: [0, 1, 2].map((at) => ({ kind: "voice", mid: `${at}`, layers: [], ssrc: 100 * seat + at })) });
  const friend = person(6);
  const victim = person(7, { voiceSlots: 3 });
  friend.speak("I am here");
  expect(victim.heard).toEqual(["I am here"]);
  expect(sfu.counts().peers).toBe(7);
  const loud = person(8, { up: [0, 1, 2].map((at) => ({ kind: "voice", mid: `${at}`, layers: [], ssrc: 8 + at })) });
  expect(loud.peer.tracks).toHaveLength(1);
});

test("[CA136] a slot is free again after five seconds of nothing, and whom a seat named stays", () => {
  const { person, pass, sfu } = hall();
  const alice = person(1, { voiceSlots: 1, pictureSlots: 1 });
  const bob = person(2);
  const carol = person(3);
  bob.speak("one");
  bob.show("s", 1);
  carol.speak("not heard");
  sfu.want(alice.peer, { slots: [{ slot: 0, layers: 1, seat: 3 }] });
  pass(4_000);
  carol.speak("not heard either");
  expect(alice.heard).toEqual(["one"]);
  pass(2_000);
  carol.speak("heard");
  expect(alice.heard).toEqual(["one", "heard"]);
  bob.speak("waits");
  expect(alice.heard).toEqual(["one", "heard"]);
  bob.show("s", 2);
  expect(alice.media(96)).toHaveLength(1);
  carol.show("s", 1);
  expect(alice.media(96)).toHaveLength(2);
});

test("[CA139] reports carry neither the sender's clock nor its counts, and keep its voice and picture together", () => {
  const { person, sfu, time } = hall();
  const alice = person(1);
  const bob = person(2);
  bob.speak("hello", 1);
  bob.show("s", 1);
  const report = (ssrc: number, clock: bigint) => {
    const packet = Buffer.alloc(28);
    packet[0] = 0x80;
    packet[1] = 200;
    packet.writeUInt16BE(6, 2);
    packet.writeUInt32BE(ssrc, 4);
    packet.writeBigUInt64BE(clock, 8);
    packet.writeUInt32BE(5, 16);
    packet.writeUInt32BE(77_777, 20);
    packet.writeUInt32BE(88_888_888, 24);
    sfu.receive(bob.peer, packet);
  };
  const clock = 0xe8_12_34_56_12_34_56_78n;
  report(2, clock);
  report(2, clock); // Twice within a tenth of a second: handed on once.
  report(2_001, clock + (1n << 31n)); // Half a second later.
  const got = alice.got.filter((packet) => packet[1] === 200);
  expect(got).toHaveLength(2);
  const clocks = got.map((packet) => packet.readBigUInt64BE(8));
  const [first = 0n, second = 0n] = clocks;
  expect(Number(first >> 32n)).toBeCloseTo(time.nowMs / 1_000, -1);
  expect(Number(second - first) / 2 ** 32).toBeCloseTo(0.5, 2);
  expect(got.map((packet) => packet.readUInt32BE(20))).toEqual([1, 1]);
  expect(got[0]?.readUInt32BE(24)).toBe("hello".length);
});

test("[CA209] among more voices than slots those are heard who spoke last, and nobody who speaks is put out", () => {
  const { person, time } = hall();
  const alice = person(1, { voiceSlots: 2 });
  const others = [2, 3, 4].map((seat) => person(seat));
  const [bob, carol, dan] = others as [Person, Person, Person];
  // 20 ms of each; who pauses sends a packet in 400 ms.
  let at = 1_000;
  const pass = (packets: number, ...loud: readonly Person[]) => {
    for (let n = 0; n < packets; n++, at++) {
      time.nowMs += 20;
      for (const one of others)
        if (loud.includes(one) || at % 20 === 0) one.speak(`${one.peer.seat} at ${at}`, undefined, at);
    }
  };
  const heardNow = () => {
    const last = alice.heard.slice(-30).map((words) => Number(words.split(" ")[0]));
    return [...new Set(last)].toSorted((a, b) => a - b);
  };
  pass(100, bob, carol);
  expect(heardNow()).toEqual([2, 3]);
  // All three at once: nobody is put out by who comes later.
  pass(100, bob, carol, dan);
  expect(heardNow()).toEqual([2, 3]);
  pass(100, carol, dan);
  expect(heardNow()).toEqual([3, 4]);
  // A pause of all leaves it so, and who spoke longest ago makes way.
  pass(60, carol);
  pass(60);
  pass(100, bob, carol);
  expect(heardNow()).toEqual([2, 3]);
  const headers = alice.media(111).map((packet) => readRtp(packet));
  for (const { ssrc } of alice.peer.slots.slice(0, 2)) {
    const numbers = headers.filter((header) => header?.ssrc === ssrc).map((header) => header?.number ?? 0);
    expect(numbers.every((number, i) => i === 0 || number === (((numbers[i - 1] as number) + 1) & 0xffff))).toBe(true);
  }
});

test("[CA209] where nobody pauses the first stay, whatever the others send", () => {
  const { person, time } = hall();
  const alice = person(1, { voiceSlots: 1 });
  const [bob, carol] = [person(2), person(3)];
  for (let n = 0; n < 200; n++) {
    time.nowMs += 20;
    bob.speak("bob", 100 + n);
    carol.speak("carol", 9_000 + n);
  }
  expect(new Set(alice.heard)).toEqual(new Set(["bob"]));
});
