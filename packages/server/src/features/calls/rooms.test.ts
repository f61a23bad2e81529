import { expect, test } from "bun:test";
import {
  decodeRoomServerFrame,
  encodeRoomClientFrame,
  everySeat,
  type RoomServerFrame,
  roomLimits,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { done, type Outcome, refuse, tooOften } from "../../core/outcome.ts";
import { house, other, type Person, room, token } from "../../testkit/rooms.ts";

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
  const hasty = person();
  await Promise.all([hasty.enter(), hasty.enter()]);
  expect(hasty.closed).toBe("malformed");
  const host = person();
  await host.enter();
  const listener = person();
  await listener.enter({ listens: true });
  expect(listener.closed).toBeUndefined();
  await listener.enter();
  expect(listener.closed).toBe("malformed");
  const wrong = person();
  await wrong.enter();
  wrong.connection.receive(new Uint8Array([99]));
  expect(wrong.closed).toBe("malformed");
  const silent = person();
  await clock.pass(10_001);
  expect(silent.closed).toBe("silent");
});

test("[PE57] who comes through a tunnel of another home enters a room that is open, and opens none", async () => {
  const { person } = house();
  expect(await person(undefined, false).enter({ token })).toMatchObject({ type: "refused", code: "token-needed" });
  await person().enter({ token });
  expect(await person(undefined, false).enter({ token })).toMatchObject({ type: "entered" });
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

test("[CA3] from one place sixty rooms are opened a minute", async () => {
  const { person, clock } = house();
  const nameOf = (n: number) => new Uint8Array(16).fill(n);
  for (let n = 1; n <= 60; n++)
    expect(await person("10.0.0.1").enter({ room: nameOf(n) })).toMatchObject({ type: "entered" });
  expect(await person("10.0.0.1").enter({ room: nameOf(61) })).toMatchObject({ code: "rate-limited" });
  expect(await person("10.0.0.1").enter({ room: nameOf(60) })).toMatchObject({ type: "entered" });
  expect(await person("10.0.0.2").enter({ room: nameOf(61) })).toMatchObject({ type: "entered" });
  await clock.pass(60_001);
  expect(await person("10.0.0.1").enter({ room: nameOf(62) })).toMatchObject({ type: "entered" });
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

test("[CA5] a minute after its last seat went nothing in memory leads to a room: neither its name, nor its seats", async () => {
  const { person, clock, rooms } = house();
  const name = crypto.getRandomValues(new Uint8Array(16));
  // In halves, so that the whole is in no memory but the server's.
  const [begins, ends] = [toHex(name.slice(0, 8)), toHex(name.slice(8))];
  const isThere = () => {
    Bun.gc(true);
    const all = Bun.generateHeapSnapshot("v8");
    for (let at = all.indexOf(begins); at >= 0; at = all.indexOf(begins, at + 1))
      if (all.startsWith(ends, at + begins.length)) return true;
    return false;
  };
  const [ann, ben] = [person(), person()];
  for (const one of [ann, ben]) await one.enter({ room: name, token });
  ann.say("hello");
  expect([isThere(), rooms.counts().roomSeats]).toEqual([true, 2]);
  for (const one of [ann, ben]) one.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  await clock.pass(60_000);
  // A stack that was left may lead to something for a moment more.
  for (let looks = 0; looks < 50 && isThere(); looks++) await Bun.sleep(1);
  expect([isThere(), rooms.counts().rooms, rooms.counts().roomSeats]).toEqual([false, 0, 0]);
}, 20_000);

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

/** Of four bytes, so that there are as many as a test needs. */
function nameOf(n: number): Uint8Array {
  const name = new Uint8Array(16);
  new DataView(name.buffer).setUint32(0, n);
  return name;
}

test("[CA66] wrong tokens keep no neighbour from calling, and count as no opened room", async () => {
  let answer: Outcome<unknown> = refuse("bad-token");
  const { person, rooms } = house({ spend: () => Promise.resolve(answer) });
  for (let i = 0; i < 100; i++)
    expect(await person("10.0.0.1").enter({ room: nameOf(i), token })).toMatchObject({ code: "bad-token" });
  answer = done;
  for (let i = 0; i < 60; i++)
    expect(await person("10.0.0.1").enter({ room: nameOf(i), token })).toMatchObject({ type: "entered" });
  expect(await person("10.0.0.1").enter({ room: nameOf(999), token })).toMatchObject({ code: "rate-limited" });
  expect(rooms.counts()).toMatchObject({ rooms: 60, roomsOpened: 60 });
});

test("[CA66] who opens one room at the same moment spends one token together; where the first is refused the next tries", async () => {
  const waiting: ((answer: Outcome<unknown>) => void)[] = [];
  const { person, clock, rooms } = house({ spend: () => new Promise((resolve) => waiting.push(resolve)) });
  const people = [person("10.0.0.1"), person("10.0.0.2"), person("10.0.0.3"), person("10.0.0.4")];
  for (const one of people)
    one.connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room, token } }));
  await clock.pass(0);
  expect(waiting.length).toBe(1);
  waiting[0]?.(refuse("bad-token"));
  await clock.pass(0);
  expect(people[0]?.refusals).toEqual(["bad-token"]);
  expect(waiting.length).toBe(2);
  // The one whose token is looked at goes away: what it opens would be nobody's.
  people[1]?.connection.closed();
  waiting[1]?.(done);
  await clock.pass(0);
  expect(waiting.length).toBe(3);
  waiting[2]?.(done);
  await clock.pass(0);
  expect(people.map(({ got }) => got[0]?.type)).toEqual(["refused", undefined, "entered", "entered"]);
  expect(rooms.counts()).toMatchObject({ rooms: 1, roomSeats: 2, roomsOpened: 1 });
  expect(waiting.length).toBe(3);
});

test("[CA65] a seat says 64 KiB at once, and 16 KiB a second from then on", async () => {
  const { person, clock } = house();
  const [ann, ben] = [person("10.0.0.1"), person("10.0.0.2")];
  await ann.enter();
  await ben.enter();
  const kib = (count: number) => ann.say("x".repeat(count * 1024));
  for (let i = 0; i < 4; i++) kib(15);
  kib(4);
  expect(ben.heard.length).toBe(5);
  kib(1);
  expect(ben.heard.length).toBe(5);
  expect(ann.got.at(-1)).toMatchObject({ type: "refused", code: "rate-limited", waitMs: 63 });
  await clock.pass(1_000);
  kib(15);
  kib(1);
  kib(1);
  expect(ben.heard.length).toBe(7);
  // What one says takes nothing from another seat.
  ben.say("y".repeat(15 * 1024));
  expect(ann.heard.length).toBe(1);
});

test("[CA65] what one place makes others be handed has a limit, in all of its rooms; other places are heard", async () => {
  const { person, clock } = house();
  const crowd: Person[] = [];
  for (let n = 0; n < 32; n++) {
    const one = person("10.0.0.1");
    await one.enter({ room: nameOf(n >> 4) });
    crowd.push(one);
  }
  const [ann, ben] = [person("10.0.0.2"), person("10.0.0.3")];
  await ann.enter();
  await ben.enter();
  const handed = () => crowd.reduce((sum, { heard }) => sum + heard.length, 0);
  for (let i = 0; i < 4; i++) for (const one of crowd) one.say("x".repeat(15 * 1024));
  // 15 hear each: the one that passes the mebibyte is handed still.
  expect(handed() / 15).toBe(Math.ceil((1024 * 1024) / (15 * 15 * 1024)));
  ann.say("hello");
  expect(ben.heard).toEqual(["1 hello"]);
  const before = handed();
  await clock.pass(4_000);
  crowd[0]?.say("again");
  expect(handed()).toBe(before + 15);
});

test("[CA65] where places together use all that is handed on, one that says little is heard", async () => {
  const { person } = house();
  for (let place = 0; place < 40; place++) {
    const people = [];
    for (let n = 0; n < 16; n++) {
      const one = person(`10.1.0.${place}`);
      await one.enter({ room: nameOf(place) });
      people.push(one);
    }
    for (let i = 0; i < 4; i++) for (const one of people) one.say("x".repeat(15 * 1024));
    if (place === 39) expect(people.reduce((sum, { heard }) => sum + heard.length, 0) / 15).toBe(1);
  }
  const [ann, ben] = [person("10.0.0.2"), person("10.0.0.3")];
  await ann.enter();
  await ben.enter();
  ann.say("hello");
  expect(ben.heard).toEqual(["1 hello"]);
});

test("[CA67] where there is no room among the sockets that sit, nobody sits down, and the socket does not stay", async () => {
  const { rooms, clock } = house();
  const got: RoomServerFrame[] = [];
  let closed: string | undefined;
  let hasRoom = false;
  const connection = rooms.connect(
    {
      send: (bytes) => got.push(decodeRoomServerFrame(bytes)),
      close: (_code, reason) => (closed = reason),
      subscribe: () => undefined,
      unsubscribe: () => undefined,
      known: () => hasRoom,
    },
    "10.0.0.1",
  );
  const enter = () => connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room } }));
  enter();
  await clock.pass(0);
  expect(got.at(-1)).toMatchObject({ code: "rate-limited" });
  expect(rooms.counts().roomSeats).toBe(0);
  hasRoom = true;
  enter();
  await clock.pass(0);
  expect(got.at(-1)).toMatchObject({ type: "entered" });
  expect(closed).toBeUndefined();
});

test("[CA252] a room in which nobody ever sat ends as soon as one that its last seat left", async () => {
  const { rooms, clock } = house();
  const sink = { send: () => undefined, close: () => undefined, subscribe: () => undefined };
  const full = { ...sink, unsubscribe: () => undefined, known: () => false };
  const connection = rooms.connect(full, "10.0.0.1");
  connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room } }));
  await clock.pass(0);
  connection.closed();
  expect(rooms.counts()).toMatchObject({ rooms: 1, roomSeats: 0 });
  await clock.pass(roomLimits.emptyMs);
  expect(rooms.counts().rooms).toBe(0);
  expect(clock.pending).toBe(0);
});

test("[CA68] where all rooms are held, the oldest empty one of the place that holds most makes way for a place with fewer", async () => {
  const { person, rooms } = house({ roomsMax: 20 });
  const hold = async (n: number, prefix: string) => {
    const one = person(prefix);
    const answer = await one.enter({ room: nameOf(n) });
    return { one, answer };
  };
  for (let n = 0; n < 12; n++)
    (await hold(n, "10.0.0.1")).one.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  const sits = [];
  for (let n = 12; n < 20; n++) sits.push(await hold(n, "10.0.0.2"));
  expect(rooms.counts().rooms).toBe(20);
  expect((await hold(20, "10.0.0.3")).answer).toMatchObject({ type: "entered" });
  expect(rooms.counts().rooms).toBe(20);
  expect((await hold(21, "10.0.0.1")).answer).toMatchObject({ code: "unavailable" });
  // It was the oldest: who comes to it opens it anew, and another makes way.
  expect((await hold(0, "10.0.0.3")).answer).toMatchObject({ entered: { others: [] } });
  expect(rooms.counts()).toMatchObject({ rooms: 20, roomsOpened: 22 });
  // Where somebody sits nothing is taken, however many a place holds.
  expect(sits.every(({ one }) => one.closed === undefined)).toBe(true);
});

test("[CA68] a wrong token makes nobody's room go", async () => {
  let answer: Outcome<unknown> = done;
  const { person, rooms } = house({ roomsMax: 4, spend: () => Promise.resolve(answer) });
  for (let n = 0; n < 4; n++) {
    const one = person("10.0.0.1");
    await one.enter({ room: nameOf(n), token });
    one.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  }
  answer = refuse("bad-token");
  expect(await person("10.0.0.2").enter({ room: nameOf(9), token })).toMatchObject({ code: "bad-token" });
  expect(await person("10.0.0.2").enter({ room: nameOf(0) })).toMatchObject({ type: "entered" });
  expect(rooms.counts().roomsOpened).toBe(4);
});

test("[CA69] a socket that was refused at the tenth second has ten more, and is closed as silent then", async () => {
  let answer: (outcome: Outcome<unknown>) => void = () => undefined;
  const { person, clock } = house({ spend: () => new Promise((resolve) => (answer = resolve)) });
  const late = person("10.0.0.1");
  await clock.pass(9_999);
  await late.enter({ token });
  await clock.pass(10);
  expect(late.closed).toBeUndefined();
  answer(refuse("bad-token"));
  await clock.pass(9_999);
  expect(late.refusals).toEqual(["bad-token"]);
  expect(late.closed).toBeUndefined();
  await clock.pass(2);
  expect(late.closed).toBe("silent");
  expect(clock.pending).toBe(0);
});

test("[CA87] who listens takes no seat, hears what is said to all, says nothing, and opens no room", async () => {
  const { person } = house({ seatsMax: 1 });
  const early = person();
  expect(await early.enter({ listens: true })).toMatchObject({ type: "refused", code: "token-needed" });
  const ann = person();
  await ann.enter();
  const ben = person();
  expect(await ben.enter({ listens: true })).toMatchObject({ type: "entered", entered: { others: [1] } });
  ann.say("here");
  expect(ben.heard).toEqual(["1 here"]);
  expect(ann.got.some(({ type }) => type === "seats")).toBe(false);
  ben.say("not a word");
  expect(ben.closed).toBe("malformed");
  expect(ann.heard).toEqual([]);
});

test("[CA249] who listens may say something to a seat that nobody has, so that their tunnel stays, and not without end", async () => {
  const { person } = house();
  const [ann, ben] = [person(), person()];
  await ann.enter();
  await ben.enter({ listens: true });
  for (let times = 0; times < 600; times++) ben.say("0", everySeat - 1);
  ann.say("here");
  expect([ben.closed, ben.refusals, ben.heard, ann.heard]).toEqual([undefined, [], ["1 here"], []]);
  ben.say("0", everySeat - 1);
  expect(ben.closed).toBe("flooding");
});

test("[CA87] sixty-four listen at most, and with the room their connections end", async () => {
  const { person, clock } = house();
  const ann = person();
  await ann.enter();
  const all = Array.from({ length: roomLimits.listenersMax }, () => person());
  for (const one of all) await one.enter({ listens: true });
  expect(await person().enter({ listens: true })).toMatchObject({ type: "refused", code: "full" });
  all.pop()?.connection.closed();
  expect(await person().enter({ listens: true })).toMatchObject({ type: "entered" });
  ann.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect(all[0]?.got.at(-1)).toEqual({ type: "seats", seats: [] });
  await clock.pass(roomLimits.emptyMs);
  expect(all.every(({ closed }) => closed === "going")).toBe(true);
});

test("[CA204] where nobody sits any more who would listen hears that nobody does, and not that it is full", async () => {
  const { person } = house();
  const ann = person();
  await ann.enter();
  for (let i = 0; i < roomLimits.listenersMax; i++) await person().enter({ listens: true });
  ann.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect(await person().enter({ listens: true })).toMatchObject({ type: "refused", code: "token-needed" });
});
