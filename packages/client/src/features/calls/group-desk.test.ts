/** The desk of group calls against a home and members that attack it: keys, rings, and what it listens to. */
import { expect, test } from "bun:test";
import { createHash, hkdfSync, randomBytes } from "node:crypto";
import type { BodyOf } from "@yanshu/content";
import { type Bytes, type ConversationId, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex, RoomEvents } from "../../feature.ts";
import { GroupDesk } from "./group-desk.ts";
import { frameKeysOf, type GroupRoom } from "./group-room.ts";
import type { Here } from "./group-roster.ts";
import { callMsMax } from "./ring.ts";

const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const own = random(32);
const ownDevice = random(32);
const caller = random(32);
const callerDevice = random(32);

type CallSaid = { readonly in?: ConversationId; readonly by?: Bytes; readonly sentAtMs?: number };

/** A desk whose home, disk and clock are in the test's hand. */
function desk() {
  const due: { readonly atMs: number; readonly run: () => void }[] = [];
  const at = { nowMs: 1_000_000 };
  const lines: { readonly room: Hex; readonly events: RoomEvents; isOpen: boolean }[] = [];
  const owners = new Map<Hex, Bytes>([[toHex(callerDevice), caller]]);
  const blocked = new Set<Hex>();
  const home = { areThere: true, haveMedia: true };
  const shut = new Set<Hex>();
  const stored: { readonly author: Bytes; readonly id: Bytes; readonly body: BodyOf<"call"> }[] = [];
  const crypto = {
    sha256: (bytes: Bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
    derive: (key: Bytes, info: string, length: number) => new Uint8Array(hkdfSync("sha256", key, "", info, length)),
    random,
    sealKeyPair: async () => ({ privateKey: random(32), publicKey: random(32) }),
    sign: async () => new Uint8Array(64),
    seal: async (_: Bytes, __: Bytes, ___: Bytes, plain: Bytes) => plain,
    hpkeSeal: async () => ({ enc: new Uint8Array(32), ciphertext: new Uint8Array(48) }),
  };
  const open = (name: Bytes, events: RoomEvents) => {
    const line = { room: toHex(name), events, isOpen: true };
    const end = () => {
      line.isOpen = false;
    };
    lines.push(line);
    return { say() {}, joinMedia() {}, wantSlots() {}, renew() {}, again() {}, leave: end, close: end };
  };
  const context = {
    random,
    marks: () => [],
    setMark() {},
    tellOwnDevices() {},
    sendSoon() {},
    own: () => own,
    device: () => ownDevice,
    group: () => ({ kind: { hasGroupCalls: true } }),
    nowMs: () => at.nowMs,
    after: (ms: number, run: () => void) => due.push({ atMs: at.nowMs + ms, run }),
    changed() {},
    changedIn() {},
    failed: (error: unknown) => {
      throw error;
    },
    writable: (conversation: Hex) => {
      if (shut.has(conversation)) throw new Error("a group that one is out of");
    },
    db: {
      get: (sql: string, account: Bytes) =>
        sql.includes("contacts") && blocked.has(toHex(account)) ? { state: "blocked" } : undefined,
      all: (sql: string) =>
        sql.includes("FROM members") ? [...owners.values()].map((account) => ({ account })) : stored.toReversed(),
      transaction: (work: () => void) => work(),
    },
    find: (_: unknown, { id }: { readonly id: Hex }) => ({
      name: id,
      body: stored.find((one) => toHex(one.id) === id)?.body,
    }),
    message: () => ({ sent_ms: at.nowMs }),
    rooms: {
      crypto,
      areThere: () => home.areThere,
      haveMedia: () => home.haveMedia,
      nowMs: () => at.nowMs,
      keyOf: (_: unknown, device: Bytes) => {
        const account = owners.get(toHex(device));
        return account && { account, key: device };
      },
      enter: open,
      listen: open,
      homeOf: () => undefined,
      homeToName: () => undefined,
    },
  } as unknown as FeatureContext;
  const made = new GroupDesk(context, () => false);
  const conversation = random(16) as ConversationId;
  return {
    desk: made,
    owners,
    blocked,
    home,
    /** Groups in which one may not write. */
    shut,
    lines,
    stored,
    conversation,
    nowMs: () => at.nowMs,
    /** A message of kind `call`, as it is read. */
    call(of: Partial<BodyOf<"call">> & CallSaid = {}) {
      const body = { kind: "call", device: callerDevice, media: "voice", rings: [own], secret: random(32), ...of };
      const said = { by: of.by ?? caller, id: random(16), sentAtMs: of.sentAtMs ?? at.nowMs };
      stored.push({ author: said.by, id: said.id, body: body as BodyOf<"call"> });
      made.posted({ conversation: of.in ?? conversation, ...said, body: body as BodyOf<"call"> });
    },
    async pass(ms: number): Promise<void> {
      const untilMs = at.nowMs + ms;
      for (;;) {
        const [next] = due.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        at.nowMs = next.atMs;
        next.run();
        await Promise.resolve();
      }
      at.nowMs = untilMs;
    },
    /** In a call, on that seat. */
    async inside(seat = 5, others: readonly number[] = [1, 2, 3, 4]) {
      this.call();
      const room = [...made.rooms.values()][0] as GroupRoom;
      await made.join(room.call, "page");
      const { events } = lines.at(-1) as (typeof lines)[number];
      events.entered([...others], seat);
      return { room, events };
    },
  };
}

/** As a device of the group says it under its signature. */
function says(
  of: ReturnType<typeof desk>,
  room: GroupRoom,
  name: string,
  seat: number,
  key = name,
  asks = false,
): void {
  const device = name.repeat(32) as Hex;
  of.owners.set(device, caller);
  const here: Here = { device, account: "bb".repeat(32), seat, key: key.repeat(32), voice: true, picture: false };
  of.desk.talk.heardHere(room, here, asks);
}
const listening = ({ lines }: ReturnType<typeof desk>) => lines.filter(({ isOpen }) => isOpen).length;

test("[CA111] on another seat nothing is sealed by the base of the one before, whatever seats home says", async () => {
  const here = desk();
  const { room, events } = await here.inside(5);
  const bases = new Set<Hex>();
  for (const seat of [5, 6, 5, 6, 5]) {
    events.entered([1, 2, 3, 4], seat);
    bases.add(toHex(frameKeysOf(room).own?.key as Bytes));
  }
  expect(bases.size).toBe(5);
});

for (const who of ["home, by another seat", "one member, by another key"] as const)
  test(`[CA112] a new key is used in spite of ${who}, however often`, async () => {
    const here = desk();
    const { room, events } = await here.inside();
    says(here, room, "aa", 1);
    says(here, room, "ee", 2);
    await here.pass(6_000);
    const had = toHex(frameKeysOf(room).own?.key as Bytes);
    here.owners.delete("aa".repeat(32)); // It is removed from the group.
    for (let i = 0; i < 8; i++) {
      if (who.startsWith("home")) events.entered([1, 2, 3, 4], 10 + i);
      else says(here, room, "ee", 2, `0${i}`);
      await here.pass(250);
    }
    expect(room.roster.get("aa".repeat(32))).toBeUndefined();
    expect(toHex(frameKeysOf(room).own?.key as Bytes)).not.toBe(had);
  });

test("[CA112] a key that a member's other key asks for is used 300 ms later, and of one device one change counts in five seconds", async () => {
  const here = desk();
  const { room } = await here.inside();
  for (const [at, name] of ["e1", "e2", "e3", "e4"].entries()) says(here, room, name, at + 1);
  await here.pass(6_000);
  const inside = room.inside as NonNullable<GroupRoom["inside"]>;
  const first = inside.own.sending;
  // Four devices change one after the other: the first is not put off by those that follow.
  for (const [at, name] of ["e1", "e2", "e3", "e4"].entries()) {
    says(here, room, name, at + 1, `f${at}`);
    await here.pass(100);
  }
  expect(inside.own.sending).not.toBe(first);
  await here.pass(300);
  expect(inside.own.sending).toBe(inside.own.giving);
  const { giving } = inside.own;
  for (let i = 0; i < 8; i++) {
    says(here, room, "e1", 1, `0${i}`);
    await here.pass(500);
  }
  expect(inside.own.giving).toBe(giving);
  await here.pass(1_000);
  says(here, room, "e1", 1, "0a");
  expect(inside.own.giving).not.toBe(giving);
});

test("[CA253] who asks for a key without end is given it twice a second, and what others may be told is left", async () => {
  const here = desk();
  const { room } = await here.inside();
  const inside = room.inside as NonNullable<GroupRoom["inside"]>;
  for (const [at, name] of ["e1", "e2"].entries()) says(here, room, name, at + 1);
  await here.pass(6_000);
  const given: number[] = [];
  const boxed = inside.own.boxed.bind(inside.own);
  inside.own.boxed = (at, by, to) => {
    given.push(...to.map(({ seat }) => seat));
    return boxed(at, by, to);
  };
  for (let i = 0; i < 60; i++) {
    says(here, room, "e1", 1, "e1", true);
    await here.pass(50);
  }
  expect(given).toEqual(Array(6).fill(1));
  // Another that asks has its own turn.
  says(here, room, "e2", 2, "e2", true);
  expect(given.at(-1)).toBe(2);
});

test("[CA114] who is heard later than five seconds after one came is given another step, also where home says it was there", async () => {
  const here = desk();
  const all = Array.from({ length: 32 }, (_, at) => at + 1);
  const { room } = await here.inside(40, all);
  const inside = room.inside as NonNullable<GroupRoom["inside"]>;
  const before = inside.own.giving;
  says(here, room, "a1", 1);
  expect(inside.own.giving).toBe(before);
  await here.pass(5_000);
  says(here, room, "a2", 2);
  expect(inside.own.giving).not.toBe(before);
});

test("[CA115] one call of a conversation rings, few in all: six hundred messages open one connection, and nothing of them is kept", () => {
  const here = desk();
  for (let i = 0; i < 600; i++) here.call();
  expect(listening(here)).toBe(1);
  expect(here.desk.rooms.size).toBe(1);
  for (let i = 0; i < 100; i++) here.call({ in: random(16) as ConversationId });
  expect(listening(here)).toBeLessThanOrEqual(4);
  expect(here.desk.rooms.size).toBeLessThanOrEqual(4);
});

test("[CA90] a call rings sixteen members of a large group at once, and no more", async () => {
  const here = desk();
  for (let at = 0; at < 40; at++) here.owners.set(toHex(random(32)), random(32));
  const members = [...here.owners.values()].map((account) => toHex(account));
  const starts = (count: number) => here.desk.start(here.conversation, "voice", members.slice(0, count), "page");
  await expect(starts(17)).rejects.toMatchObject({ code: "not-allowed" });
  expect(here.desk.rooms.size).toBe(0);
  await starts(16);
  expect(here.desk.rooms.size).toBe(1);
});

test("[CA115] nobody who is blocked rings, and nobody by a device of somebody else", () => {
  const here = desk();
  here.blocked.add(toHex(caller));
  here.call();
  here.blocked.clear();
  here.owners.set(toHex(callerDevice), random(32));
  here.call();
  expect(listening(here)).toBe(0);
  here.owners.set(toHex(callerDevice), caller);
  here.call();
  expect(listening(here)).toBe(1);
});

test("[CA192] [CA115] nothing rings by oneself, hours late or early, from a group that one is out of, or where home forwards nothing", () => {
  const here = desk();
  const ownOther = random(32);
  here.owners.set(toHex(ownOther), own);
  here.call({ by: own, device: ownOther });
  for (const ms of [-callMsMax, callMsMax]) here.call({ sentAtMs: here.nowMs() + ms });
  here.shut.add(toHex(here.conversation));
  here.call();
  here.shut.clear();
  here.home.areThere = false;
  here.call();
  Object.assign(here.home, { areThere: true, haveMedia: false });
  here.call();
  expect(listening(here)).toBe(0);
  here.home.haveMedia = true;
  here.call();
  expect(listening(here)).toBe(1);
});

test("[CA192] [CA115] while a call of a chat rings, another member's call rings there no more", () => {
  const here = desk();
  const [other, otherDevice] = [random(32), random(32)];
  here.owners.set(toHex(otherDevice), other);
  here.call();
  here.call({ by: other, device: otherDevice });
  expect(here.lines.length).toBe(1);
  here.call({ by: other, device: otherDevice, in: random(16) as ConversationId });
  expect(here.lines.length).toBe(2);
});

test("[CA213] a group's call rings on by nobody who is blocked or removed meanwhile, nor where one is out of the group", async () => {
  const blocks = (here: ReturnType<typeof desk>) => here.blocked.add(toHex(caller));
  const removes = (here: ReturnType<typeof desk>) => here.owners.delete(toHex(callerDevice));
  const leaves = (here: ReturnType<typeof desk>) => here.shut.add(toHex(here.conversation));
  for (const then of [blocks, removes, leaves]) {
    const here = desk();
    here.call();
    await here.pass(1_000);
    expect(here.desk.ringing).toBeDefined();
    then(here);
    await here.pass(1_000);
    expect(here.desk.ringing).toBeUndefined();
  }
});

test("[CA115] a newer call that is none hides no call that goes on from who looks at the chat", () => {
  const here = desk();
  here.call({ rings: [] });
  here.call({ rings: [] });
  here.desk.watch(toHex(here.conversation));
  const [newest] = here.lines;
  expect(here.lines.length).toBe(1);
  newest?.events.refused("token-needed");
  expect(here.lines.length).toBe(2);
  const older = here.lines[1];
  expect(older?.room).not.toBe(newest?.room);
  older?.events.entered([1, 2], 0);
  expect(here.desk.rooms.get(older?.room ?? "")?.isOpen).toBe(true);
  // One that comes now takes the place of none that goes on.
  here.call({ rings: [] });
  expect(older?.isOpen).toBe(true);
  expect(here.desk.rooms.get(older?.room ?? "")?.isWatched).toBe(true);
});

test("[CA116] of a device that nobody heard in the call there is no key to open frames with, also where it gave one", async () => {
  const here = desk();
  const { room } = await here.inside();
  const inside = room.inside as NonNullable<GroupRoom["inside"]>;
  const given = { generation: 0, step: 0, base: random(32) };
  inside.theirs.set("aa".repeat(32), given);
  expect(frameKeysOf(room).others).toEqual([]);
  says(here, room, "aa", 1);
  expect(frameKeysOf(room).others.map(({ seat }) => seat)).toEqual([1]);
});

/** A call of the caller that rings nobody here, and what a member then says and does in it. */
function ringing() {
  const here = desk();
  here.call({ rings: [] });
  const [{ author, id }] = here.stored as [(typeof here.stored)[number]];
  return {
    ...here,
    author,
    rung: (by: Bytes) =>
      here.desk.ringsMore({
        conversation: here.conversation,
        by,
        rings: [own],
        sentAtMs: here.nowMs(),
        ring: { author: by, id: random(16) },
        named: { author, id },
        of: {},
      }),
    /** Home says who sits there, and this member says that they do. */
    sits(by: Bytes, seat = 1): void {
      const room = [...here.desk.rooms.values()][0] as GroupRoom;
      here.lines.at(-1)?.events.entered([seat], 0);
      const device = toHex(by).replace(/^../, "d0") as Hex;
      here.owners.set(device, by);
      const said = { device, account: toHex(by), seat, key: device, voice: true, picture: false };
      here.desk.talk.heardHere(room, said, false);
    },
    leaves(): void {
      here.lines.at(-1)?.events.seats([]);
    },
  };
}

test("[CA201] a call that one declined rings no more, by no member, until one was in it", async () => {
  const here = ringing();
  here.rung(caller);
  here.sits(caller);
  await here.pass(500);
  expect(here.desk.ringing?.ringsBy).toBe(toHex(caller));
  const call = here.desk.ringing?.call as Hex;
  here.desk.silence(call);
  for (let minute = 0; minute < 60; minute++) {
    const by = random(32);
    await here.pass(61_000);
    here.rung(by);
    here.sits(by);
    await here.pass(500);
    expect(here.desk.ringing).toBeUndefined();
  }
  // Nor by another `call` of the same room, once it went from memory.
  here.desk.recorded({ author: here.author, id: here.stored[0]?.id as Bytes });
  expect(here.desk.rooms.size).toBe(0);
  here.call({ secret: here.stored[0]?.body.secret as Bytes });
  expect(here.desk.ringing).toBeUndefined();
});

test("[CA202] a member rings more once they are heard in the room, and once a minute however often it empties", async () => {
  const here = ringing();
  const by = random(32);
  here.rung(by);
  here.lines.at(-1)?.events.entered([7], 0);
  await here.pass(2_000);
  expect(here.desk.ringing).toBeUndefined();
  here.sits(random(32), 7);
  await here.pass(2_000);
  expect(here.desk.ringing).toBeUndefined();
  here.sits(by, 8);
  await here.pass(500);
  expect(here.desk.ringing?.ringsBy).toBe(toHex(by));
  const dialled = here.lines.length;
  for (let turn = 0; turn < 100; turn++) {
    here.leaves();
    here.rung(by);
    here.sits(by, 9 + turn);
    await here.pass(500);
    expect(here.desk.ringing).toBeUndefined();
  }
  expect(here.lines.length).toBe(dialled);
});

test("[CA202] a member who is not heard within a minute rings no more", async () => {
  const here = ringing();
  const by = random(32);
  here.rung(by);
  here.lines.at(-1)?.events.entered([7], 0);
  await here.pass(60_000);
  here.sits(by);
  await here.pass(2_000);
  expect(here.desk.ringing).toBeUndefined();
});

test("[CA203] of one call three rings are heard, and of one author twenty in a day, until one was in it", async () => {
  const here = ringing();
  let rang = 0;
  for (let minute = 0; minute < 10; minute++) {
    const by = random(32);
    here.rung(by);
    here.sits(by, 1 + minute);
    await here.pass(500);
    if (here.desk.ringing !== undefined) rang++;
    await here.pass(61_000);
  }
  expect(rang).toBe(3);
  const author = desk();
  let calls = 0;
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) {
      author.call();
      if (author.desk.ringing !== undefined) calls++;
      author.lines.at(-1)?.events.seats([]);
      await author.pass(61_000);
    }
  };
  await minutes(60);
  expect(calls).toBe(20);
  await author.pass(86_400_000);
  await minutes(2);
  expect(calls).toBe(22);
});
