/** Delivery: from a post to every device, on a manual clock over a real database. */
import { expect, test } from "bun:test";
import { encodeParts, gateBytes, limits, type PostHeader, postHashOf } from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayMs, hourMs, minuteMs } from "../core/rate.ts";
import type { Client } from "../testkit/client.ts";
import { deposit, dinner, noted, numbers, to } from "../testkit/dinner.ts";
import { Group } from "../testkit/group.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

test("[DS17] a message reaches every device of its list, the sender's own included", async () => {
  const { alicePhone, bobPhone, sender, group } = await dinner();
  await group.say(sender, "eight o'clock?");
  expect(bobPhone.reads).toEqual(["eight o'clock?"]);
  expect(alicePhone.reads).toEqual(["eight o'clock?"]);
  expect(bobPhone.pushes[0]).toMatchObject({ mode: "application", gate: group.gate, epoch: 1 });
  expect(bobPhone.pushes[0]?.target).toEqual({ kind: "list", list: group.list });
});

test("[DS16] a post is answered and pushed only after its commit", async () => {
  const { home, bobPhone, sender, group } = await dinner();
  const request = sender.postLater(group.application(), group.parts("hello"));
  expect(sender.answered(request)).toBeUndefined();
  expect(bobPhone.reads).toEqual([]);
  await home.clock.pass(2);
  expect(sender.answered(request)?.type).toBe("ok");
  expect(bobPhone.reads).toEqual(["hello"]);
});

test("[DS16] many posts share one commit, and 512 do not wait for the clock", async () => {
  const { home, sender, group } = await dinner();
  const before = home.server.counts().commits;
  const requests = numbers(511).map((text) => sender.postLater(group.application(), group.parts(text)));
  expect(sender.answered(requests[0] as number)).toBeUndefined();
  requests.push(sender.postLater(group.application(), group.parts("last")));
  expect(requests.every((request) => sender.answered(request)?.type === "ok")).toBe(true);
  expect(home.server.counts().commits).toBe(before + 1);
});

test("[DS18] ids rise on a connection, and posts of one gate keep their order", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  bobPhone.close();
  for (const text of numbers(20)) await group.say(sender, text);
  const back = await bob.phone.signIn(home);
  for (const text of numbers(20)) await group.say(sender, `live ${text}`);
  expect(back.reads).toEqual([...numbers(20), ...numbers(20).map((text) => `live ${text}`)]);
  const ids = back.pushes.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
});

test("[DS21] who was away catches up in order, once", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  bobPhone.close();
  for (const text of numbers(40)) await group.say(sender, text);
  const back = await bob.phone.signIn(home);
  expect(back.reads).toEqual(numbers(40));
  back.ackAll();
  await home.clock.pass(100);
  expect((await bob.phone.signIn(home)).reads).toEqual([]);
});

test("[DS21] a long backlog is sent as it is acknowledged, and what comes meanwhile follows it", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner({
    config: { postsPerMinute: { address: 1e6, list: 1e6, connection: 1e6, prefix: 1e6 } },
  });
  bobPhone.close();
  for (const text of numbers(1_500)) sender.postLater(group.application(), group.parts(text));
  await home.clock.pass(10);
  const back = await bob.phone.signIn(home);
  expect(back.pushes.length).toBe(512);
  await group.say(sender, "while reading");
  for (let i = 0; i < 5; i++) {
    back.ackAll();
    await home.clock.pass(30);
  }
  await group.say(sender, "live");
  expect(back.reads).toEqual([...numbers(1_500), "while reading", "live"]);
});

test("[DS21] a live device that does not acknowledge is sent no more than it may owe", async () => {
  const { home, bobPhone, alicePhone, sender, group } = await dinner({
    config: { postsPerMinute: { address: 1e6, list: 1e6, connection: 1e6, prefix: 1e6 } },
  });
  alicePhone.acking = true;
  for (const text of numbers(6_000)) sender.postLater(group.application(), group.parts(text));
  await home.clock.pass(10);
  expect(bobPhone.pushes.length).toBeLessThan(4_200);
  expect(alicePhone.reads.length).toBe(6_000);
  for (let i = 0; i < 12; i++) {
    bobPhone.ackAll();
    await home.clock.pass(30);
  }
  expect(bobPhone.reads).toEqual(numbers(6_000));
});

test("[DS19] what was not acknowledged when the connection ends is sent again, the rest is not", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  for (const text of numbers(10)) await group.say(sender, text);
  const ids = bobPhone.pushes.map(({ id }) => id);
  bobPhone.ack(
    { first: ids[0] as number, last: ids[3] as number },
    { first: ids[6] as number, last: ids[6] as number },
  );
  bobPhone.close();
  expect((await bob.phone.signIn(home)).reads).toEqual(["4", "5", "7", "8", "9"]);
});

test("[DS19] an envelope whose last reader leaves becomes a row before its packed list goes", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group } = await dinner();
  await group.say(sender, "first");
  await group.say(sender, "second");
  const first = bobPhone.pushes[0]?.id as number;
  bobPhone.ack({ first, last: first });
  alicePhone.ackAll(); // "first" is done with, and waits to be written …
  bobPhone.close(); // … together with the row for "second".
  expect((await bob.phone.signIn(home)).reads).toEqual(["second"]);
});

test("[DS19] after three seconds the unacknowledged is a row, and may still be acknowledged", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group } = await dinner();
  alicePhone.acking = true;
  await group.say(sender, "hello");
  await home.clock.pass(2_000);
  expect(home.server.counts().outstanding).toBe(1);
  await home.clock.pass(3_000);
  expect(home.server.counts().outstanding).toBe(0);
  expect(bobPhone.reads).toEqual(["hello"]);
  bobPhone.ackAll();
  await home.clock.pass(100);
  expect((await bob.phone.signIn(home)).reads).toEqual([]);
});

test("[DS19] nothing of a delivered envelope is left", async () => {
  const { home, alicePhone, bobPhone, sender, group } = await dinner();
  await home.clock.pass(500);
  const before = home.log.counts().bytes;
  for (const text of numbers(50)) await group.say(sender, text);
  alicePhone.ackAll();
  bobPhone.ackAll();
  await home.clock.pass(500);
  expect(home.server.counts().outstanding).toBe(0);
  for (const device of [1, 2]) expect(home.log.delivery.queueLength(device)).toBe(0);
  expect(home.log.transaction(() => home.log.delivery.recover())).toBe(0);
  expect(home.log.counts().bytes).toBe(before);
});

test("[DS36] after a crash everything that was answered arrives, to those connected and those away", async () => {
  const { home, alice, bob, alicePhone, bobPhone, sender, group } = await dinner();
  bobPhone.close();
  for (const text of numbers(5)) await group.say(sender, text);
  const unanswered = sender.postLater(group.application(), group.parts("not answered"));
  home.crash([alicePhone, sender]);
  await home.clock.pass(100);
  expect(sender.answered(unanswered)).toBeUndefined();
  expect((await alice.phone.signIn(home)).reads).toEqual(numbers(5));
  expect((await bob.phone.signIn(home)).reads).toEqual(numbers(5));
});

test("[DS36] an ack that was not on disk at the crash means a push again, not a loss", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group } = await dinner();
  await group.say(sender, "hello");
  bobPhone.ackAll();
  home.crash([alicePhone, bobPhone, sender]);
  const back = await bob.phone.signIn(home);
  expect(back.reads.at(-1)).toBe("hello");
});

test("[DS18] ids are never used twice, also after a crash with an empty queue", async () => {
  const { home, alice, bob, bobPhone, alicePhone, sender, group, addresses } = await dinner();
  await group.say(sender, "before");
  const before = bobPhone.pushes[0]?.id as number;
  bobPhone.ackAll();
  alicePhone.ackAll();
  await home.clock.pass(500);
  home.crash([alicePhone, bobPhone, sender]);
  await alice.phone.signIn(home);
  const back = await bob.phone.signIn(home);
  const again = await home.client();
  await group.upload(again, addresses);
  await group.say(again, "after");
  expect(back.pushes[0]?.id).toBeGreaterThan(before);
});

test("[DS22] while a device changes its connection, nothing falls between", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  const phones = [bobPhone];
  for (let i = 0; i < 30; i++) {
    sender.postLater(group.application(), group.parts(`${i}`));
    if (i % 3 === 0) {
      const next = await home.client();
      void bob.phone.signInOn(next);
      phones.push(next);
    }
    await home.clock.pass(i % 2);
  }
  await home.clock.pass(20);
  const read = new Set(phones.flatMap(({ reads }) => reads));
  expect([...read].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(30));
  const last = phones.at(-1) as Client;
  last.ackAll();
  await home.clock.pass(100);
  expect((await bob.phone.signIn(home)).reads).toEqual([]);
});

test("[DS20] an ack counts for what was sent on this connection only, and for no other device", async () => {
  const { home, alice, bob, bobPhone, alicePhone, sender, group } = await dinner();
  await group.say(sender, "hello");
  bobPhone.close();
  await group.say(sender, "are you there?");
  alicePhone.ack({ first: 0, last: Number.MAX_SAFE_INTEGER });
  await home.clock.pass(100);
  const back = await bob.phone.signIn(home);
  expect(back.reads).toEqual(["hello", "are you there?"]);
  expect((await alice.phone.signIn(home)).reads).toEqual([]);
});

test("[DS4] a post to an unknown or deleted address succeeds and skips it", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group, addresses } = await dinner();
  await sender.post(deposit, [to(new Uint8Array(16).fill(1), "nobody")]);
  await bobPhone.call("addresses", { add: [], remove: [addresses[1] as Uint8Array] });
  await group.say(sender, "blocked");
  await sender.post(deposit, [to(addresses[1] as Uint8Array, "note")]);
  expect(bobPhone.reads).toEqual([]);
  expect(alicePhone.reads).toEqual(["blocked"]);
  expect((await bob.phone.signIn(home)).reads).toEqual([]);
});

test("[DS15] an address that is registered after the list was uploaded is served", async () => {
  const { bobPhone, sender, addresses } = await dinner();
  const group = new Group("later");
  const coming = new Uint8Array(16).fill(9);
  await group.found(sender, [addresses[0] as Uint8Array, coming]);
  await bobPhone.call("addresses", { add: [coming], remove: [] });
  await group.say(sender, "welcome");
  expect(bobPhone.reads).toEqual(["welcome"]);
});

test("[DS15] two addresses of one device in a list are one push", async () => {
  const { bob, bobPhone, sender, addresses } = await dinner();
  const group = new Group("twice");
  await group.found(sender, [addresses[1] as Uint8Array, await bob.phone.address(bobPhone)]);
  expect(bobPhone.reads).toEqual(["welcome to twice"]);
});

test("[DS15] a list has 1 to 1,024 addresses", async () => {
  const { sender } = await dinner();
  const addresses = Array.from({ length: limits.listAddressesMax }, (_, i) =>
    Uint8Array.of(i, i >> 8, ...new Uint8Array(14)),
  );
  await sender.call("uploadList", { addresses });
  expect(await refusal(sender.call("uploadList", { addresses: [] }))).toBe("malformed");
});

test("[DS38] a device learns which of its own addresses a list names, and nobody else's", async () => {
  const { alice, bob, alicePhone, bobPhone, sender } = await dinner();
  const [first, second] = [await alice.phone.address(alicePhone), await alice.phone.address(alicePhone)];
  const other = await bob.phone.address(bobPhone);
  const { hash } = await sender.call("uploadList", { addresses: [first, other, second] });
  expect(await alicePhone.call("listed", { list: hash })).toEqual({ addresses: [first, second] });
  expect(await bobPhone.call("listed", { list: hash })).toEqual({ addresses: [other] });
  expect(await alicePhone.call("listed", { list: new Uint8Array(32) })).toEqual({ addresses: [] });
  expect(await refusal(sender.call("listed", { list: hash }))).toBe("not-signed-in");
});

test("[DS15] an unknown list is refused, and so after a restart", async () => {
  const { home, alice, alicePhone, bobPhone, sender, group, addresses } = await dinner();
  home.crash([alicePhone, bobPhone, sender]);
  const phone = await alice.phone.signIn(home);
  phone.pushes.length = 0;
  const again = await home.client();
  expect(await refusal(group.say(again, "hello"))).toBe("unknown-list");
  await group.upload(again, addresses);
  await group.say(again, "hello");
  expect(phone.reads).toEqual(["hello"]);
});

test("[DS11] a post with an unknown list stores no part and moves no gate", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group, addresses } = await dinner();
  const parts = [
    ...group.parts("commit"),
    to(addresses[1] as Uint8Array, "note"),
    { target: { kind: "list" as const, list: new Uint8Array(32).fill(3) }, envelope: noted("welcome") },
  ];
  expect(await refusal(sender.post(group.commit(parts), parts))).toBe("unknown-list");
  await home.clock.pass(100);
  expect(bobPhone.reads).toEqual([]);
  expect(alicePhone.reads).toEqual([]);
  expect((await bob.phone.signIn(home)).reads).toEqual([]);
  await group.say(sender, "still epoch one");
});

test("[DS11] a deposit goes to single addresses; too many lists are too much work", async () => {
  const { bobPhone, sender, group, addresses } = await dinner();
  await sender.post(deposit, [to(addresses[1] as Uint8Array, "note")]);
  expect(bobPhone.pushes[0]).toMatchObject({ mode: "deposit", gate: undefined, epoch: 0 });
  expect(bobPhone.reads).toEqual(["note"]);
  expect(await refusal(sender.post(deposit, group.parts("x")))).toBe("malformed");
  const nine = numbers(9).flatMap((text) => group.parts(text));
  expect(await refusal(sender.post(group.application(), nine))).toBe("too-large");
});

test("[DS12] a creating post needs the founding key, and a gate is created once", async () => {
  const { sender, group, addresses } = await dinner();
  const other = new Group("other");
  await other.upload(sender, addresses);
  const parts = other.parts("welcome");
  expect(await refusal(sender.post(other.create(parts, group.founding), parts))).toBe("bad-signature");
  const header = other.create(parts);
  const stolen = { ...header, gate: new Uint8Array(32).fill(1) };
  expect(await refusal(sender.post(stolen, parts))).toBe("bad-signature");
  // Well signed, by the key that it shows: the id of the gate is another's.
  const unsigned = { ...header, gate: new Group("third").gate } as Extract<PostHeader, { mode: "create" }>;
  const hash = postHashOf(nodePrimitives.sha256, encodeParts(parts));
  const signed = { ...unsigned, signature: other.founding.sign(gateBytes(unsigned, hash)) };
  expect(await refusal(sender.post(signed, parts))).toBe("bad-signature");
  await sender.post(header, parts);
  await sender.post(header, parts); // A repeat.
  const anew = other.parts("anew");
  expect(await refusal(sender.post(other.create(anew), anew))).toBe("gate-exists");
});

test("[DS12] an application post names a gate that is there, its epoch, and shows its token", async () => {
  const { sender, group } = await dinner();
  const parts = group.parts("hello");
  expect(await refusal(sender.post(new Group("none").application(1), parts))).toBe("unknown-gate");
  expect(await refusal(sender.post(group.application(1, group.tokenOf(2)), parts))).toBe("bad-post-token");
  expect(await refusal(sender.post(group.application(2), parts))).toBe("stale-epoch");
  await sender.post(group.application(1), parts);
});

test("[DS13] a commit moves the gate; later posts of the old epoch are stale", async () => {
  const { bobPhone, sender, group } = await dinner();
  const parts = group.parts("commit");
  await sender.post(group.commit(parts), parts);
  const late = await sender.post(group.application(1), group.parts("late")).catch((error) => error.answer);
  expect(late).toMatchObject({ code: "stale-epoch", epoch: 2 });
  const rival = group.parts("rival");
  expect(await refusal(sender.post(group.commit(rival, 1), rival))).toBe("stale-epoch");
  group.epoch = 2;
  await group.say(sender, "new epoch");
  expect(bobPhone.reads).toEqual(["commit", "new epoch"]);
  const second = group.parts("second");
  await sender.post(group.commit(second), second);
  group.epoch = 3;
  await group.say(sender, "third epoch");
});

test("[DS13] of posts in one batch, those before the commit pass and those after are stale", async () => {
  const { home, bobPhone, sender, group } = await dinner();
  const parts = group.parts("commit");
  const before = sender.postLater(group.application(1), group.parts("before"));
  const commit = sender.postLater(group.commit(parts), parts);
  const after = sender.postLater(group.application(1), group.parts("after"));
  const rival = sender.postLater(group.commit(group.parts("rival"), 1), group.parts("rival"));
  await home.clock.pass(5);
  const answers = [before, commit, after, rival].map((request) => sender.answered(request)?.type);
  expect(answers).toEqual(["ok", "ok", "error", "error"]);
  expect(bobPhone.reads).toEqual(["before", "commit"]);
});

test("[DS13] a removed member posts nothing: it has neither the next token nor the next key", async () => {
  const { sender, group } = await dinner();
  const parts = group.parts("removal");
  await sender.post(group.commit(parts), parts);
  const mine = group.parts("I am still here");
  expect(await refusal(sender.post(group.application(2, group.tokenOf(1)), mine))).toBe("bad-post-token");
  expect(await refusal(sender.post(group.commit(mine, 2, group.keyOf(1)), mine))).toBe("bad-signature");
});

test("[DS13] a commit that was signed for other parts is refused", async () => {
  const { sender, group } = await dinner();
  const header = group.commit(group.parts("signed"));
  expect(await refusal(sender.post(header, group.parts("swapped")))).toBe("bad-signature");
});

test("[DS14] a repeated commit is answered ok and stored once, also after a crash", async () => {
  const { home, alice, bobPhone, alicePhone, sender, group, addresses } = await dinner();
  const parts = group.parts("commit");
  const header = group.commit(parts);
  await sender.post(header, parts);
  await sender.post(header, parts);
  expect(bobPhone.reads).toEqual(["commit"]);
  home.crash([bobPhone, alicePhone, sender]);
  const phone = await alice.phone.signIn(home);
  phone.ackAll();
  phone.pushes.length = 0;
  const again = await home.client();
  await group.upload(again, addresses);
  await again.post(header, parts);
  expect(phone.reads).toEqual([]);
});

test("[DS14] a repeated message is recognised for ten minutes, also in a later epoch", async () => {
  const { home, bobPhone, sender, group } = await dinner();
  const header = group.application();
  const parts = group.parts("once");
  await sender.post(header, parts);
  await sender.post(header, parts);
  await home.clock.pass(9 * minuteMs);
  const commit = group.parts("commit");
  await sender.post(group.commit(commit), commit);
  await sender.post(header, parts);
  expect(bobPhone.reads).toEqual(["once", "commit"]);
  await home.clock.pass(21 * minuteMs);
  expect(await refusal(sender.post(header, parts))).toBe("stale-epoch");
});

test("[DS17] a large list is published once; nobody who is away, reading or gone is missed", async () => {
  const home = new TestServer({ config: { topicFrom: 3 } });
  const names = numbers(6).map((n) => `person ${n}`);
  const people = await Promise.all(names.map((name) => home.person(name)));
  const phones = [];
  const addresses = [];
  for (const person of people) {
    const phone = await person.phone.signIn(home);
    phones.push(phone);
    addresses.push(await person.phone.address(phone));
  }
  const sender = await home.client();
  const group = new Group("village");
  await group.found(sender, addresses);
  await group.say(sender, "all");
  expect([...home.published.values()]).toEqual([2]);
  phones[0]?.close();
  await phones[1]?.call("addresses", { add: [], remove: [addresses[1] as Uint8Array] });
  await group.say(sender, "without two");
  expect([...home.published.values()]).toEqual([3]);
  const back = await people[0]?.phone.signIn(home);
  await group.say(sender, "five again");
  const welcome = "welcome to village";
  expect(phones[1]?.reads).toEqual([welcome, "all"]);
  expect(phones[2]?.reads).toEqual([welcome, "all", "without two", "five again"]);
  expect(back?.reads).toEqual([welcome, "all", "without two", "five again"]);
  phones[2]?.close();
  phones[3]?.close();
  await group.say(sender, "three: one by one");
  expect([...home.published.values()]).toEqual([4]);
  expect(phones[5]?.reads.at(-1)).toBe("three: one by one");
  expect(phones[5]?.reads).toHaveLength(5);
});

test("[DS23] what nobody fetched for thirty days goes, and the device is told until it acknowledges", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  const later = async (days: number) => {
    home.clock.jump(days * dayMs);
    await home.clock.pass(26 * hourMs); // A leap is believed after a day (DS65).
  };
  bobPhone.close();
  for (const text of numbers(3)) await group.say(sender, text);
  await later(20);
  await group.say(sender, "younger");
  await later(12);
  const back = await bob.phone.signIn(home);
  expect(back.expired).toBe(3);
  expect(back.reads).toEqual(["younger"]);
  back.close();
  const again = await bob.phone.signIn(home);
  expect(again.expired).toBe(3);
  again.ack();
  await home.clock.pass(100);
  expect((await bob.phone.signIn(home)).expired).toBe(0);
}, 60_000);

test("[DS23] what fails of a day's work keeps nothing else of it back", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  const broken = () => {
    throw new Error("it does not go");
  };
  Object.assign(home.log.delivery, { dropGates: broken });
  bobPhone.close();
  await group.say(sender, "one");
  home.clock.jump(32 * dayMs);
  await home.clock.pass(26 * hourMs); // A leap is believed after a day (DS65).
  const back = await bob.phone.signIn(home);
  expect([back.expired, back.reads]).toEqual([1, []]);
}, 60_000);

test("[DS10] a gate that a year forgot goes; one in use stays", async () => {
  const { home, sender, group, addresses } = await dinner();
  const idle = new Group("idle");
  await idle.found(sender, addresses);
  for (let season = 0; season < 5; season++) {
    home.clock.jump(80 * dayMs);
    await group.upload(sender, addresses);
    await group.say(sender, `season ${season}`);
  }
  await home.clock.pass(26 * hourMs); // A leap is believed after a day (DS65).
  await group.upload(sender, addresses);
  await group.say(sender, "still here");
  expect(await refusal(idle.say(sender, "hello?"))).toBe("unknown-gate");
});

test("[DS133] a gate that never reached anybody goes within days, however much is posted there; one that did stays its year", async () => {
  const { home, sender, group, addresses } = await dinner();
  const nobody = new Uint8Array(16).fill(99);
  const [idle, busy, late] = [new Group("idle"), new Group("busy"), new Group("late")];
  await idle.found(sender, [nobody]);
  await busy.found(sender, [nobody]);
  await late.found(sender, [nobody]);
  await late.upload(sender, addresses);
  await late.say(sender, "now somebody hears it");
  for (let day = 0; day < 5; day++) {
    home.clock.jump(23 * hourMs);
    await home.clock.pass(hourMs + 1);
    await busy.say(sender, `day ${day}`).catch(() => undefined);
    const parts = busy.parts("a commit to nobody");
    await sender.post(busy.commit(parts), parts).catch(() => undefined);
    busy.epoch++;
  }
  expect(await refusal(idle.say(sender, "hello?"))).toBe("unknown-gate");
  expect(await refusal(busy.say(sender, "hello?"))).toBe("unknown-gate");
  await late.say(sender, "and still");
  await group.say(sender, "and still");
});

test("[DS25] a rendezvous mailbox takes deposits for ten minutes, on the connection that opened it", async () => {
  const { home, sender, addresses } = await dinner();
  const device = await home.client();
  const box = new Uint8Array(16).fill(5);
  await device.call("rendezvous", { address: box });
  await sender.post(deposit, [to(box, "package")]);
  expect(device.reads).toEqual(["package"]);
  // Whether an address is somebody's is told to nobody (DS4): a mailbox there gets nothing.
  await device.call("rendezvous", { address: addresses[0] as Uint8Array });
  await sender.post(deposit, [to(addresses[0] as Uint8Array, "for its owner")]);
  expect(device.reads).toEqual(["package"]);
  await home.clock.pass(11 * minuteMs);
  await sender.post(deposit, [to(box, "too late")]);
  expect(device.reads).toEqual(["package"]);
  for (let i = 0; i < 4; i++) await device.call("rendezvous", { address: new Uint8Array(16).fill(20 + i) });
  expect(await refusal(device.call("rendezvous", { address: new Uint8Array(16).fill(30) }))).toBe("rate-limited");
  device.close();
  await sender.post(deposit, [to(new Uint8Array(16).fill(20), "gone")]);
  expect(device.reads).toEqual(["package"]);
});

test("[DS25] one prefix opens 64 mailboxes and no more, and keeps nobody else from linking", async () => {
  const { home } = await dinner();
  const open = async (prefix: string, number: number) =>
    (await home.client(prefix)).call("rendezvous", { address: new Uint8Array(16).fill(number) });
  for (let i = 0; i < 64; i++) await open("10.0.0.1", 100 + i);
  expect(await refusal(open("10.0.0.1", 164))).toBe("rate-limited");
  await open("10.0.0.2", 165);
  await home.clock.pass(11 * minuteMs);
  await open("10.0.0.1", 166);
});

test("[DS31] a full disk refuses posts, keeps what was answered, and recovers with room", async () => {
  const { home, bob, bobPhone, alicePhone, sender, group } = await dinner({ log: { pagesMax: 120 } });
  alicePhone.acking = true;
  bobPhone.close();
  const long = "x".repeat(8_000);
  const stored: string[] = [];
  let code = "";
  for (let i = 0; code === ""; i++) {
    const text = `${i} ${long}`;
    await group.say(sender, text).then(
      () => stored.push(text),
      (error) => {
        code = error.code;
      },
    );
  }
  expect(code).toBe("storage-full");
  expect(stored.length).toBeGreaterThan(2);
  expect(await refusal(group.say(sender, `again ${long}`))).toBe("storage-full");
  const back = await bob.phone.signIn(home);
  expect(back.reads).toEqual(stored);
  back.ackAll();
  await home.clock.pass(2_000);
  await group.say(sender, `room ${long}`);
  expect(back.reads.at(-1)).toBe(`room ${long}`);
});

test("[DS36] a clock that jumps a day either way stops nothing", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  for (const days of [1, -2, 1]) {
    home.clock.jump(days * dayMs);
    await group.say(sender, `jump ${days} from ${home.clock.nowMs()}`);
    await home.clock.pass(5_000);
  }
  expect(bobPhone.reads).toHaveLength(3);
  const { reads } = bobPhone;
  bobPhone.close();
  expect((await bob.phone.signIn(home)).reads).toEqual(reads);
});

test("[DS65] a clock that leaps a year ahead drops no message, gate or package; nor does one that goes back", async () => {
  const { home, bob, bobPhone, alice, alicePhone, sender, group, addresses } = await dinner();
  const expiresAtMs = home.clock.nowMs() + 60 * dayMs;
  await alicePhone.call("keyPackages", {
    add: [{ package: new Uint8Array(40).fill(5), expiresAtMs, lastResort: false }],
    replace: false,
  });
  bobPhone.close();
  for (const text of numbers(3)) await group.say(sender, text);
  home.clock.jump(400 * dayMs);
  await home.clock.pass(5 * hourMs);
  // The process is begun again while the clock is wrong; what it finds on disk is older than it says.
  home.crash([sender, alicePhone]);
  await home.clock.pass(5 * hourMs);
  home.clock.jump(-400 * dayMs);
  await home.clock.pass(2 * hourMs);
  const back = await bob.phone.signIn(home);
  expect([back.expired, back.reads]).toEqual([0, numbers(3)]);
  const phone = await alice.phone.signIn(home);
  expect(await phone.call("keyPackages", { add: [], replace: false })).toEqual({ left: 1 });
  const caller = await home.client();
  await group.upload(caller, addresses);
  await group.say(caller, "still the same group");
  home.clock.jump(-90 * dayMs);
  await home.clock.pass(30 * hourMs);
  expect(back.expired).toBe(0);
}, 60_000);

test("[DS65] a leap that has stood for a day is believed, by a server that was begun again too", async () => {
  const { home, bob, bobPhone, sender, group } = await dinner();
  bobPhone.close();
  for (const text of numbers(3)) await group.say(sender, text);
  await home.clock.pass(100);
  home.crash([sender]);
  home.clock.jump(40 * dayMs);
  await home.clock.pass(20 * hourMs);
  const early = await bob.phone.signIn(home);
  expect(early.reads).toEqual(numbers(3));
  early.close();
  await home.clock.pass(6 * hourMs);
  expect((await bob.phone.signIn(home)).expired).toBe(3);
});

test("[DS36] a stopped server leaves no timer behind and answers nothing", async () => {
  const { home, sender, group } = await dinner();
  const request = sender.postLater(group.application(), group.parts("lost"));
  home.server.stop();
  expect(home.clock.pending).toBe(0);
  await home.clock.pass(1_000);
  expect(sender.answered(request)).toBeUndefined();
});
