/** Media of a room: which seats join what forwards it, how often, and what they are told. */
import { expect, test } from "bun:test";
import { encodeRoomClientFrame, type JoinMedia, type MediaAnswer } from "@yanshu/wire";
import { house, type Person } from "../../testkit/rooms.ts";
import type { MediaDesk, RelayDesk } from "./room-ports.ts";

const media: MediaAnswer = {
  ufrag: "abcd",
  pwd: "0123456789abcdef012345",
  fingerprint: new Uint8Array(32),
  slots: [{ kind: "voice", ssrc: 7 }],
};
const join: JoinMedia = {
  v: 1,
  ufrag: "wxyz",
  pwd: "0123456789abcdef012345",
  fingerprint: new Uint8Array(32),
  opus: 111,
  vp8: 96,
  up: [],
  voiceSlots: 1,
  pictureSlots: 0,
};

function desk(answers: MediaAnswer | undefined) {
  const asked: string[] = [];
  const hooks: (() => void)[] = [];
  const of: MediaDesk = {
    join: async (alias, seat) => {
      asked.push(`join ${seat} ${alias.length}`);
      return answers;
    },
    want: (_alias, seat, { slots }) => asked.push(`want ${seat} ${slots.map(({ layers }) => layers).join()}`),
    left: (_alias, seat) => asked.push(`left ${seat}`),
    whenGone: (run) => hooks.push(run),
  };
  return {
    asked,
    of,
    die: () => {
      for (const run of hooks) run();
    },
  };
}

test("[CA82] who sits joins the media, by the relay's name of the room; nobody else does, and it goes with the seat", async () => {
  const { asked, of, die } = desk(media);
  const { person, clock } = house({ media: of });
  const ann = person();
  await ann.enter();
  ann.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
  await clock.pass(0);
  expect(ann.got.at(-1)).toEqual({ type: "media", media });
  ann.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
  expect(ann.got.at(-1)).toMatchObject({ type: "refused", code: "rate-limited" });
  ann.connection.receive(encodeRoomClientFrame({ type: "wantSlots", want: { slots: [{ slot: 0, layers: 2 }] } }));
  die();
  expect(ann.got.at(-1)).toEqual({ type: "mediaGone" });
  ann.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect(asked).toEqual(["join 1 16", "want 1 2", "left 1"]);
  const eve = person();
  eve.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
  expect(eve.closed).toBe("malformed");
});

test("[CA82] where no media answers, a seat is told so", async () => {
  for (const of of [undefined, desk(undefined).of]) {
    const { person, clock } = house({ media: of });
    const ann = person();
    await ann.enter();
    ann.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
    await clock.pass(0);
    expect(ann.got.at(-1)).toMatchObject({ type: "refused", code: "unavailable" });
  }
});

test("[CA132] a seat joins the media eight times at once, then once in five seconds, and is asked to when it may", async () => {
  const { asked, of } = desk(media);
  const { person, clock } = house({ media: of });
  const ann = person();
  await ann.enter();
  const ask = async () => {
    ann.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
    await clock.pass(400);
  };
  for (let at = 0; at < 8; at++) await ask();
  expect(asked).toHaveLength(8);
  await ask();
  expect(asked).toHaveLength(8);
  expect(ann.got.at(-1)).toMatchObject({ type: "refused", code: "rate-limited" });
  await clock.pass(5_000);
  expect(ann.got.at(-1)).toEqual({ type: "mediaGone" });
  await ask();
  expect(asked).toHaveLength(9);
  expect(ann.got.at(-1)).toEqual({ type: "media", media });
  await ask();
  ann.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  const before = ann.got.length;
  await clock.pass(10_000);
  expect(ann.got).toHaveLength(before);
});

test("[CA132] joins are bounded by place, and so are seats with media, which leave room for other places", async () => {
  const { asked, of } = desk(media);
  const { person, clock } = house({ media: of });
  let opened = 0;
  const ask = async (prefix: string) => {
    const one = person(prefix);
    await one.enter({ room: new Uint8Array(16).fill(opened++ >> 3) });
    one.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
    await clock.pass(0);
    return one;
  };
  const all: Person[] = [];
  for (let at = 0; at < 128; at++) all.push(await ask("1.1.1.1"));
  expect(asked).toHaveLength(128);
  expect((await ask("1.1.1.1")).got.at(-1)).toMatchObject({ type: "refused", code: "unavailable" });
  expect((await ask("2.2.2.2")).got.at(-1)).toMatchObject({ type: "media" });
  all[0]?.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect((await ask("1.1.1.1")).got.at(-1)).toMatchObject({ type: "media" });
  // Who leaves and comes again has its seat, and the place its number of joins.
  for (let at = 0; at < 200; at++) (await ask("1.1.1.1")).connection.receive(encodeRoomClientFrame({ type: "leave" }));
  for (const one of all) one.connection.receive(encodeRoomClientFrame({ type: "leave" }));
  expect((await ask("1.1.1.1")).got.at(-1)).toMatchObject({ type: "refused", code: "rate-limited" });
  expect((await ask("2.2.2.2")).got.at(-1)).toMatchObject({ type: "media" });
  await clock.pass(61_000);
  expect((await ask("1.1.1.1")).got.at(-1)).toMatchObject({ type: "media" });
});

test("[CA134] what a seat wants to see is told of seats that joined alone", async () => {
  const { asked, of } = desk(media);
  const { person } = house({ media: of });
  const ann = person();
  await ann.enter();
  ann.connection.receive(encodeRoomClientFrame({ type: "wantSlots", want: { slots: [{ slot: 0, layers: 2 }] } }));
  expect(asked).toEqual([]);
});

test("[CA137] where joining fails, the seat is told; [CA138] [CA236] the relay is told who joined before the seat is", async () => {
  const failing: MediaDesk = { ...desk(media).of, join: () => Promise.reject(new Error("no process")) };
  const broken = house({ media: failing });
  const ann = broken.person();
  await ann.enter();
  ann.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
  await broken.clock.pass(0);
  expect(ann.got.at(-1)).toMatchObject({ type: "refused", code: "unavailable" });
  expect(broken.faults.count).toBe(1);
  const told: string[] = [];
  const relay: RelayDesk = {
    access: () => undefined,
    seatGone: () => undefined,
    joined: (_alias, seat, icePassword) =>
      told.push(`${seat} ${icePassword} ${ben.got.some(({ type }) => type === "media")}`),
  };
  const whole = house({ media: desk(media).of, relay });
  const ben = whole.person();
  await ben.enter();
  ben.connection.receive(encodeRoomClientFrame({ type: "joinMedia", join }));
  await whole.clock.pass(0);
  expect(told).toEqual(["1 0123456789abcdef012345 false"]);
});
