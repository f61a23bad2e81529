/** Dinner: two people of one home in a group, before anything is said there; and what is posted to them. */
import { Group } from "./group.ts";
import { TestServer, type TestServerOptions } from "./test-server.ts";

/** Alice and Bob, each with a phone that is connected and has acknowledged all, in a group of their own. */
export async function dinner(options: TestServerOptions = {}) {
  const home = new TestServer(options);
  const alice = await home.person("alice");
  const bob = await home.person("bob");
  const alicePhone = await alice.phone.signIn(home);
  const bobPhone = await bob.phone.signIn(home);
  const sender = await home.client();
  const group = new Group("dinner");
  const addresses = [await alice.phone.address(alicePhone), await bob.phone.address(bobPhone)];
  await group.found(sender, addresses);
  alicePhone.ackAll();
  bobPhone.ackAll();
  await home.clock.pass(500); // Nothing of the founding is on the disk any more (DS19).
  alicePhone.pushes.length = 0;
  bobPhone.pushes.length = 0;
  return { home, alice, bob, alicePhone, bobPhone, sender, group, addresses };
}

export const noted = (text: string) => new TextEncoder().encode(text);
export const to = (address: Uint8Array, text: string) => ({
  target: { kind: "address" as const, address },
  envelope: noted(text),
});
export const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
export const deposit = { mode: "deposit" as const };
