/** Limits of delivery: how much one list, device, connection or place may post, found or keep, and who is refused. */
import { expect, test } from "bun:test";
import { encodeCall, type Part } from "@yanshu/wire";
import { hourMs, minuteMs } from "../core/rate.ts";
import type { Client } from "../testkit/client.ts";
import { deposit, dinner, noted, numbers, to } from "../testkit/dinner.ts";
import { Group } from "../testkit/group.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

const plentyOfCalls = { connection: 1e6, prefix: 1e6 };

test("[DS133] [DS24] from one IPv6 /48, and from everywhere together, no more groups are founded than home can keep", async () => {
  const home = new TestServer({ config: { createsPerHour: { connection: 100, prefix: 2, region: 3, all: 5 } } });
  let made = 0;
  const found = async (prefix: string) => {
    const group = new Group(`group ${made++}`);
    return group.found(await home.client(prefix), [new Uint8Array(16).fill(1)]);
  };
  for (const prefix of ["2001:db8:1:100", "2001:db8:1:100", "2001:db8:1:200"]) await found(prefix);
  expect(await refusal(found("2001:db8:1:300"))).toBe("rate-limited");
  await found("2001:db8:2:100");
  await found("192.0.2.1");
  expect(await refusal(found("192.0.2.2"))).toBe("rate-limited");
});

test("[DS182] foundings that are refused, or repeated, keep nobody from founding but those of their own place", async () => {
  const home = new TestServer({ config: { createsPerHour: { connection: 100, prefix: 3, region: 100, all: 4 } } });
  const ann = new Group("ann's");
  await ann.found(await home.client("192.0.2.1"), [new Uint8Array(16).fill(1)]);
  const parts = ann.parts("welcome to ann's");
  for (let place = 2; place < 6; place++) {
    const eve = await home.client(`192.0.2.${place}`);
    await eve.post(ann.create(parts), parts); // A repeat.
    const forged = { ...new Group(`eve ${place}`).create(parts), signature: new Uint8Array(64) };
    expect(await refusal(eve.post(forged, parts))).toBe("bad-signature");
    expect(await refusal(eve.post(forged, parts))).toBe("bad-signature");
    expect(await refusal(eve.post(forged, parts))).toBe("rate-limited");
  }
  const ben = await home.client("192.0.2.9");
  await new Group("ben's").found(ben, [new Uint8Array(16).fill(1)]);
  // Many at once are no more than one by one.
  const requests = Array.from({ length: 5 }, (_, i) => {
    const group = new Group(`at once ${i}`);
    group.list = ann.list;
    const own = group.parts("hello");
    return ben.postLater(group.create(own), own);
  });
  const answers = await Promise.all(requests.map((request) => ben.answer(request)));
  expect(answers.map(({ type }) => type)).toEqual(["ok", "ok", "error", "error", "error"]);
});

test("[DS134] lists take as much memory as they may, however small each is, and uploading without posting forgets none that is used", async () => {
  const { home, sender, group } = await dinner({ config: { listBytesKept: 1 << 20, callsPerMinute: plentyOfCalls } });
  const stranger = await home.client();
  for (let i = 0; i < 5_000; i++) {
    const address = new Uint8Array(16);
    new DataView(address.buffer).setUint32(0, i);
    stranger.send(encodeCall(i, "uploadList", { addresses: [address] }));
    if (i % 500 === 0) await group.say(sender, `in between ${i}`);
  }
  await home.clock.pass(5);
  await group.say(sender, "and after");
  const { lists, listBytes } = home.server.counts();
  expect(lists).toBeGreaterThan(100);
  expect(listBytes).toBeLessThanOrEqual(1 << 20);
});

test("[DS24] [DS130] a device that gets too much already is refused for before any list is looked up", async () => {
  const { sender, group, addresses } = await dinner({
    config: { postsPerMinute: { address: 1, list: 600, connection: 6_000, prefix: 6_000 } },
  });
  const note = to(addresses[1] as Uint8Array, "note");
  await sender.post(deposit, [note]);
  const unknown = { target: { kind: "list" as const, list: new Uint8Array(32).fill(9) }, envelope: noted("x") };
  expect(await refusal(sender.post(group.application(), [unknown, note]))).toBe("rate-limited");
});

test("[DS190] a post counts by how many it names: who names hundreds at a time is refused, from elsewhere nobody is", async () => {
  const home = new TestServer({
    config: { postsPerMinute: { address: 600, list: 600, connection: 1_000, prefix: 100 } },
  });
  const named = (count: number) =>
    Array.from({ length: count }, (_, n): Part => {
      const address = new Uint8Array(16);
      new DataView(address.buffer).setUint32(0, n + 1);
      return { target: { kind: "address", address }, envelope: new Uint8Array(1) };
    });
  const post = async (client: Client, count: number) => client.post(deposit, named(count));
  const eve = await home.client("203.0.113.9");
  for (let i = 0; i < 3; i++) await post(eve, 600); // 38 each: the third begins below the limit.
  expect(await refusal(post(eve, 1))).toBe("rate-limited");
  expect(await refusal(post(await home.client("203.0.113.9"), 600))).toBe("rate-limited");
  const ann = await home.client("198.51.100.7");
  for (let i = 0; i < 100; i++) await post(ann, i < 50 ? 16 : 1); // Each of them is one.
  expect(await refusal(post(ann, 1))).toBe("rate-limited");
  const ben = new TestServer({
    config: { postsPerMinute: { address: 600, list: 600, connection: 50, prefix: 10_000 } },
  });
  const one = await ben.client("198.51.100.7");
  for (let i = 0; i < 2; i++) await post(one, 600);
  expect(await refusal(post(one, 1))).toBe("rate-limited");
});

test("[DS24] one list takes so many posts a minute, and so does one connection; then it says so", async () => {
  const { home, sender, group } = await dinner({
    config: { postsPerMinute: { address: 600, list: 600, connection: 3_000, prefix: 12_000 } },
  });
  let refused = 0;
  for (let i = 0; i < 700; i++) sender.postLater(group.application(), group.parts(`a ${i}`));
  await home.clock.pass(10);
  refused = sender.errors.filter(({ code }) => code === "rate-limited").length;
  expect(refused).toBeGreaterThanOrEqual(100);
  await home.clock.pass(minuteMs);
  await group.say(sender, "a minute later");
});

test("[DS24] ten thousand posts a second from one socket: bounded, and refused by name", async () => {
  const { home, bobPhone, sender, group } = await dinner({
    config: { postsPerMinute: { address: 600, list: 600, connection: 3_000, prefix: 12_000 } },
  });
  bobPhone.acking = true;
  for (let i = 0; i < 10_000; i++) sender.postLater(group.application(), group.parts(`${i}`));
  await home.clock.pass(1_000);
  const codes = new Set(sender.errors.map(({ code }) => code));
  expect([...codes]).toEqual(["rate-limited"]);
  expect(sender.errors.length).toBeGreaterThan(9_000);
  expect(bobPhone.reads.length).toBeLessThanOrEqual(600);
  for (let i = 0; i < 20_000; i++) sender.postLater(group.application(), group.parts(`${i}`));
  expect(sender.closedWith).toEqual({ code: 4005, reason: "flooding" });
});

test("[DS24] one prefix shares its limit, another does not notice", async () => {
  const home = new TestServer({ config: { callsPerMinute: { connection: 100, prefix: 3 } } });
  const flooder = await home.client("192.0.2.1");
  await flooder.call("hello", { versions: [1] });
  await flooder.call("hello", { versions: [1] });
  const neighbour = home.socket("192.0.2.1");
  expect(await refusal(neighbour.call("hello", { versions: [1] }))).toBe("rate-limited");
  await home.client("192.0.2.2");
});

test("[DS24] a full queue refuses a note; in a list it is skipped, and the device is told", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group, addresses } = await dinner({ config: { queueMax: 3 } });
  bobPhone.close();
  for (const text of numbers(5)) await group.say(sender, text);
  expect(await refusal(sender.post(deposit, [to(addresses[1] as Uint8Array, "note")]))).toBe("queue-full");
  expect(alicePhone.reads).toEqual(numbers(5));
  const back = await bob.phone.signIn(home);
  expect(back.reads).toEqual(numbers(3));
  expect(back.expired).toBe(2);
  back.ackAll();
  back.close();
  await home.clock.pass(100);
  await group.say(sender, "room again");
  expect((await bob.phone.signIn(home)).reads).toEqual(["room again"]);
});

test("[DS24] a queue is full in bytes too: envelopes of a megabyte do not fill the disk", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group, addresses } = await dinner({
    config: { queueBytesMax: 2_500_000 },
  });
  bobPhone.close();
  const large = ["a", "b", "c", "d"].map((message) => message.repeat(900_000));
  for (const text of large) await group.say(sender, text);
  const note = to(addresses[1] as Uint8Array, "n".repeat(900_000));
  expect(await refusal(sender.post(deposit, [note]))).toBe("queue-full");
  await group.say(sender, "a small one still fits");
  expect(alicePhone.reads).toEqual([...large, "a small one still fits"]);
  const back = await bob.phone.signIn(home);
  await home.clock.pass(10);
  expect(back.reads).toEqual([...large.slice(0, 2), "a small one still fits"]);
  expect(back.expired).toBe(2); // He is told of what there was no room for.
  back.ackAll();
  back.close();
  await home.clock.pass(100);
  const late = "z".repeat(900_000);
  await group.say(sender, late);
  expect((await bob.phone.signIn(home)).reads).toEqual([late]);
});

test("[DS24] a device that reads and acknowledges nothing is held to the same bytes", async () => {
  const { home, bobPhone, sender, group } = await dinner({ config: { queueBytesMax: 20_000_000 } });
  bobPhone.acking = false;
  const device = 2;
  for (let i = 0; i < 40; i++) await group.say(sender, `${i}`.padEnd(1_000_000, " "));
  await home.clock.pass(10_000);
  expect(home.log.delivery.queueBytes(device)).toBeLessThan(21_000_000);
  expect(home.log.delivery.queueBytes(device)).toBeGreaterThan(15_000_000);
  expect(bobPhone.closedWith).toBeUndefined();
});

test("[DS24] [DS125] as much as the operator says may be unacknowledged: what comes then waits on the disk at once", async () => {
  for (const [config, waits] of [
    [{ unackedBytesMax: 2_000_000 }, true],
    [{}, false],
  ] as const) {
    const { home, bobPhone, sender, group } = await dinner({ config });
    bobPhone.acking = false;
    for (let i = 0; i < 5; i++) await group.say(sender, `${i}`.padEnd(900_000, " "));
    expect(home.log.delivery.queueBytes(2) > 0).toBe(waits);
  }
});

test("[DS24] founding groups is limited by connection and by prefix, and says so", async () => {
  const home = new TestServer({ config: { createsPerHour: { connection: 2, prefix: 3, region: 100, all: 100 } } });
  const found = async (client: Client, name: string) => new Group(name).found(client, [new Uint8Array(16).fill(1)]);
  const flooder = await home.client("192.0.2.1");
  await found(flooder, "one");
  await found(flooder, "two");
  expect(await refusal(found(flooder, "three"))).toBe("rate-limited");
  const again = await home.client("192.0.2.1");
  await found(again, "four");
  expect(await refusal(found(again, "five"))).toBe("rate-limited");
  await found(await home.client("192.0.2.2"), "another's");
  await home.clock.pass(hourMs);
  await found(again, "an hour later");
});
