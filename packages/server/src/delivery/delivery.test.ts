/** Delivery: from a post to every device, on a manual clock over a real database. */
import { expect, test } from "bun:test";
import { Group } from "../testkit/group.ts";
import { Town } from "../testkit/town.ts";

async function pair() {
  const town = new Town();
  const alice = await town.person("alice");
  const bob = await town.person("bob");
  const alicePhone = await alice.phone.signIn(town);
  const bobPhone = await bob.phone.signIn(town);
  const sender = await town.client();
  const group = new Group("dinner");
  await group.found(sender, [await alice.phone.address(alicePhone), await bob.phone.address(bobPhone)]);
  return { town, alice, bob, alicePhone, bobPhone, sender, group };
}

test("[DS17] a message reaches every device of its list, the sender's own included", async () => {
  const { alicePhone, bobPhone, sender, group } = await pair();
  await group.say(sender, "eight o'clock?");
  expect(bobPhone.reads).toEqual(["welcome to dinner", "eight o'clock?"]);
  expect(alicePhone.reads).toEqual(["welcome to dinner", "eight o'clock?"]);
});

test("[DS21] who was away catches up in order, once", async () => {
  const { town, bob, bobPhone, sender, group } = await pair();
  bobPhone.ackAll();
  bobPhone.close();
  for (let i = 0; i < 40; i++) await group.say(sender, `${i}`);
  const back = await bob.phone.signIn(town);
  expect(back.reads).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`));
  back.ackAll();
  await town.clock.pass(100);
  expect((await bob.phone.signIn(town)).reads).toEqual([]);
});
