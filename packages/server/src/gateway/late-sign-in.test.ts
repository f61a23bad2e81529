/** Sign-ins that are on disk and not answered yet, while the device is dropped, suspended or deleted. */
import { expect, test } from "bun:test";
import type { Client } from "../testkit/client.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

/** Calls whose answers take ten milliseconds each, so that what comes after them is answered in later turns. */
function slowly(town: TestServer, phone: Client, calls: number): void {
  const take = phone.take.bind(phone);
  phone.take = (bytes) => {
    town.clock.jump(10);
    take(bytes);
  };
  for (let i = 0; i < calls; i++)
    void phone.call("addresses", { add: [new Uint8Array(16).fill(100 + i)], remove: [] }).catch(() => undefined);
}

async function crowd() {
  const town = new TestServer();
  const ann = await (await town.person("ann")).phone.signIn(town);
  const bea = await town.person("bea");
  const laptop = await bea.addDevice(town, "laptop");
  return { town, ann, bea, laptop };
}

test("[DS142] who is suspended while their sign-in waits for its answer is not let in", async () => {
  const { town, ann, bea } = await crowd();
  const door = await town.client();
  const ref = town.log.accounts.find(bea.account)?.ref as number;
  slowly(town, ann, 6);
  const signingIn = refusal(bea.phone.signInOn(door));
  await town.clock.pass(1);
  const suspending = town.server.acts.suspend(ref, true);
  const code = await signingIn;
  await suspending;
  expect(code).toBe("suspended");
  expect(await refusal(door.call("everythingCounts", {}))).toBe("not-signed-in");
});

test("[DS28] a device that is dropped while its sign-in waits for its answer is not let in", async () => {
  const { town, ann, bea, laptop } = await crowd();
  const door = await town.client();
  const other = await town.client();
  const entry = await bea.adopt(bea.entryOf([bea.phone], bea.phone.keys));
  slowly(town, ann, 12);
  const signingIn = refusal(laptop.signInOn(door));
  await town.clock.pass(1);
  const dropping = bea.append(other, entry, bea.phone.keys);
  const code = await signingIn;
  await dropping;
  expect(code).toBe("unknown-device");
  expect(await refusal(door.call("everythingCounts", {}))).toBe("not-signed-in");
});
