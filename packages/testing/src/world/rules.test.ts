/** Rules that no story of the other world tests happens to need. */
import { expect, test } from "bun:test";
import { decodeMessage, encodeMessage } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { accountIdOf, encodeAs, encodeInception, fromBase64Url, rootHashOf, struct, text, toHex } from "@yanshu/wire";
import { World } from "../index.ts";

test("[ID2] what stands on the card is enough to derive the account", async () => {
  const world = new World({ seed: 50 });
  const ann = await world.person("Ann");
  const { code } = await ann.api.recoveryCard();
  const card = fromBase64Url(code.replace("yanshu-card:", "")) ?? new Uint8Array();
  const crypto = createBunCrypto();
  const root = await crypto.signatureKeyPair(crypto.derive(card.subarray(0, 32), "yanshu root key v1", 32));
  const next = await crypto.signatureKeyPair(crypto.derive(card.subarray(0, 32), "yanshu next root key v1", 32));
  const nextHash = rootHashOf(crypto.sha256, next.publicKey);
  const account = accountIdOf(crypto.sha256, encodeInception(root.publicKey, nextHash));
  expect(toHex(account)).toBe(ann.account);
  expect(toHex(card.subarray(32, 64))).toBe(ann.account);
});

test("[ID13] a device that was set back to an older state is signed out, not mistaken for itself", async () => {
  const world = new World({ seed: 51 });
  const ann = await world.person("Ann");
  const old = ann.takeSnapshot();
  for (let i = 0; i < 2; i++) {
    ann.crash();
    await ann.switchOn();
    await world.until("Ann is online", () => ann.view("status").network === "online");
  }
  ann.restore(old);
  await ann.switchOn();
  await world.until("she is told", () => ann.view("status").phase === "signed-out");
  expect(world.bugs()).toEqual([]);
});

test("[SY7] what a later version says is kept as too new, with its place in the count", () => {
  const random = createBunCrypto().random;
  const later = struct({ kind: text(20), notes: text(20) });
  const fields = { seq: 3, seen: [], sentAtMs: 5, id: random(16), authenticator: random(16) };
  const outer = { check: (value: unknown) => value };
  const body = encodeAs(later, { kind: "song", notes: "do re mi" });
  const read = { ...fields, body: { kind: "unknown" as const, bytes: body } };
  expect(decodeMessage(encodeAs(outer, { v: 1, ...fields, body }))).toEqual({ ...read, disposition: "message" });
  const signal = encodeAs(outer, { v: 1, ...fields, body, disposition: "signal" });
  expect(decodeMessage(signal)).toEqual({ ...read, disposition: "signal" });
  expect(encodeMessage(decodeMessage(signal))).toEqual(signal);
});

test("[SY16] [SY17] an item is sending until it is accepted; a clock that is a day fast puts nothing into the future", async () => {
  const world = new World({ seed: 52 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  ann.skewMs = 86_400_000;
  world.network.cutOff(ann.device);
  const id = await ann.say(chat, "from tomorrow");
  await world.pass(5_000);
  const state = () => ann.items(chat).find((item) => item.id === id)?.state;
  expect(state()).toBe("sending");
  world.network.letBack(ann.device);
  await world.until("it is sent", () => state() === "sent");
  await world.until("Ben reads", () => ben.reads(chat).includes("from tomorrow"));
  const times = ben.items(chat).map((item) => item.atMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(world.clock.nowMs());
  expect(world.bugs()).toEqual([]);
});
