import { expect, test } from "bun:test";
import type { JoinMedia } from "@yanshu/wire";
import { askAgain, buildRtp, isRtcp, readRtp } from "./rtp.ts";
import { type Peer, Sfu } from "./sfu.ts";

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

  speak(payload: string, number = this.number++): void {
    this.sfu.receive(
      this.peer,
      packetOf(this.peer.seat, number, Buffer.from(payload), 111, new Map([[level, "\x7f"]])),
    );
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
  carol.speak("not heard yet");
  sfu.leave(bob.peer);
  carol.speak("heard");
  expect(alice.heard).toEqual(["heard"]);
});

test("[CA86] of a packet's header extensions none is passed on but its number on the way down", () => {
  const { person } = hall();
  const alice = person(1, { numbering });
  const bob = person(2);
  bob.speak("loud");
  const [packet] = alice.media(111);
  expect([...(readRtp(packet as Buffer)?.extensions.keys() ?? [])]).toEqual([numbering]);
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
