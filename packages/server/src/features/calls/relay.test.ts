import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Leg, Relay, relayLimits } from "./relay.ts";
import { relayCredential } from "./relay-credential.ts";
import {
  type Attribute,
  attributes,
  buildStun,
  classes,
  isIntact,
  longTermKey,
  methods,
  type Place,
  parseStun,
  readXorPlace,
  type Stun,
  u32,
  xorPlace,
} from "./stun.ts";

const secret = new Uint8Array(32).fill(3);
const udp = Buffer.from([17, 0, 0, 0]);

function street(bytesPerSecond?: number, legsMax?: number, inside?: ConstructorParameters<typeof Relay>[0]["inside"]) {
  const time = { nowMs: Date.UTC(2026, 10, 1) };
  let drawn = 0;
  const relay = new Relay({
    secret,
    nowMs: () => time.nowMs,
    draw: () => (drawn = (drawn * 1_103_515_245 + 12_345) >>> 0),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    ...(legsMax === undefined ? {} : { legsMax }),
    ...(inside === undefined ? {} : { inside }),
  });
  let legs = 0;
  return {
    relay,
    time,
    person: (
      room: string,
      seat: number,
      more: { from?: string; credential?: [string, string]; isStream?: boolean } = {},
    ) =>
      new Person(
        relay,
        ++legs,
        more.from ?? `10.0.0.${legs}`,
        more.credential ?? shown(time.nowMs, room, seat),
        more.isStream,
      ),
  };
}

function shown(nowMs: number, room: string, seat: number): [string, string] {
  const { username, credential } = relayCredential(secret, nowMs, room, seat);
  return [username, credential];
}

/** A TURN client, as far as a test needs one. */
class Person {
  readonly got: Buffer[] = [];
  readonly leg: Leg;
  nonce = Buffer.alloc(0);
  relayed: Place = { ip: new Uint8Array(4), port: 0 };
  private ids = 0;
  readonly relay: Relay;
  readonly credential: [string, string];

  constructor(relay: Relay, number: number, from: string, credential: [string, string], isStream = false) {
    this.relay = relay;
    this.credential = credential;
    this.leg = {
      id: `udp ${number}`,
      from,
      isStream,
      ip: Uint8Array.of(10, 0, number >> 8, number),
      port: 4_000 + number,
      send: (packet) => this.got.push(Buffer.from(packet)),
    };
  }

  get key(): Buffer {
    return longTermKey(this.credential[0], "yanshu", this.credential[1]);
  }

  send(packet: Buffer): Buffer | undefined {
    const before = this.got.length;
    this.relay.receive(this.leg, packet);
    return this.got[before];
  }

  ask(method: number, list: readonly Attribute[] = [], signed = true, id?: Buffer): Stun | undefined {
    const own = id ?? Buffer.concat([this.leg.ip, u32(++this.ids), u32(0)]);
    const all: Attribute[] = signed
      ? [
          ...list,
          [attributes.username, Buffer.from(this.credential[0])],
          [attributes.realm, Buffer.from("yanshu")],
          [attributes.nonce, this.nonce],
        ]
      : [...list];
    const answer = this.send(
      buildStun({ method, class: classes.request, id: own }, all, signed ? this.key : undefined),
    );
    const read = answer && parseStun(answer);
    const nonce = read?.attributes.get(attributes.nonce);
    if (nonce !== undefined) this.nonce = Buffer.from(nonce);
    return read;
  }

  sitDown(): Stun | undefined {
    this.ask(methods.allocate, [[attributes.transport, udp]], false);
    const answer = this.ask(methods.allocate, [[attributes.transport, udp]]);
    const relayed = answer?.attributes.get(attributes.relayed);
    if (answer !== undefined && relayed !== undefined) this.relayed = readXorPlace(relayed, answer.id) as Place;
    return answer;
  }

  allow(...places: readonly Place[]): Stun | undefined {
    const id = Buffer.concat([this.leg.ip, u32(++this.ids), u32(1)]);
    return this.ask(
      methods.permission,
      places.map((place) => [attributes.peer, xorPlace(place, id)] as const),
      true,
      id,
    );
  }

  bind(number: number, place: Place): Stun | undefined {
    const id = Buffer.concat([this.leg.ip, u32(++this.ids), u32(2)]);
    const channel = Buffer.from([number >> 8, number & 255, 0, 0]);
    return this.ask(
      methods.channel,
      [
        [attributes.channel, channel],
        [attributes.peer, xorPlace(place, id)],
      ],
      true,
      id,
    );
  }

  /** By an indication, before a channel is bound. */
  indicate(place: Place, data: string): void {
    const id = Buffer.concat([this.leg.ip, u32(++this.ids), u32(3)]);
    this.send(
      buildStun({ method: methods.send, class: classes.indication, id }, [
        [attributes.peer, xorPlace(place, id)],
        [attributes.data, Buffer.from(data)],
      ]),
    );
  }

  channel(number: number, data: string | Buffer): void {
    const body = Buffer.from(data as string);
    this.send(Buffer.concat([Buffer.from([number >> 8, number & 255, body.length >> 8, body.length & 255]), body]));
  }
}

const codeOf = (message: Stun | undefined) => {
  const error = message?.attributes.get(attributes.error);
  return error === undefined ? undefined : (error[2] as number) * 100 + (error[3] as number);
};
const dataOf = (packet: Buffer | undefined) => {
  const read = packet && parseStun(packet);
  return read ? read.attributes.get(attributes.data)?.toString() : packet?.subarray(4).toString();
};

test("[CA10] two of one room reach each other by names in memory, first by indications, then by channels", () => {
  const { person } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  const answer = ann.sitDown();
  expect(answer && isIntact(answer, ann.key)).toBe(true);
  expect(ann.relayed.ip.subarray(0, 3)).toEqual(Uint8Array.of(192, 0, 2));
  expect(answer && readXorPlace(answer.attributes.get(attributes.mapped) as Buffer, answer.id)).toEqual({
    ip: Uint8Array.of(10, 0, 0, 1),
    port: 4_001,
  });
  ben.sitDown();
  ann.allow(ben.relayed);
  ben.allow(ann.relayed);
  ann.indicate(ben.relayed, "hello");
  expect(dataOf(ben.got.at(-1))).toBe("hello");
  expect(ann.bind(0x4000, ben.relayed)?.class).toBe(classes.success);
  expect(ben.bind(0x4001, ann.relayed)?.class).toBe(classes.success);
  ann.channel(0x4000, "voice");
  expect(ben.got.at(-1)?.readUInt16BE(0)).toBe(0x4001);
  expect(dataOf(ben.got.at(-1))).toBe("voice");
  ben.indicate(ann.relayed, "back");
  expect(ann.got.at(-1)?.readUInt16BE(0)).toBe(0x4000);
  expect(dataOf(ann.got.at(-1))).toBe("back");
});

test("[CA10] what one has not permitted does not reach them, and a permission ends", () => {
  const { person, time } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  ann.sitDown();
  ben.sitDown();
  ann.allow(ben.relayed);
  const before = ben.got.length;
  ann.indicate(ben.relayed, "unasked");
  expect(ben.got.length).toBe(before);
  ben.allow(ann.relayed);
  ann.indicate(ben.relayed, "asked");
  expect(ben.got.length).toBe(before + 2);
  time.nowMs += 301_000;
  ann.indicate(ben.relayed, "too late");
  expect(ben.got.length).toBe(before + 2);
});

test("[CA10] who has permitted nobody sends to nobody, though they are permitted there", () => {
  const { person } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  ann.sitDown();
  ben.sitDown();
  ben.allow(ann.relayed);
  const before = ben.got.length;
  ann.indicate(ben.relayed, "unpermitted");
  expect(ben.got.length).toBe(before);
  ann.allow(ben.relayed);
  ann.indicate(ben.relayed, "permitted");
  expect(ben.got.length).toBe(before + 1);
});

test("[CA11] it is a way to nobody else: every address that is no seat's name is refused at once", () => {
  const { person, relay } = street();
  const ann = person("room", 1);
  ann.sitDown();
  const mapped = [...new Uint8Array(10), 255, 255, 127, 0, 0, 1];
  for (const ip of [
    mapped, // ::ffff:127.0.0.1
    [...new Uint8Array(15), 1],
    [0, 0, 0, 0],
    [127, 0, 0, 1],
    [10, 0, 0, 1],
    [192, 168, 1, 1],
    [169, 254, 169, 254],
    [8, 8, 8, 8],
    [192, 0, 2, 0],
    [192, 0, 2, 251],
    [192, 0, 3, 1],
    [192, 168, 2, 1],
    [10, 0, 2, 1],
    [192, 0, 2, 1, ...new Uint8Array(12)],
  ]) {
    const place = { ip: Uint8Array.from(ip), port: 5_000 };
    expect(codeOf(ann.allow(place))).toBe(403);
    expect(codeOf(ann.bind(0x4000, place))).toBe(403);
    const before = ann.got.length;
    ann.indicate(place, "GET / HTTP/1.1");
    ann.channel(0x4000, "GET / HTTP/1.1");
    expect([ann.got.length, relay.counts().passed]).toEqual([before, 0]);
  }
  for (const port of [80, 65_100]) expect(codeOf(ann.allow({ ip: Uint8Array.of(192, 0, 2, 1), port }))).toBe(403);
  expect(codeOf(ann.allow({ ip: new Uint8Array(16), port: 5_000 }))).toBe(403);
  expect(codeOf(ann.allow())).toBe(400);
});

test("[CA11] another room's name is a name, and nothing reaches it", () => {
  const { person, relay } = street();
  const [ann, eve] = [person("room", 1), person("other", 1)];
  ann.sitDown();
  eve.sitDown();
  expect(eve.allow(ann.relayed)?.class).toBe(classes.success);
  expect(ann.allow(eve.relayed)?.class).toBe(classes.success);
  const before = ann.got.length;
  eve.indicate(ann.relayed, "let me in");
  eve.bind(0x4000, ann.relayed);
  eve.channel(0x4000, "let me in");
  expect(ann.got.length).toBe(before);
  expect(relay.counts().passed).toBe(0);
});

test("[CA12] nobody sits down without the credential of a seat: none, wrong, expired, changed, another's nonce", () => {
  const { person, time, relay } = street();
  const credential = shown(time.nowMs, "room", 1);
  expect(codeOf(person("room", 1).ask(methods.allocate, [[attributes.transport, udp]], false))).toBe(401);
  const tries: readonly [string, string][] = [
    [credential[0], "wrong"],
    [credential[0].replace("room", "other"), credential[1]],
    shown(time.nowMs - relayLimits.credentialMs - 1_000, "room", 1),
    ["nothing", credential[1]],
  ];
  for (const one of tries) expect(codeOf(person("room", 1, { credential: one }).sitDown())).toBe(401);
  const ann = person("room", 1, { credential });
  const ben = person("room", 2);
  ben.sitDown();
  ann.nonce = ben.nonce;
  expect(codeOf(ann.ask(methods.allocate, [[attributes.transport, udp]]))).toBe(438);
  expect(relay.counts().legs).toBe(1);
  expect(ann.sitDown()?.class).toBe(classes.success);
});

test("[CA12] without integrity, or with a name that is too long, nothing was shown, whatever the nonce", () => {
  const { person } = street();
  const ann = person("room", 1);
  const stale: Attribute = [attributes.nonce, Buffer.from("old")];
  const named = (bytes: number): Attribute => [attributes.username, Buffer.alloc(bytes, 97)];
  const signed: Attribute = [attributes.integrity, Buffer.alloc(20)];
  const said = [
    [named(9), stale],
    [named(129), stale, signed],
    [named(9), signed],
    [named(128), stale, signed],
  ];
  expect(said.map((list) => codeOf(ann.ask(methods.allocate, list, false)))).toEqual([401, 401, 401, 438]);
});

test("[CA12] who sits stays beyond the credential's time as long as they refresh", () => {
  const { person, time, relay } = street();
  const ann = person("room", 1);
  ann.sitDown();
  for (let minutes = 0; minutes < 30; minutes += 9) {
    time.nowMs += 9 * 60_000;
    const answer = ann.ask(methods.refresh, [[attributes.lifetime, u32(600)]]);
    if (codeOf(answer) === 438) ann.ask(methods.refresh, [[attributes.lifetime, u32(600)]]);
    relay.sweep();
    expect(relay.counts().legs).toBe(1);
  }
  time.nowMs += 700_000;
  relay.sweep();
  expect(relay.counts().legs).toBe(0);
});

test("[CA12] a seat that is gone takes its legs with it at once, and its credential sits down no more", () => {
  const { person, relay } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  const again = person("room", 1, { credential: ann.credential });
  ann.sitDown();
  ben.sitDown();
  ann.allow(ben.relayed);
  ben.allow(ann.relayed);
  relay.seatGone("room", 1);
  const before = ben.got.length;
  ann.indicate(ben.relayed, "still here?");
  expect(ben.got.length).toBe(before);
  expect(codeOf(again.sitDown())).toBe(401);
  expect(relay.counts().legs).toBe(1);
});

test("[CA12] the user of a seat cannot be changed, and what needs a seat is refused without", () => {
  const { person, time } = street();
  const ann = person("room", 1);
  expect(codeOf(ann.ask(methods.refresh, [], false))).toBe(401);
  expect(codeOf(ann.ask(methods.refresh))).toBe(437);
  ann.sitDown();
  expect(codeOf(ann.ask(methods.allocate, [[attributes.transport, udp]]))).toBe(437);
  ann.credential.splice(0, 2, ...shown(time.nowMs, "room", 2));
  expect(codeOf(ann.ask(methods.refresh))).toBe(441);
});

test("[CA13] limits: legs of a seat and of a room, permissions, channels, sizes, other transports", () => {
  const { person, relay } = street();
  const credential = shown(Date.UTC(2026, 10, 1), "room", 1);
  for (let i = 0; i < relayLimits.legsOfSeat; i++)
    expect(person("room", 1, { credential }).sitDown()?.class).toBe(classes.success);
  expect(codeOf(person("room", 1, { credential }).sitDown())).toBe(486);
  for (let seat = 2; relay.counts().legs < relayLimits.legsOfRoom; seat++) person("room", seat).sitDown();
  expect(codeOf(person("room", 200).sitDown())).toBe(486);
  const ben = person("elsewhere", 1);
  ben.ask(methods.allocate, [], false);
  expect(codeOf(ben.ask(methods.allocate, [[attributes.transport, Buffer.from([6, 0, 0, 0])]]))).toBe(442);
  ben.sitDown();
  const name = (n: number): Place => ({ ip: Uint8Array.of(192, 0, 2, 9), port: 2_000 + n });
  for (let i = 0; i < relayLimits.permissions; i++) expect(ben.allow(name(i))?.class).toBe(classes.success);
  expect(codeOf(ben.allow(name(999)))).toBe(508);
  expect(ben.allow(name(0))?.class).toBe(classes.success);
  expect(codeOf(ben.bind(0x4000, name(999)))).toBe(508);
  expect(codeOf(ben.bind(0x3fff, name(0)))).toBe(400);
  expect(codeOf(ben.bind(0x5000, name(0)))).toBe(400);
  expect(ben.bind(0x4000, name(0))?.class).toBe(classes.success);
  expect(codeOf(ben.bind(0x4000, name(1)))).toBe(400);
  expect(codeOf(ben.bind(0x4001, name(0)))).toBe(400);
  const { dropped } = relay.counts();
  ben.send(Buffer.alloc(relayLimits.packetBytes + 1, 0x40));
  ben.send(Buffer.from([0x40, 0x00, 0xff, 0xff, 1]));
  ben.send(Buffer.from([0x40]));
  ben.send(Buffer.alloc(0));
  expect(relay.counts().dropped).toBe(dropped + 4);
});

test("[CA13] a channel is for one peer, and 64 of them stay bound though permissions end", () => {
  const { person, time } = street();
  const ann = person("room", 1);
  ann.sitDown();
  const name = (n: number): Place => ({ ip: Uint8Array.of(192, 0, 2, 9), port: 2_000 + n });
  const id = Buffer.alloc(12, 9);
  const peers = [0, 1].map((n): Attribute => [attributes.peer, xorPlace(name(n), id)]);
  const channel = [attributes.channel, Buffer.from([0x40, 0, 0, 0])] as const;
  expect(codeOf(ann.ask(methods.channel, [channel, ...peers], true, id))).toBe(400);
  for (let n = 0; n < relayLimits.channels; n++) expect(ann.bind(0x4000 + n, name(n))?.class).toBe(classes.success);
  time.nowMs += 601_000;
  expect(codeOf(ann.bind(0x4100, name(100)))).toBe(508);
  expect(ann.bind(0x4000, name(0))?.class).toBe(classes.success);
});

test("[CA13] a packet of more than 1,500 bytes, and one that is shorter than it says, is dropped", () => {
  const there = street();
  const [ann, ben] = pair(there, "room");
  ben.got.length = 0;
  ann.channel(0x4000, Buffer.alloc(relayLimits.packetBytes - 3));
  ann.send(Buffer.from([0x40, 0, 0, 9, 1]));
  expect(ben.got.length).toBe(0);
  ann.channel(0x4000, Buffer.alloc(relayLimits.packetBytes - 4));
  expect(ben.got.length).toBe(1);
});

test("[CA13] where all legs are taken nobody sits down", () => {
  const { person } = street(undefined, 2);
  for (const seat of [1, 2]) expect(person("room", seat).sitDown()?.class).toBe(classes.success);
  expect(codeOf(person("room", 3).sitDown())).toBe(508);
});

test("[CA13] one leg, and all together, hand on so many bytes a second and no more", () => {
  const { person, relay, time } = street(1_000_000);
  const people = [person("a", 1), person("a", 2), person("b", 1), person("b", 2)];
  for (const one of people) one.sitDown();
  const join = (one: Person | undefined, other: Person | undefined) => {
    one?.bind(0x4000, other?.relayed as Place);
    other?.bind(0x4000, one?.relayed as Place);
  };
  join(people[0], people[1]);
  join(people[2], people[3]);
  const packet = Buffer.alloc(1_000);
  // Each counts with its headers, 64 bytes.
  for (let i = 0; i < 700; i++) people[0]?.channel(0x4000, packet);
  expect(relay.counts().passed).toBe(469);
  for (let i = 0; i < 700; i++) people[2]?.channel(0x4000, packet);
  expect(relay.counts().passed).toBe(859);
  time.nowMs += 1_000;
  people[0]?.channel(0x4000, packet);
  expect(relay.counts().passed).toBe(860);
});

test("[CA13] what is sent without a channel counts as well", () => {
  const { person, relay } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  for (const one of [ann, ben]) one.sitDown();
  ann.allow(ben.relayed);
  ben.allow(ann.relayed);
  for (let i = 0; i < 600; i++) ann.indicate(ben.relayed, "x".repeat(936));
  expect(relay.counts().passed).toBe(relayLimits.legBytesPerSecond / 1_000);
});

test("[CA13] rooms that begin one after another in a second get no more together than all may", () => {
  const there = street(1_000_000);
  const rooms = Array.from({ length: 8 }, (_, room) => pair(there, `room-${room}`));
  for (const [one] of rooms) for (let i = 0; i < 500; i++) one.channel(0x4000, Buffer.alloc(936));
  expect(there.relay.counts().passed).toBe(1_000);
});

/** Two who sit in one room, with a channel each way. */
function pair({ person }: Pick<ReturnType<typeof street>, "person">, room: string, seat = 1): [Person, Person] {
  const two: [Person, Person] = [person(room, seat), person(room, seat + 1)];
  for (const one of two) one.sitDown();
  two[0].bind(0x4000, two[1].relayed);
  two[1].bind(0x4000, two[0].relayed);
  return two;
}

test("[CA62] one room hands on 20 Mbit/s, and no more by more legs", () => {
  const there = street(25_000_000);
  const pairs = Array.from({ length: 8 }, (_, i) => pair(there, "loud", 1 + 2 * i));
  const packet = Buffer.alloc(1_186);
  for (let i = 0; i < 400; i++) for (const [one] of pairs) one.channel(0x4000, packet);
  expect(there.relay.counts().passed).toBe(relayLimits.roomBytesPerSecond / 1_250);
});

test("[CA62] where rooms send all that the relay hands on, a room that talks is still heard, the first second too", () => {
  const there = street(12_000_000);
  const loud = Array.from({ length: 10 }, (_, room) =>
    Array.from({ length: 5 }, (_, i) => pair(there, `loud-${room}`, 1 + 2 * i)),
  ).flat();
  const [ann, ben] = pair(there, "quiet");
  const packet = Buffer.alloc(1_186);
  for (let second = 0; second < 4; second++) {
    there.time.nowMs += 1_000;
    const before = there.relay.counts().passed;
    for (let i = 0; i < 400; i++) for (const [one] of loud) one.channel(0x4000, packet);
    expect(there.relay.counts().passed - before).toBeGreaterThan(8_000);
    ben.got.length = 0;
    // It begins to talk when they have sent for a second.
    if (second > 0) for (let i = 0; i < 50; i++) ann.channel(0x4000, Buffer.alloc(160));
    expect(ben.got.length).toBe(second > 0 ? 50 : 0);
  }
});

test("[CA62] empty packets are none, and small ones cost what they travel with", () => {
  const there = street();
  const [ann, ben] = pair(there, "room");
  ben.got.length = 0;
  const { dropped } = there.relay.counts();
  ann.channel(0x4000, Buffer.alloc(0));
  ann.indicate(ben.relayed, "");
  expect(ben.got.length).toBe(0);
  expect(there.relay.counts().dropped).toBe(dropped + 2);
  for (let i = 0; i < 20_000; i++) ann.channel(0x4000, Buffer.alloc(1));
  expect(ben.got.length).toBe(Math.floor(relayLimits.legBytesPerSecond / 65));
});

test("[CA62] once half of all legs are taken, a place that has two hundred gets no more; others sit down", () => {
  const { person, relay, time } = street(undefined, 1_000);
  const sit = (n: number, from: string) => {
    if (n % 10 === 0) time.nowMs += 1_000;
    return person(`${from}-${n >> 3}`, 1, { from }).sitDown();
  };
  for (let n = 0; n < 500; n++) expect(sit(n, "crowd")?.class).toBe(classes.success);
  expect(codeOf(sit(500, "crowd"))).toBe(486);
  for (let n = 0; n < relayLimits.legsOfPlace; n++) expect(sit(n, "church")?.class).toBe(classes.success);
  expect(codeOf(sit(200, "church"))).toBe(486);
  expect(sit(0, "home")?.class).toBe(classes.success);
  expect(relay.counts().legs).toBe(701);
  // Where one has gone there is room for one.
  relay.seatGone("church-0", 1);
  expect(sit(201, "church")?.class).toBe(classes.success);
});

test("[CA63] who shows nothing is answered with three times the bytes at most, and a short request not at all", () => {
  const { person } = street();
  const ann = person("room", 1, { from: "10.7.7.7" });
  const request = (list: readonly Attribute[]) =>
    buildStun({ method: methods.allocate, class: classes.request, id: Buffer.alloc(12, 1) }, list, undefined, false);
  expect(ann.send(request([]))).toBeUndefined();
  const asked = request([[attributes.transport, udp]]);
  const answer = ann.send(asked);
  expect(asked.length).toBe(28);
  expect(answer?.length).toBeLessThanOrEqual(60);
  expect(codeOf(answer && parseStun(answer))).toBe(401);
  const stale = ann.send(
    request([
      [attributes.username, Buffer.from("u")],
      [attributes.nonce, Buffer.from("old")],
      [attributes.integrity, Buffer.alloc(20)],
    ]),
  );
  expect(codeOf(stale && parseStun(stale))).toBe(438);
  expect(stale?.length).toBeLessThanOrEqual(60);
});

test("[CA63] answers to packets whose sender may be made up have a limit in all, and connections are beyond it", () => {
  const { person, time } = street();
  let answered = 0;
  for (let i = 0; i < relayLimits.challengesPerSecondInAll + 50; i++)
    if (person("room", 1, { from: `made up ${i}` }).ask(methods.allocate, [[attributes.transport, udp]], false))
      answered++;
  expect(answered).toBe(relayLimits.challengesPerSecondInAll);
  expect(person("room", 1, { isStream: true }).sitDown()?.class).toBe(classes.success);
  expect(person("room", 2).sitDown()).toBeUndefined();
  time.nowMs += 1_000;
  expect(person("room", 2).sitDown()?.class).toBe(classes.success);
});

test("[CA63] what does not sit is counted before it is looked at, whatever it shows", () => {
  const { person, relay, time } = street();
  const eve = person("room", 1, { from: "10.9.9.9" });
  eve.ask(methods.allocate, [[attributes.transport, udp]], false);
  // Good credentials that ask for what needs a seat: each is looked at, and counts.
  for (let i = 0; i < 40; i++) eve.ask(methods.refresh);
  expect(eve.got.length).toBe(relayLimits.challengesPerSecond);
  const { refused, dropped } = relay.counts();
  expect(eve.ask(methods.allocate, [[attributes.transport, udp]])).toBeUndefined();
  expect(relay.counts()).toMatchObject({ refused, dropped: dropped + 1, legs: 0 });
  // A connection from there sits down all the same.
  expect(person("room", 2, { from: "10.9.9.9", isStream: true }).sitDown()?.class).toBe(classes.success);
  time.nowMs += 1_000;
  expect(eve.sitDown()?.class).toBe(classes.success);
});

test("[CA63] who sits and shows nothing is answered twenty times a second as well", () => {
  const { person } = street();
  const ann = person("room", 1, { from: "10.9.9.9" });
  ann.sitDown();
  ann.got.length = 0;
  for (let i = 0; i < 50; i++) ann.ask(methods.refresh, [[attributes.lifetime, u32(600)]], false);
  // One was the answer to its first word.
  expect(ann.got.length).toBe(relayLimits.challengesPerSecond - 1);
});

test("[CA13] who shows nothing is answered twenty times a second and place, and a bare Binding never", () => {
  const { person, time } = street();
  const answers = () =>
    Array.from({ length: 50 }, () => person("room", 1, { from: "10.9.9.9" }).ask(methods.allocate, [], false)).filter(
      (answer) => answer !== undefined,
    ).length;
  expect(answers()).toBe(relayLimits.challengesPerSecond);
  expect(answers()).toBe(0);
  expect(person("room", 1, { from: "10.8.8.8" }).ask(methods.allocate, [], false)).toBeDefined();
  time.nowMs += 1_000;
  expect(answers()).toBe(relayLimits.challengesPerSecond);
  expect(person("room", 1).ask(methods.binding, [], false)).toBeUndefined();
  const answer = buildStun({ method: methods.allocate, class: classes.success, id: Buffer.alloc(12, 1) }, []);
  expect(person("room", 1).send(answer)).toBeUndefined();
});

test("[CA14] whatever comes, from a seat or from anybody, the relay goes on and keeps nothing of it", () => {
  const { person, relay } = street();
  const [ann, ben] = [person("room", 1), person("room", 2)];
  ann.sitDown();
  ben.sitDown();
  const shaped = fc
    .record({
      head: fc.constantFrom(0, 1, 0x40, 0x4f, 0x80),
      method: fc.nat(12),
      tail: fc.uint8Array({ maxLength: 160 }),
    })
    .map(({ head, method, tail }) => {
      const raw = Buffer.alloc(20 + (tail.length & ~3));
      raw.set([head, method, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
      raw.set(tail.subarray(0, tail.length & ~3), 20);
      raw.writeUInt16BE(raw.length - 20, 2);
      return raw;
    });
  const signed = fc
    .record({
      method: fc.constantFrom(3, 4, 8, 9),
      values: fc.array(fc.tuple(fc.constantFrom(9, 12, 13, 18, 25), fc.uint8Array({ maxLength: 24 })), {
        maxLength: 4,
      }),
    })
    .map(({ method, values }) =>
      buildStun(
        { method, class: classes.request, id: Buffer.alloc(12, 5) },
        [...values, [attributes.username, Buffer.from(ann.credential[0])], [attributes.nonce, ann.nonce]],
        ann.key,
      ),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), shaped, signed), (packet) => {
      ann.send(Buffer.from(packet));
      ann.got.length = 0;
    }),
    { numRuns: 3_000 },
  );
  expect(relay.counts().legs).toBeLessThanOrEqual(2);
});

const inner = (port = 10_000, host = 254): Place => ({ ip: Uint8Array.of(192, 0, 2, host), port });

test("[CA81] one inside address leads to the media of group calls, and what comes from there goes to the leg that asked", () => {
  const got: string[] = [];
  const left: string[] = [];
  const { relay, person } = street(undefined, undefined, {
    receive: (leg, packet) => got.push(`${leg} ${Buffer.from(packet).toString()}`),
    left: (leg) => left.push(leg),
  });
  const ann = person("room", 1);
  ann.sitDown();
  relay.joined("room", 1);
  const ben = person("room", 2);
  ben.sitDown();
  relay.fromInside(ann.leg.id, Buffer.from("too early"));
  const before = ann.got.length;
  expect(ann.bind(0x4000, inner())?.class).toBe(classes.success);
  ann.send(Buffer.concat([Buffer.from([0x40, 0, 0, 5]), Buffer.from("media")]));
  expect(got).toEqual([`${ann.leg.id} media`]);
  relay.fromInside(ann.leg.id, Buffer.from("back"));
  expect(ann.got.at(-1)?.toString("latin1")).toBe("\x40\x00\x00\x04back");
  relay.fromInside(ben.leg.id, Buffer.from("not permitted"));
  expect(ben.got.some((packet) => packet.includes("not permitted"))).toBe(false);
  expect(ann.got.length).toBe(before + 2);
  for (const place of [inner(10_001), inner(10_000, 253), inner(22)]) expect(codeOf(ann.bind(0x4001, place))).toBe(403);
  relay.seatGone("room", 1);
  expect(left).toEqual([ann.leg.id]);
});

test("[CA236] an ICE check that the media answered says the relayed address of who checked, and is signed anew", () => {
  const { relay, person } = street(undefined, undefined, { receive: () => undefined, left: () => undefined });
  const ann = person("room", 1);
  ann.sitDown();
  relay.joined("room", 1, "the server's ICE password");
  ann.bind(0x4000, inner());
  const id = Buffer.from("twelve bytes");
  const head = { method: methods.binding, class: classes.success, id } as const;
  const seen: Place = { ip: Uint8Array.of(127, 0, 0, 1), port: 34_746 };
  const software: Attribute = [0x8022, Buffer.from("libjuice")];
  const told = (key: string) => {
    const packet = buildStun(head, [[attributes.mapped, xorPlace(seen, id)], software], Buffer.from(key));
    relay.fromInside(ann.leg.id, packet);
    return [packet, parseStun(ann.got.at(-1)?.subarray(4) as Buffer)] as const;
  };
  const [, read] = told("the server's ICE password");
  expect(read && isIntact(read, Buffer.from("the server's ICE password"))).toBe(true);
  expect(read && readXorPlace(read.attributes.get(attributes.mapped) as Buffer, id)).toEqual(ann.relayed);
  expect(read?.attributes.get(0x8022)?.toString()).toBe("libjuice");
  expect(read?.raw.readUInt16BE((read?.raw.length ?? 8) - 8)).toBe(attributes.fingerprint);
  const [forged, handed] = told("another password");
  expect(handed?.raw).toEqual(forged);
});

test("[CA81] where no media stands behind it, the inside address is refused as any other", () => {
  const { person } = street();
  const ann = person("room", 1);
  ann.sitDown();
  expect([codeOf(ann.bind(0x4000, inner())), codeOf(ann.allow(inner()))]).toEqual([403, 403]);
});

test("[CA81] what goes to the media is permitted, is within what a leg may send, and what comes down is no larger than a packet", () => {
  let got = 0;
  const { relay, person, time } = street(undefined, undefined, { receive: () => got++, left: () => undefined });
  const ann = person("room", 1);
  ann.sitDown();
  relay.joined("room", 1);
  ann.bind(0x4000, inner());
  for (let at = 0; at < 1_000; at++) ann.channel(0x4000, Buffer.alloc(1_000));
  expect(got).toBe(Math.floor(relayLimits.legBytesPerSecond / (1_000 + relayLimits.packetCostBytes)));
  const before = ann.got.length;
  relay.fromInside(ann.leg.id, Buffer.alloc(relayLimits.packetBytes + 1));
  expect(ann.got.length).toBe(before);
  relay.fromInside(ann.leg.id, Buffer.alloc(relayLimits.packetBytes));
  expect(ann.got.length).toBe(before + 1);
  time.nowMs += 601_000;
  got = 0;
  ann.channel(0x4000, "too late");
  expect(got).toBe(0);
});

test("[CA81] what comes down to one leg has a limit of its own", () => {
  const { relay, person } = street(undefined, undefined, { receive: () => undefined, left: () => undefined });
  const ann = person("room", 1);
  ann.sitDown();
  ann.bind(0x4000, inner());
  const before = ann.got.length;
  for (let at = 0; at < 2_000; at++) relay.fromInside(ann.leg.id, Buffer.alloc(1_200));
  const handed = ann.got.length - before;
  expect(handed).toBe(Math.floor(relayLimits.legDownBytesPerSecond / (1_200 + relayLimits.packetCostBytes)));
});

test("[CA138] a way to the media is for seats that joined it, four legs of each, and so many of one place", () => {
  const ways = new Set<string>();
  const { relay, person, time } = street(undefined, undefined, {
    receive: (leg) => ways.add(leg),
    left: (leg) => ways.delete(leg),
  });
  const from = "10.9.9.9";
  const leg = (room: string, seat: number) => {
    const one = person(room, seat, { from });
    one.sitDown();
    one.bind(0x4000, inner());
    return { one, send: () => one.send(Buffer.from([0x40, 0, 0, 1, 7, 0, 0, 0])) };
  };
  const all = Array.from({ length: 8 }, () => leg("room", 1));
  for (const { send } of all) send();
  expect(ways.size).toBe(0);
  relay.joined("room", 1);
  for (const { send } of all) send();
  expect(ways.size).toBe(relayLimits.waysOfSeat);
  // Who joins anew, from another network, is not kept out by the legs of before.
  relay.joined("room", 1);
  expect(ways.size).toBe(0);
  all[7]?.send();
  expect([...ways]).toEqual([all[7]?.one.leg.id ?? ""]);
  relay.seatGone("room", 1);
  expect(ways.size).toBe(0);
  const seats = relayLimits.waysOfPlace / relayLimits.waysOfSeat + 1;
  for (let seat = 0; seat < seats; seat++) {
    const room = `full-${seat}`;
    time.nowMs += 1_000; // Challenges have a limit of their own, by place.
    relay.joined(room, 1);
    for (let at = 0; at < relayLimits.waysOfSeat; at++) leg(room, 1).send();
  }
  expect(ways.size).toBe(relayLimits.waysOfPlace);
});
