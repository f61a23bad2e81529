/** Which devices an empty part rings, and that nobody is handed one. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Part, ringTagOf } from "@yanshu/wire";
import type { PushPort, Ring, WakeupKind } from "../../core/ports.ts";
import { Group } from "../../testkit/group.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { wakeupBytes } from "./wakeup-bytes.ts";

const to = (address: Uint8Array): Part => ({ target: { kind: "address", address }, envelope: new Uint8Array() });

test("[PU9] [PU10] [PU12] an empty part rings a device that the same post wakes, and nobody else, as the same ring each time; it is handed to nobody", async () => {
  const rung: [string, WakeupKind][] = [];
  const rings: Ring[] = [];
  const push: PushPort = {
    publicKey: new Uint8Array(65),
    allows: () => true,
    send: async ({ endpoint }, kind, ring) => {
      if (ring !== undefined) rings.push(ring);
      rung.push([endpoint, kind]);
      return "sent";
    },
  };
  const home = new TestServer({ push });
  const away = [];
  // Ben's device marked its address, Cat's did not, and Dan's marked one that is not in the conversation.
  for (const [name, isMarked] of [
    ["ben", true],
    ["cat", false],
    ["dan", true],
  ] as const) {
    const person = await home.person(name);
    const phone = await person.phone.signIn(home);
    const address = await person.phone.address(phone);
    const endpoint = `https://push.example/${name}`;
    await phone.call("pushSubscribe", { endpoint, key: new Uint8Array(65), secret: new Uint8Array(16) });
    if (isMarked) await phone.call("pushWaking", { add: [address], remove: [] });
    away.push({ person, phone, address });
  }
  const [ben, cat, dan] = away.map(({ address }) => address) as [Uint8Array, Uint8Array, Uint8Array];
  const group = new Group("dinner");
  const sender = await home.client();
  await group.found(sender, [ben, cat]);
  for (const { phone } of away) {
    phone.ackAll();
    await home.clock.pass(500);
    phone.close();
  }
  await home.clock.pass(5_000);
  rung.length = 0;
  const beganMs = home.clock.nowMs();
  await sender.post(group.application(), [...group.parts("call"), to(ben), to(cat), to(dan), to(new Uint8Array(16))]);
  await home.clock.pass(60_000);
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const wakeups = rings.map((ring) => Buffer.from(wakeupBytes("ring", ring)).toString("hex"));
  expect(new Set(wakeups).size).toBe(1);
  const bytes = Buffer.from(wakeups[0] ?? "", "hex");
  expect(bytes.subarray(8).toString()).toBe(ringTagOf(sha256, group.gate));
  const seconds = bytes.subarray(3, 8).reduce((sum, byte) => 128 * sum + byte, 0);
  expect(seconds).toBe(Math.floor(beganMs / 1_000));
  expect(rung).toEqual(Array.from({ length: 3 }, () => ["https://push.example/ben", "ring"]));
  const read = [];
  for (const { person } of away) read.push((await person.phone.signIn(home)).reads);
  expect(read.map((texts) => texts.filter((text) => text === "call" || text === ""))).toEqual([["call"], ["call"], []]);
});
