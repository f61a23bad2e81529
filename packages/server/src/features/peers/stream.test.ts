/**
 * A gate at one home, and members at others: what is posted there comes to each of them once and in its order, whatever
 * is cut, dies or lies.
 */
import { expect, test } from "bun:test";
import { type Bytes, farListHashOf, listHashOf } from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayOf, minuteMs } from "../../core/rate.ts";
import { chanceFrom } from "../../testkit/chance.ts";
import type { Client } from "../../testkit/client.ts";
import { Group } from "../../testkit/group.ts";
import { once, short, Walk } from "../../testkit/peer-walk.ts";
import { type HomeOptions, Roads, waits } from "../../testkit/peers.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { peers } from "./index.ts";

const [north, south, east] = ["north.example", "south.example", "east.example"] as const;
const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);
const { sha256 } = nodePrimitives;

/** Ann lives in the north, where the group's gate is; Ben and Bob in the south. All servers have met. */
async function village(options: HomeOptions = {}) {
  const roads = new Roads();
  const a = roads.home(north, options);
  const b = roads.home(south, options);
  for (const [from, to] of [
    [north, south],
    [south, north],
  ] as const)
    await roads.do(from, "peers-allow", { name: to });
  await roads.do(north, "peers-try", { name: south });
  const [ann, ben, bob] = [await a.person("ann"), await b.person("ben"), await b.person("bob")];
  const phones = [await ann.phone.signIn(a), await ben.phone.signIn(b), await bob.phone.signIn(b)] as const;
  const addresses: Bytes[] = [];
  for (const [i, one] of [ann, ben, bob].entries()) addresses.push(await one.phone.address(phones[i] as Client));
  const [atAnn, atBen, atBob] = addresses as [Bytes, Bytes, Bytes];
  const entries = [
    { server: south, address: atBen },
    { server: north, address: atAnn },
    { server: south, address: atBob },
  ];
  const group = new Group("two homes");
  const caller = await a.client();
  expect(await group.foundFar(caller, entries)).toEqual([]);
  return { roads, a, b, ann, ben, bob, phones, group, caller, entries, atBen, atBob };
}

test("[PE30] [PE32] [PE20] a list names addresses at several servers: each gets its part once, and its devices read what was posted", async () => {
  const { roads, phones, group, caller, entries, atBen, atBob } = await village();
  expect(group.list).toEqual(farListHashOf(sha256, entries));
  const other = entries.map(({ server }, i) => ({ server, address: entries[(i + 1) % 3]?.address as Bytes }));
  expect(farListHashOf(sha256, other)).not.toEqual(group.list);
  for (let i = 0; i < 3; i++) await group.say(caller, `word ${i}`);
  await roads.clock.pass(2_000);
  const [ann, ben, bob] = phones;
  const said = ["welcome", "word 0", "word 1", "word 2"];
  for (const one of [ann, ben, bob]) expect(one.reads).toEqual(said);
  // Both of them by one envelope on the line, and each row by the list of those who are there.
  expect(ben.pushes.map(({ id }) => id)).toEqual(bob.pushes.map(({ id }) => id));
  expect(ben.pushes[1]).toMatchObject({
    server: north,
    mode: "application",
    gate: group.gate,
    epoch: 1,
    target: { kind: "list", list: listHashOf(sha256, [atBen, atBob]) },
  });
  expect(ben.pushes[0]).toMatchObject({ server: north, mode: "create", epoch: 0 });
  expect(ann.pushes[1]?.server).toBeUndefined();
  expect(ann.pushes[1]?.target).toEqual({ kind: "list", list: group.list });
  expect(await waits(roads, north, south)).toBe(0);
  // Who is there may ask which of the list are its own.
  const { addresses } = await ben.call("listed", { list: listHashOf(sha256, [atBen, atBob]) });
  expect(addresses).toEqual([atBen]);
});

test("[PE30] a server that this one does not speak with gets nothing, and is named; too many of them are none", async () => {
  const { roads, caller, group, entries } = await village();
  const far = { server: east, address: bytes(1, 16) };
  expect(await group.uploadFar(caller, [...entries, far])).toEqual([east]);
  await roads.do(north, "peers-deny", { name: south });
  expect(await group.uploadFar(caller, [...entries, far])).toEqual([south, east]);
  const many = Array.from({ length: 33 }, (_, i) => ({ server: `n${i}.example`, address: bytes(1, 16) }));
  expect(await refusal(caller.call("uploadFarList", { entries: many }))).toBe("too-large");
  expect(await refusal(caller.call("uploadFarList", { entries: [] }))).toBe("malformed");
  const alone = await new TestServer().client();
  expect(await refusal(alone.call("uploadFarList", { entries }))).toBe("unavailable");
});

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`[PE20] [PE21] nothing is lost or doubled whatever dies: lines cut and servers killed at random, seed ${seed}`, async () => {
    const { roads, phones, group, ben, b, a, entries } = await village();
    const below = chanceFrom(seed);
    let caller = await a.client();
    const signIn = () => ben.phone.signIn(b);
    const walk = new Walk({ roads, group, home: south, signIn, below, longest: 300_000 }, phones[1]);
    for (let step = 0; step < 60; step++) {
      switch (below(8)) {
        case 0:
          roads.cut();
          break;
        case 1: {
          await roads.clock.pass(10); // What was posted is answered.
          roads.crash(north);
          caller = await a.client();
          await group.uploadFar(caller, entries);
          break;
        }
        case 2:
          walk.crash();
          break;
        case 3:
          await roads.clock.pass(below(4_000));
          break;
        case 4:
          walk.phone?.ackAll();
          break;
        case 5:
          await walk.connect();
          break;
        default:
          await walk.say(step, () => caller);
      }
    }
    await walk.end();
    expect(once(walk.phones).map(short)).toEqual(walk.said.map(short));
    expect(await waits(roads, north, south)).toBe(0);
    expect(once([phones[1]]).length).toBeLessThanOrEqual(walk.said.length);
  }, 60_000);

const zeros = bytes(0, 16);

test("[PE26] [PE27] what is too much for a server that is away, or waits for thirty days, is counted, and told at its return", async () => {
  const { roads, a, b, phones, group, caller } = await village({ config: { peerBacklogBytes: 1_000 } });
  const [, ben] = phones;
  await roads.clock.pass(2_000);
  roads.homes.delete(south);
  roads.cut();
  for (let i = 0; i < 5; i++) await group.say(caller, `${i}${"x".repeat(200)}`);
  await roads.clock.pass(1_000);
  expect(await waits(roads, north, south)).toBe(2);
  expect(ben.expired).toBe(0);
  const today = dayOf(roads.clock.nowMs());
  for (const [days, left] of [
    [30, 2],
    [31, 0],
  ] as const) {
    a.log.transaction(() => peers.expire?.(a.log.features.peers, today + days));
    expect([days, await waits(roads, north, south)]).toEqual([days, left]);
  }
  expect(a.log.features.peers.state(1).waitingBytes).toBe(0);
  await group.say(caller, "after a month");
  roads.homes.set(south, b);
  await roads.clock.pass(6 * minuteMs);
  expect(ben.expired).toBe(5);
  expect(ben.reads).toEqual(["welcome", "after a month"]);
  expect(await waits(roads, north, south)).toBe(0);
});

test("[PE71] a server that was away for long calls at its start those from which something came, and gets at once what waits there", async () => {
  const { roads, b, group, caller } = await village();
  await roads.clock.pass(2_000);
  roads.dies(south, b);
  await group.say(caller, "while it was away");
  // By now it is called every five minutes, and was just called.
  for (let asked = 0; asked < 12; ) {
    const before = roads.asked.length;
    await roads.clock.pass(1_000);
    asked += roads.asked.length - before;
  }
  expect(await waits(roads, north, south)).toBe(1);
  roads.homes.set(south, b);
  roads.crash(south);
  await roads.clock.pass(1_500);
  expect(await waits(roads, north, south)).toBe(0);
});

test("[PE49] [PE26] a home that takes nothing silences no group: its part of a list above a place's share is counted, and told later", async () => {
  const { roads, a, b, phones, group } = await village({ config: { peerBacklogBytes: 40_000 } });
  const [ann, ben] = phones;
  await roads.clock.pass(2_000);
  roads.homes.delete(south);
  roads.cut();
  const [caller, other] = [await a.client("one place"), await a.client("another")];
  const words = Array.from({ length: 8 }, (_, i) => `${i}${"x".repeat(1_000)}`);
  for (const word of words) await group.say(caller, word);
  expect(await waits(roads, north, south)).toBe(3);
  expect(a.server.counts().peerRowsGivenUp).toBe(5);
  await group.say(other, "another");
  expect(ann.reads).toEqual(["welcome", ...words, "another"]);
  // What is for one address is not given up, but refused: of it nobody would be told.
  const target = { kind: "far" as const, server: south, address: bytes(7, 16) };
  const parts = [{ target, envelope: bytes(1, 1_500) }];
  expect(await refusal(caller.post({ mode: "deposit" }, parts))).toBe("rate-limited");
  // What was not refused is kept, though it takes a little more than the share with its address.
  const whole = [{ target, envelope: bytes(1, 5_000) }];
  await (await a.client("a third")).post({ mode: "deposit" }, whole);
  expect(a.server.counts().peerRowsGivenUp).toBe(5);
  roads.homes.set(south, b);
  await roads.clock.pass(6 * minuteMs);
  expect([ben.expired, ben.reads]).toEqual([5, ["welcome", ...words.slice(0, 3), "another"]]);
  await group.say(caller, "and on");
  await roads.clock.pass(2_000);
  expect(ben.reads.at(-1)).toBe("and on");
});

test("[PE38] what was given up is told as far as there is room, and the rest once that is taken", async () => {
  const { roads, a, b, phones, group, caller, entries } = await village({ config: { peerBacklogBytes: 1_000 } });
  const [, ben] = phones;
  await roads.clock.pass(2_000);
  roads.homes.delete(south);
  roads.cut();
  // Eight lists of the same people, and one post to each that there is no room for.
  for (let i = 0; i < 8; i++) {
    await group.uploadFar(caller, [...entries, ...entries.slice(0, 1).flatMap((one) => Array(i).fill(one))]);
    await group.say(caller, `${i}${"x".repeat(1_500)}`);
  }
  roads.homes.set(south, b);
  const most = async () => {
    let found = 0;
    for (let i = 0; i < 400; i++) {
      await roads.clock.pass(1_000);
      found = Math.max(found, a.log.features.peers.state(1).waitingBytes);
    }
    return found;
  };
  await roads.do(north, "peers-try", { name: south });
  expect(await most()).toBeLessThanOrEqual(1_000);
  expect(ben.expired).toBe(8);
});

test("[PE39] a post for a server that may not come any more, or is to be met anew, is counted, and its devices are told", async () => {
  const { roads, phones, group, caller } = await village();
  const [, ben] = phones;
  await roads.clock.pass(2_000);
  await roads.do(north, "peers-deny", { name: south });
  await group.say(caller, "denied");
  await roads.clock.pass(1_000);
  await roads.do(north, "peers-allow", { name: south });
  await roads.do(north, "peers-try", { name: south });
  await roads.clock.pass(2_000);
  expect([ben.expired, ben.reads]).toEqual([1, ["welcome"]]);
  const open = new Roads();
  const [a, b] = [open.home(north), open.home(south)];
  await open.do(north, "peers-try", { name: south });
  const bob = await b.person("bob");
  const phone = await bob.phone.signIn(b);
  const address = await bob.phone.address(phone);
  const client = await a.client();
  const there = new Group("there");
  expect(await there.foundFar(client, [{ server: south, address }])).toEqual([]);
  await open.clock.pass(2_000);
  await open.do(north, "peers-trust", { name: south });
  await there.say(client, "meanwhile");
  await open.clock.pass(2_000);
  await there.say(client, "met");
  await open.clock.pass(2_000);
  expect([phone.expired, phone.reads]).toEqual([1, ["welcome", "met"]]);
});

test("[PE39] a list that was uploaded before a server was met has that server's part once it is uploaded again", async () => {
  const { roads, group, caller, entries } = await village();
  const c = roads.home(east);
  const eve = await c.person("eve");
  const phone = await eve.phone.signIn(c);
  const far = [...entries, { server: east, address: await eve.phone.address(phone) }];
  expect(await group.uploadFar(caller, far)).toEqual([east]);
  await group.say(caller, "before");
  await roads.do(north, "peers-try", { name: east });
  expect(await group.uploadFar(caller, far)).toEqual([]);
  await group.say(caller, "after");
  // Who uploads it while a server is away takes nobody's part.
  await roads.do(north, "peers-deny", { name: east });
  expect(await group.uploadFar(caller, far)).toEqual([east]);
  await roads.do(north, "peers-allow", { name: east });
  await group.say(caller, "still");
  await roads.clock.pass(5_000);
  expect(phone.reads).toEqual(["after", "still"]);
});

test("[PE42] a server that opens its line, takes nothing and cuts it is called ever more seldom, until it takes something", async () => {
  const { roads, b, phones, group, caller } = await village();
  const [, ben] = phones;
  await roads.clock.pass(2_000);
  roads.change = ({ message }) => {
    if (message[0] === 0x20) {
      roads.clock.after(1, () => roads.cut());
      return undefined;
    }
    return message;
  };
  await group.say(caller, "one");
  const opened = b.server.counts().peerLinesOpened;
  await roads.clock.pass(5 * minuteMs);
  const times = b.server.counts().peerLinesOpened - opened;
  expect(times).toBeGreaterThan(5);
  expect(times).toBeLessThan(12);
  roads.change = undefined;
  await roads.clock.pass(6 * minuteMs);
  expect(ben.reads).toEqual(["welcome", "one"]);
  await group.say(caller, "two");
  roads.cut();
  await roads.clock.pass(2_000);
  expect(ben.reads).toEqual(["welcome", "one", "two"]);
});

test("[PE28] a server that was put back from a backup gets what comes from then on, and so do those that it writes to", async () => {
  const { roads, a, b, phones, group, caller } = await village();
  const [, ben] = phones;
  await roads.clock.pass(2_000);
  await group.say(caller, "kept");
  await roads.clock.pass(2_000);
  for (const [home, of] of [
    [b, "in"],
    [a, "out"],
  ] as const) {
    // As it was some rows ago.
    roads.cut();
    const { peers } = home.log.features;
    const before = peers.state(1);
    home.log.transaction(() => {
      if (of === "in") peers.took(1, before.inStream ?? zeros, before.inN - 1, bytes(3, 16));
      else peers.restart(1, before.outStream ?? zeros, bytes(3, 16));
    });
    await group.say(caller, `after ${of}`);
    await roads.clock.pass(10_000);
  }
  expect(ben.reads).toEqual(["welcome", "kept", "after in", "after out"]);
  expect(await waits(roads, north, south)).toBe(0);
});
