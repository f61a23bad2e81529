/** Wake-ups between a real server, real clients and a push host of our own on loopback. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@yanshu/client";
import { createBunPush, endpointOf, isPublicAddress, keysOf, sealWakeup, vapidKeys } from "@yanshu/server";
import type { Person } from "../world/person.ts";
import { World } from "../world/world.ts";
import { type BrowserSubscription, PushHost } from "./host.ts";

// What is sent is really sent, and a busy machine takes its time for it.
setDefaultTimeout(60_000);
const secondMs = 1_000;
const keys = keysOf(new Uint8Array(32).fill(9));
const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

let host: PushHost;
beforeAll(async () => {
  host = await PushHost.open();
});
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

type Pair = { world: World; ann: Person; ben: Person; chat: Hex; phone: BrowserSubscription };

/** Ann and Ben are friends; Ben's device has subscribed. */
async function pair(seed: number): Promise<Pair> {
  const push = createBunPush({ keys, subject: "mailto:home@yan.test", loopback: true });
  const world = new World({ seed, push });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const phone = host.subscribe();
  expect(await world.during(ben.api.pushKey())).toEqual(keys.publicKey);
  await world.during(ben.api.subscribePush(phone));
  await world.pass(3 * secondMs);
  return { world, ann, ben, chat, phone };
}

/** Sending is real, time is not: lets both go on until the host has so many. */
async function wokenTimes(world: World, phone: BrowserSubscription, times: number): Promise<void> {
  for (let i = 0; i < 10_000 && host.received(phone).length < times; i++) {
    await world.pass(1);
    await Bun.sleep(2);
  }
  await Bun.sleep(20); // One too many would be here by now.
  expect(host.received(phone).length).toBe(times);
}

test("[PU3] a push service that drips the head of its answer is given up on in time", async () => {
  const dripping = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("HTTP/1.1 201 Created\r\nX-Slow: ");
    const timer = setInterval(() => socket.write("a"), 20);
    socket.on("close", () => clearInterval(timer));
  });
  await new Promise<void>((listening) => dripping.listen(0, "127.0.0.1", listening));
  const { port } = dripping.address() as AddressInfo;
  const push = createBunPush({ keys, subject: "mailto:home@yan.test", loopback: true, timeoutMs: 300 });
  const to = host.subscribe();
  expect(await push.send({ ...to, endpoint: `http://127.0.0.1:${port}/drip` }, "messages")).toBe("unreachable");
  dripping.close();
}, 10_000);

test("[PU1] [PU4] a message wakes a device that is away, with nothing in it; one that is there it does not", async () => {
  const { world, ann, ben, chat, phone } = await pair(1);
  await ann.api.sendText(chat, "还在吗？");
  await world.pass(90 * secondMs);
  await wokenTimes(world, phone, 0);

  ben.crash();
  await ann.api.sendText(chat, "短");
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 1);
  await world.pass(60 * secondMs);
  await ann.api.sendText(chat, "一封长得多的信".repeat(200));
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 2);
  const [short, long] = host.received(phone);
  expect(short?.plain).toEqual(long?.plain as Uint8Array);
  expect(short?.plain.length).toBe(16);
  expect(short?.bytes).toBe(long?.bytes as number);
  expect(short?.sender).toEqual(keys.publicKey);
  expect(short?.claims.sub).toBe("mailto:home@yan.test");
  expect([short?.headers["content-encoding"], short?.headers["topic"], short?.headers["urgency"]]).toEqual([
    "aes128gcm",
    "messages",
    "high",
  ]);
});

test("[PU4] many messages wake once a minute, and coming back ends it", async () => {
  const { world, ann, ben, chat, phone } = await pair(2);
  ben.crash();
  for (let i = 0; i < 20; i++) {
    await ann.api.sendText(chat, `信 ${i}`);
    await world.pass(secondMs);
  }
  await wokenTimes(world, phone, 1);
  await world.pass(60 * secondMs); // The minute is over; more is waiting.
  await wokenTimes(world, phone, 2);
  await ann.api.sendText(chat, "再一封");
  await ben.switchOn();
  await world.pass(90 * secondMs);
  await wokenTimes(world, phone, 2);
  expect(ben.reads(chat).length).toBe(22); // With the greeting.
});

test("[PU4] a device whose connection turns out to be dead is woken for what it never acknowledged", async () => {
  const { world, ann, ben, chat, phone } = await pair(3);
  world.network.meddle(ben.device, () => []); // Nothing reaches him any more, and nobody knows.
  await ann.api.sendText(chat, "听得到吗？");
  await world.pass(2 * secondMs);
  await wokenTimes(world, phone, 0);
  ben.crash();
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 1);
});

/** Sending is real, and no time passes in the world meanwhile. */
async function rungTimes(phone: BrowserSubscription, times: number): Promise<void> {
  for (let i = 0; i < 10_000 && host.received(phone).length < times; i++) await Bun.sleep(2);
  await Bun.sleep(20); // One too many would be here by now.
  expect(host.received(phone).length).toBe(times);
}

/** Ann's page carries no voice: nobody answers, and she gives up, or is given up on, by the clock. */
const calls = (ann: Person, chat: Hex) => ann.api.startCall(chat, "voice", "page");

test("[PU9] [PU10] a call wakes a device that is away at once, and twice more while it does not come; then it is told that there was one", async () => {
  const { world, ann, ben, chat, phone } = await pair(11);
  ben.crash();
  await ann.api.sendText(chat, "在吗？");
  await world.pass(5 * secondMs);
  await rungTimes(phone, 1);
  const beganMs = world.clock.nowMs();
  await calls(ann, chat); // Within the minute's rest.
  await world.pass(secondMs);
  await rungTimes(phone, 2);
  await world.pass(10 * secondMs);
  await rungTimes(phone, 2);
  await world.pass(2 * secondMs);
  await rungTimes(phone, 3);
  await world.pass(12 * secondMs);
  await rungTimes(phone, 4);
  await world.pass(50 * secondMs);
  await rungTimes(phone, 4);
  await world.pass(20 * secondMs);
  await rungTimes(phone, 5);
  const all = host.received(phone);
  expect(all.map(({ plain }) => plain[1])).toEqual([0, 2, 2, 2, 0]);
  // Outside all are alike, so that the push service does not learn which was a call.
  const outside = all.map(({ bytes, headers }) => [bytes, headers["topic"], headers["urgency"], headers["ttl"]]);
  for (const one of outside) expect(one).toEqual(outside[0] as typeof one);
  for (const { plain } of all) expect(plain.length).toBe(16);
  // A device knows a ring by when it began, so it is the same in all of them.
  for (const { plain } of all.slice(1, 4)) {
    const seconds = plain.subarray(3, 8).reduce((sum, byte) => 128 * sum + byte, 0);
    expect(Math.abs(beganMs / 1_000 - seconds)).toBeLessThan(3);
    // A browser's debugger hands a wake-up over as a text.
    expect(plain.every((byte) => byte < 128)).toBe(true);
  }
});

test("[CA191] who is rung by one in a group's call is woken as by the call itself", async () => {
  const push = createBunPush({ keys, subject: "mailto:home@yan.test", loopback: true });
  const world = new World({ seed: 17, push, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Home");
  const phone = host.subscribe();
  expect(await world.during(ben.api.pushKey())).toEqual(keys.publicKey);
  await world.during(ben.api.subscribePush(phone));
  await world.until("home forwards media", () => ann.view("groupCalls").areThere);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [], "page"));
  await world.until("he read of it", () => ben.items(group).some(({ body }) => body.kind === "call"));
  await world.pass(3 * secondMs);
  const { account } = ben;
  ben.crash();
  await ann.api.ringInGroupCall(call, [account]);
  await world.pass(secondMs);
  await rungTimes(phone, 1);
  expect(host.received(phone)[0]?.plain[1]).toBe(2);
});

test("[PU12] a ring names the chat as the device that it wakes knows it", async () => {
  const { world, ann, ben, chat, phone } = await pair(16);
  const tags = await ben.api.ringTags();
  expect(tags.map(({ conversation }) => conversation)).toEqual([chat]);
  ben.crash();
  await calls(ann, chat);
  await world.pass(secondMs);
  await rungTimes(phone, 1);
  const [ring] = host.received(phone);
  expect(new TextDecoder().decode(ring?.plain.subarray(8))).toBe(tags[0]?.tag as string);
});

test("[PU9] who comes and has read it is rung no more", async () => {
  const { world, ann, ben, chat, phone } = await pair(12);
  ben.crash();
  await calls(ann, chat);
  await world.pass(secondMs);
  await rungTimes(phone, 1);
  await ben.switchOn();
  await world.until("it rings", () => ben.view("calls").now?.at === "ringing");
  await world.pass(2 * secondMs);
  ben.crash();
  await world.pass(30 * secondMs);
  await rungTimes(phone, 1);
});

test("[PU9] a connection that turns out to be dead is rung twelve seconds later", async () => {
  const { world, ann, ben, chat, phone } = await pair(13);
  world.network.meddle(ben.device, () => []);
  await calls(ann, chat);
  await world.pass(11 * secondMs);
  await rungTimes(phone, 0);
  await world.pass(2 * secondMs);
  await rungTimes(phone, 1);
});

test("[PU9] a caller who is gone without a word: a minute after the last ring it is told as a message", async () => {
  const { world, ann, ben, chat, phone } = await pair(15);
  ben.crash();
  await calls(ann, chat);
  await world.pass(2 * secondMs);
  ann.crash();
  await world.pass(30 * secondMs);
  await rungTimes(phone, 3);
  await world.pass(60 * secondMs);
  await rungTimes(phone, 4);
  await world.pass(90 * secondMs);
  await rungTimes(phone, 4);
  expect(host.received(phone).map(({ plain }) => plain[1])).toEqual([2, 2, 2, 0]);
});

test("[PU9] six rings a minute in a conversation: the seventh is a message like any other", async () => {
  const { world, ann, ben, chat, phone } = await pair(14);
  ben.crash();
  for (let i = 0; i < 8; i++) {
    await calls(ann, chat);
    await world.pass(500);
    await ann.api.hangUp();
    await world.pass(500);
  }
  await rungTimes(phone, 6);
  expect(new Set(host.received(phone).map(({ plain }) => plain[1]))).toEqual(new Set([2]));
});

test("[PU5] a stranger's request wakes nobody, until it is accepted", async () => {
  const { world, ben, phone } = await pair(4);
  const cat = await world.person("Cat");
  const link = await world.during(ben.api.myLink());
  ben.crash();
  const chat = await world.during(cat.api.requestContact({ link, greeting: "买一送一！", scanned: false }));
  await world.pass(90 * secondMs);
  await wokenTimes(world, phone, 0);
  await ben.switchOn();
  await world.until("the request arrives", () => ben.view("requests").length > 0);
  await ben.api.acceptRequest(chat);
  await world.until("accepted", () => cat.view("conversation", chat)?.state === "open");
  await world.pass(5 * secondMs);
  ben.crash();
  await cat.api.sendText(chat, "谢谢");
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 1);
});

test("[PU6] a dead endpoint is dropped; one that is busy is tried again", async () => {
  const { world, ann, ben, chat, phone } = await pair(5);
  ben.crash();
  host.answers(phone, 503);
  await ann.api.sendText(chat, "一");
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 1);
  host.answers(phone, 201);
  await world.pass(60 * secondMs);
  await wokenTimes(world, phone, 2);
  host.answers(phone, 410);
  await world.pass(60 * secondMs);
  await ann.api.sendText(chat, "二");
  await world.pass(5 * secondMs);
  await wokenTimes(world, phone, 3);
  host.answers(phone, 201);
  await world.pass(120 * secondMs);
  await ann.api.sendText(chat, "三");
  await world.pass(120 * secondMs);
  await wokenTimes(world, phone, 3);
});

test("[PU2] a new subscription takes the place of the old one, and turning it off ends it", async () => {
  const { world, ann, ben, chat, phone } = await pair(6);
  const second = host.subscribe();
  await world.during(ben.api.subscribePush(second));
  ben.crash();
  await ann.api.sendText(chat, "一");
  await world.pass(5 * secondMs);
  await wokenTimes(world, second, 1);
  expect(host.received(phone).length).toBe(0);
  await ben.switchOn();
  await world.pass(90 * secondMs);
  await world.during(ben.api.unsubscribePush());
  ben.crash();
  await ann.api.sendText(chat, "二");
  await world.pass(90 * secondMs);
  await wokenTimes(world, second, 1);
});

test("[PU7] a person tries it out, and is told how it went", async () => {
  const { world, ben, phone } = await pair(7);
  const outcome = async () => {
    let isTold = false;
    const asked = ben.api.testPush().finally(() => {
      isTold = true;
    });
    for (let i = 0; i < 5_000 && !isTold; i++) {
      await world.pass(1);
      await Bun.sleep(2);
    }
    return world.during(asked);
  };
  expect(await outcome()).toBe("sent");
  expect(host.received(phone)[0]?.plain[1]).toBe(1);
  expect(host.received(phone)[0]?.plain.length).toBe(16);
  expect(await outcome()).toBe("too-soon");
  await world.pass(10 * secondMs);
  host.answers(phone, 410);
  expect(await outcome()).toBe("gone");
  await world.pass(10 * secondMs);
  expect(await outcome()).toBe("not-subscribed");
});

test("[PU2] the server's key is made once and is its user's alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-push-"));
  try {
    const first = vapidKeys(folder);
    expect(first.publicKey.length).toBe(65);
    expect(vapidKeys(folder).publicKey).toEqual(first.publicKey);
    expect(statSync(join(folder, "push-key")).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("[PU3] endpoints that are not public and https are refused", async () => {
  const strict = { loopback: false };
  for (const good of ["https://push.example.com/x?y=1", "https://fcm.googleapis.com/fcm/send/abc", "https://8.8.8.8/x"])
    expect([good, endpointOf(good, strict)?.href]).toEqual([good, good]);
  for (const bad of [
    "http://push.example.com/x",
    "https://push.example.com:8443/x",
    "https://user:word@push.example.com/x",
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://0x7f000001/x",
    "https://2130706433/x",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://[fd00::1]/x",
    "https://10.1.2.3/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/x",
    "https://router/x",
    "https://printer.local/x",
    "https://db.internal/x",
    "https://host.localhost/x",
    "http://127.0.0.1:9000/x",
    "file:///etc/passwd",
    "no address at all",
  ])
    expect([bad, endpointOf(bad, strict)]).toEqual([bad, undefined]);
  expect(endpointOf("http://127.0.0.1:9000/x", { loopback: true })).toBeDefined();
  expect(endpointOf("http://127.0.0.2:9000/x", { loopback: true })).toBeUndefined();
  expect(endpointOf("http://localhost:9000/x", { loopback: true })).toBeUndefined();
  for (const address of [
    "10.0.0.1",
    "127.0.0.1",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  for (const address of ["8.8.8.8", "2001:4860:4860::8888"])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
  // A name that means an inner address is found out when it is looked up.
  const push = createBunPush({ keys, subject: "mailto:home@yan.test" });
  const { key, secret } = host.subscribe();
  expect(push.allows({ endpoint: "http://127.0.0.1:9000/x", key, secret })).toBe(false);
  expect(push.allows({ endpoint: "https://push.example.com/x", key, secret })).toBe(true);
  expect(push.allows({ endpoint: "https://push.example.com/x", key: new Uint8Array(65).fill(4), secret })).toBe(false);
  expect(await push.send({ endpoint: "https://127.0.0.1/x", key, secret }, "messages")).toBe("refused");
});

test("[PU1] sealing is that of RFC 8291: its own example comes out", () => {
  const sealed = sealWakeup(
    new TextEncoder().encode("When I grow up, I want to be a watermelon"),
    {
      key: base64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
      secret: base64("BTBZMqHH6r4Tts7J_aSIgg"),
    },
    {
      privateKey: base64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
      salt: base64("DGv6ra1nlYgDCS1FRnbzlw"),
    },
  );
  expect(Buffer.from(sealed).toString("base64url")).toBe(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
});
