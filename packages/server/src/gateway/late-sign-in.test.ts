/** Sign-ins that are on disk and not answered yet, while the device is dropped, suspended or deleted. */
import { expect, test } from "bun:test";
import type { Client } from "../testkit/client.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

/** Calls whose answers take ten milliseconds each, so that what comes after them is answered in later turns. */
function slowly(home: TestServer, phone: Client, calls: number): void {
  const take = phone.take.bind(phone);
  phone.take = (bytes) => {
    home.clock.jump(10);
    take(bytes);
  };
  for (let i = 0; i < calls; i++)
    void phone.call("addresses", { add: [new Uint8Array(16).fill(100 + i)], remove: [] }).catch(() => undefined);
}

async function crowd() {
  const home = new TestServer();
  const ann = await (await home.person("ann")).phone.signIn(home);
  const bea = await home.person("bea");
  const laptop = await bea.addDevice(home, "laptop");
  return { home, ann, bea, laptop };
}

test("[DS142] who is suspended while their sign-in waits for its answer is not let in", async () => {
  const { home, ann, bea } = await crowd();
  const caller = await home.client();
  const ref = home.log.accounts.find(bea.account)?.ref as number;
  slowly(home, ann, 6);
  const signingIn = refusal(bea.phone.signInOn(caller));
  await home.clock.pass(1);
  const suspending = home.server.acts.suspend(ref, true);
  const code = await signingIn;
  await suspending;
  expect(code).toBe("suspended");
  expect(await refusal(caller.call("everythingCounts", {}))).toBe("not-signed-in");
});

test("[DS28] a device that is dropped while its sign-in waits for its answer is not let in", async () => {
  const { home, ann, bea, laptop } = await crowd();
  const caller = await home.client();
  const other = await home.client();
  const entry = await bea.adopt(bea.entryOf([bea.phone], bea.phone.keys));
  slowly(home, ann, 12);
  const signingIn = refusal(laptop.signInOn(caller));
  await home.clock.pass(1);
  const dropping = bea.append(other, entry, bea.phone.keys);
  const code = await signingIn;
  await dropping;
  expect(code).toBe("unknown-device");
  expect(await refusal(caller.call("everythingCounts", {}))).toBe("not-signed-in");
});
