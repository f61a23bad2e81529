/**
 * What becomes of what waits when home refuses for a moment, as while it cannot write, and the connection stays (DS64,
 * DS75).
 */
import { expect, test } from "bun:test";
import { type CallName, decodeClientFrame, decodeServerFrame, encodeError } from "@yanshu/wire";
import { type Person, World } from "../index.ts";

/**
 * The next call of this name by the device is `unavailable`, whatever home did. Returns how many were refused so far.
 */
function refuseNext(world: World, { device }: Person, name: CallName): () => number {
  let refused = 0;
  const asked = new Set<number>();
  world.network.overhear = (_connection, owner, bytes) => {
    const frame = decodeClientFrame(bytes);
    if (owner === device && frame.type === "call" && frame.name === name) asked.add(frame.request);
  };
  world.network.meddle(device, (bytes) => {
    const frame = decodeServerFrame(bytes);
    if (refused > 0 || frame.type !== "result" || !asked.has(frame.request)) return [bytes];
    refused++;
    return [encodeError(frame.request, "unavailable")];
  });
  return () => refused;
}

test("[SY2] a group whose new addresses home refuses for a moment is founded all the same, without another sign-in", async () => {
  const world = new World({ seed: 85 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const refused = refuseNext(world, ann, "capabilities");
  const group = await ann.api.createGroup({ name: "Dinner", accounts: [ben.account] });
  await world.until("Ben is in", () => ben.view("conversation", group)?.state === "open", 20_000);
  expect(refused()).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[ID30] who comes back by the card has their people, though home refuses the record for a moment", async () => {
  const world = new World({ seed: 86 });
  const [grandma, mum] = [await world.person("外婆"), await world.person("妈妈")];
  await world.befriend(grandma, mum);
  const { words } = await grandma.api.recoveryCard();
  await world.pass(60_000); // Until her people stand in the record.
  grandma.crash();
  const phone = await world.device("外婆");
  const refused = refuseNext(world, phone, "readRecord");
  await world.during(phone.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
  await world.until("mum is found again", () => phone.view("contacts").some(({ ownName }) => ownName === "妈妈"));
  expect(refused()).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[WI24] who is told how long to wait waits that long, asks no oftener, and everything arrives in its order", async () => {
  const world = new World({
    seed: 87,
    config: { postsPerMinute: { address: 600, list: 25, connection: 6_000, prefix: 12_000 } },
  });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(60_000);
  let refused = 0;
  world.network.meddle(ann.device, (bytes) => {
    const frame = decodeServerFrame(bytes);
    if (frame.type === "error" && frame.code === "rate-limited") refused++;
    return [bytes];
  });
  const texts = Array.from({ length: 40 }, (_, i) => `message ${i}`);
  for (const text of texts) await ann.api.sendText(chat, text);
  const messages = () => ben.reads(chat).filter((text) => text?.startsWith("message"));
  await world.until("Ben has all of them", () => messages().length === 40, 90_000);
  expect(messages()).toEqual(texts);
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(3);
  expect(world.bugs()).toEqual([]);
});
