/** A home that stands between: it greets as another one, to have signed what it can show there (ID45). */
import { expect, test } from "bun:test";
import { decodeResult, decodeServerFrame, encodeResult } from "@yanshu/wire";
import { type Person, World } from "../index.ts";

/** What `person` is greeted with names another home. */
function greetsAs(world: World, person: Person, domain: string): void {
  world.network.meddle(person.device, (frame) => {
    if (frame[0] !== 0x81) return [frame];
    const answer = decodeServerFrame(frame);
    if (answer.type !== "result") return [frame];
    try {
      const hello = decodeResult("hello", answer.body);
      return [encodeResult(answer.request, "hello", { ...hello, domain })];
    } catch {
      return [frame]; // The answer to another call.
    }
  });
}

test("[ID45] nothing is signed for a home that says that it is another one", async () => {
  const world = new World({ seed: 9701 });
  const ann = await world.person("Ann");
  const { words } = await ann.api.recoveryCard();
  await world.pass(60_000);
  const asked: string[] = [];
  world.network.overhear = (_connection, _owner, frame) =>
    asked.push(Buffer.from(frame.subarray(0, 40)).toString("latin1"));
  greetsAs(world, ann, "other.test");
  world.network.breakSockets(ann.device);
  await world.pass(20_000);
  expect(ann.view("status").network).not.toBe("online");
  expect(ann.client.diagnostics()["wrong-domain"] ?? 0).toBeGreaterThan(0);
  const fresh = await world.device("Ann");
  greetsAs(world, fresh, "other.test");
  const card = words.join(" ");
  await expect(world.during(fresh.api.restoreAccount({ card, areOthersLost: true }))).rejects.toMatchObject({
    code: "wrong-server",
  });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((frame) => frame.includes("signIn") || frame.includes("rootEntries"))).toEqual([]);
  world.network.meddle(ann.device, undefined);
  await world.until("Ann is signed in again", () => ann.view("status").network === "online");
});
