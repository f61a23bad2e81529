/** What ends by time in an app that stays open. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Person } from "../index.ts";
import { friends, looked, range, words } from "./moments.ts";

setDefaultTimeout(120_000);

const hourMs = 3_600_000;

test("[MO95] a status and a post whose window is over leave the screen of an app that stays open, though nothing comes", async () => {
  const { world, people } = await friends(981, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.setMomentsWindow(3);
  await ann.api.postMoment(words("三天"));
  await ann.api.setStatus({ icon: "🍜", text: "吃面", audience: { who: "all" } });
  await looked(world, ann, ben);
  let shown = { statuses: -1, posts: -1 };
  const ends = [
    ben.client.subscribe("statuses", [], ({ friends: of }) => {
      shown = { ...shown, statuses: of.length };
    }),
    ben.client.subscribe("momentsOf", [ann.account, range], (page) => {
      shown = { ...shown, posts: page?.posts.length ?? 0 };
    }),
  ];
  expect(shown).toEqual({ statuses: 1, posts: 1 });
  // Nothing comes to this device any more, and its friend is away.
  for (const { device } of people) world.network.cutOff(device);
  await world.pass(23.9 * hourMs);
  expect(shown).toEqual({ statuses: 1, posts: 1 });
  await world.pass(0.2 * hourMs);
  expect(shown).toEqual({ statuses: 0, posts: 1 });
  await world.pass(4 * 24 * hourMs);
  expect(shown).toEqual({ statuses: 0, posts: 0 });
  for (const end of ends) end();
  expect(world.bugs()).toEqual([]);
});
