import { expect, test } from "bun:test";
import {
  decodeRoomServerFrame,
  type EnterRoom,
  encodeRoomClientFrame,
  everySeat,
  type RoomServerFrame,
  roomLimits,
  type UploadToken,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { done, type Outcome, refuse, tooOften } from "../../core/outcome.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { type RelayDesk, Rooms, type RoomsPorts } from "./rooms.ts";

const room = new Uint8Array(16).fill(1);
const other = new Uint8Array(16).fill(2);
const token: UploadToken = { epoch: 1, input: new Uint8Array(32), output: new Uint8Array(64) };

function house(more: Partial<RoomsPorts> = {}) {
  const clock = new ManualClock();
  const gone: string[] = [];
  let drawn = 0;
  const relay: RelayDesk = {
    access: (alias, seat) => ({ port: 1, username: `1:${alias}:${seat}`, credential: "c" }),
    seatGone: (alias, seat) => gone.push(`${alias}:${seat}`),
  };
  const faults = new Faults();
  const rooms = new Rooms({
    clock,
    random: (length) => new Uint8Array(length).fill(++drawn),
    faults,
    relay,
    ...more,
  });
  return { clock, rooms, gone, faults, person: (prefix?: string) => new Person(rooms, clock, prefix) };
}

class Person {
  readonly got: RoomServerFrame[] = [];
  closed: string | undefined;
  unread = 0;
  isBroken = false;
  readonly connection: ReturnType<Rooms["connect"]>;

  private readonly clock: ManualClock;

  constructor(rooms: Rooms, clock: ManualClock, prefix?: string) {
    this.clock = clock;
    this.connection = rooms.connect(
      {
        send: (bytes) => {
          if (this.isBroken) throw new Error("the socket is broken");
          this.got.push(decodeRoomServerFrame(bytes));
        },
        close: (_code, reason) => {
          this.closed = reason;
        },
        subscribe: () => undefined,
        unsubscribe: () => undefined,
        unread: () => this.unread,
      },
      prefix,
    );
  }

  async enter(args: Partial<EnterRoom> = {}): Promise<RoomServerFrame | undefined> {
    const before = this.got.length;
    this.connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room, ...args } }));
    await this.clock.pass(0);
    return this.got[before];
  }

  say(text: string, to = everySeat): void {
    this.connection.receive(encodeRoomClientFrame({ type: "say", to, bytes: new TextEncoder().encode(text) }));
  }

  get heard(): string[] {
    return this.got.flatMap((frame) =>
      frame.type === "said" ? [`${frame.from} ${new TextDecoder().decode(frame.bytes)}`] : [],
    );
  }

  get seats(): readonly number[] | undefined {
    return this.got.findLast((frame) => frame.type === "seats")?.seats;
  }

  get refusals(): string[] {
    return this.got.flatMap((frame) => (frame.type === "refused" ? [frame.code] : []));
  }
}

test("[CA1] who knows a room's name meets there, and what is said is handed to the others alone", async () => {
  const { person } = house();
  const [ann, ben, cid, eve] = [person(), person(), person(), person()];
  expect(await ann.enter()).toMatchObject({ type: "entered", entered: { seat: 1, others: [] } });
  expect(await ben.enter()).toMatchObject({ type: "entered", entered: { seat: 2, others: [1] } });
  expect(await cid.enter()).toMatchObject({ type: "entered", entered: { seat: 3, others: [1, 2] } });
  await eve.enter({ room: other });
  expect(ann.seats).toEqual([1, 2, 3]);
  ann.say("ringing");
  ann.say("for Ben", 2);
  ann.say("for nobody", 9);
  expect(ben.heard).toEqual(["1 ringing", "1 for Ben"]);
  expect(cid.heard).toEqual(["1 ringing"]);
  expect(ann.heard).toEqual([]);
  expect(eve.heard).toEqual([]);
});

test("[CA2] the first frame enters; what is said before, twice or wrongly ends the connection", async () => {
  const { person, clock } = house();
  const early = person();
  early.say("hello");
  expect(early.refusals).toEqual(["malformed"]);
  expect(early.closed).toBe("malformed");
  const twice = person();
  await twice.enter();
  await twice.enter();
  expect(twice.closed).toBe("malformed");
  const wrong = person();
  await wrong.enter();
  wrong.connection.receive(new Uint8Array([99]));
  expect(wrong.closed).toBe("malformed");
  const silent = person();
  await clock.pass(10_001);
  expect(silent.closed).toBe("silent");
});

test("[CA3] a room is opened with an upload token, and entered without", async () => {
  const spent: UploadToken[] = [];
  const answers: Outcome<unknown>[] = [refuse("bad-token"), tooOften(7_000), done];
  const { person, rooms } = house({
    spend: async (one) => {
      spent.push(one);
      return answers.shift() as Outcome<unknown>;
    },
  });
  const ann = person();
  expect(await ann.enter()).toMatchObject({ code: "token-needed" });
  expect(await ann.enter({ token })).toMatchObject({ code: "bad-token" });
  expect(await ann.enter({ token })).toMatchObject({ code: "rate-limited", waitMs: 7_000 });
  expect(rooms.counts().rooms).toBe(0);
  expect(await ann.enter({ token })).toMatchObject({ type: "entered" });
  expect(await person().enter()).toMatchObject({ type: "entered" });
  expect(spent.length).toBe(3);
  expect(rooms.counts()).toMatchObject({ rooms: 1, roomSeats: 2, roomsOpened: 1 });
});

test("[CA3] from one place five rooms are opened a minute", async () => {
  const { person, clock } = house();
  const nameOf = (n: number) => new Uint8Array(16).fill(n);
  for (let n = 1; n <= 5; n++)
    expect(await person("10.0.0.1").enter({ room: nameOf(n) })).toMatchObject({ type: "entered" });
  expect(await person("10.0.0.1").enter({ room: nameOf(6) })).toMatchObject({ code: "rate-limited" });
  expect(await person("10.0.0.1").enter({ room: nameOf(5) })).toMatchObject({ type: "entered" });
  expect(await person("10.0.0.2").enter({ room: nameOf(6) })).toMatchObject({ type: "entered" });
  await clock.pass(60_001);
  expect(await person("10.0.0.1").enter({ room: nameOf(7) })).toMatchObject({ type: "entered" });
});

test("[CA4] who lost the connection has ten seconds to sit down on the same seat; a wrong secret is somebody new", async () => {
  const { person, clock, gone } = house();
  const [ann, ben] = [person(), person()];
  const entered = await ann.enter();
  await ben.enter();
  if (entered?.type !== "entered") throw new Error("not entered");
  const { seat, secret } = entered.entered;
  ann.connection.closed();
  await clock.pass(9_000);
  expect(ben.seats).toBeUndefined();
  const again = person();
  expect(await again.enter({ back: { seat, secret } })).toMatchObject({ entered: { seat: 1, others: [2] } });
  await clock.pass(60_000);
  expect(ben.seats).toEqual([1, 2]);
  const eve = person();
  expect(await eve.enter({ back: { seat, secret: new Uint8Array(16) } })).toMatchObject({ entered: { seat: 3 } });
  expect(again.closed).toBeUndefined();
  again.connection.closed();
  await clock.pass(10_001);
  expect(ben.seats).toEqual([2, 3]);
  expect(gone.length).toBe(1);
  expect(await person().enter({ back: { seat, secret } })).toMatchObject({ entered: { seat: 4 } });
});

test("[CA4] a seat is taken over from a connection that only seems to be there, and who leaves is gone at once", async () => {
  const { person, gone } = house();
  const [ann, ben] = [person(), person()];
  const entered = await ann.enter();
  await ben.enter();
  if (entered?.type !== "entered") throw new Error("not entered");
  const again = person();
  await again.enter({ back: { seat: 1, secret: entered.entered.secret } });
  expect(ann.closed).toBe("superseded");
  ben.say("hello");
  expect(again.heard).toEqual(["2 hello"]);
  again.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect(ben.seats).toEqual([2]);
  expect(gone.length).toBe(1);
  expect(again.closed).toBe("going");
});

test("[CA5] a room ends thirty seconds after its last seat, and twelve hours after it was opened; nothing is left of it", async () => {
  const { person, clock, rooms } = house();
  const ann = person();
  await ann.enter();
  ann.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  await clock.pass(29_000);
  expect(rooms.counts().rooms).toBe(1);
  await person().enter();
  await clock.pass(60_000);
  expect(rooms.counts()).toMatchObject({ rooms: 1, roomSeats: 1 });
  await clock.pass(roomLimits.roomMs);
  expect(rooms.counts()).toMatchObject({ rooms: 0, roomSeats: 0 });
  expect(clock.pending).toBe(0);
});

test("[CA6] limits: seats, says a second, who does not read, and a socket that breaks", async () => {
  const { person, clock, faults } = house({ seatsMax: 3 });
  const [ann, ben, cid] = [person(), person(), person()];
  for (const one of [ann, ben, cid]) await one.enter();
  expect(await person().enter()).toMatchObject({ code: "full" });
  for (let i = 0; i < 40; i++) ann.say(`${i}`);
  expect(ben.heard.length).toBe(roomLimits.saysPerSecond);
  expect(ann.refusals.length).toBe(10);
  await clock.pass(1_000);
  ben.unread = 600 * 1024;
  ann.say("not taken in");
  expect(ben.heard.length).toBe(roomLimits.saysPerSecond);
  expect(cid.heard.at(-1)).toBe("1 not taken in");
  cid.isBroken = true;
  ann.say("and one breaks");
  expect(faults.count).toBe(1);
  expect(cid.closed).toBe("faulty");
  ben.unread = 0;
  ann.say("the rest go on");
  expect(ben.heard.at(-1)).toBe("1 the rest go on");
  for (let i = 0; i < 700; i++) ann.say("flood");
  expect(ann.closed).toBe("flooding");
});

test("[CA6] a renewed credential is the seat's own, and a server without a relay says so", async () => {
  let has = true;
  const { person } = house({
    relay: {
      access: (alias, seat) => (has ? { port: 7, username: `${alias} ${seat}`, credential: "c" } : undefined),
      seatGone: () => undefined,
    },
  });
  const ann = person();
  await ann.enter();
  ann.connection.receive(encodeRoomClientFrame({ type: "renew" }));
  expect(ann.got.at(-1)).toMatchObject({ type: "relay", relay: { port: 7 } });
  has = false;
  ann.connection.receive(encodeRoomClientFrame({ type: "renew" }));
  expect(ann.refusals).toEqual(["unavailable"]);
  expect(await person().enter()).not.toHaveProperty("entered.relay");
});

test("[CA6] a server that goes ends every connection of rooms, and takes no new one", async () => {
  const { person, rooms } = house();
  const ann = person();
  await ann.enter();
  rooms.drain();
  expect(ann.closed).toBe("going");
  expect(person().closed).toBe("going");
  rooms.stop();
  expect(rooms.counts().rooms).toBe(0);
});
