/** What features bring, looked up by its name. */
import { afterAll, expect, test } from "bun:test";
import { features as all } from "../features/index.ts";
import { byName, register } from "./features.ts";

afterAll(() => register(all));

test("[WE97] what a feature brings is found by its name, in the list of now, and nothing else is", () => {
  let looked = 0;
  const labelOf = byName(({ labels }) => {
    looked += 1;
    return labels;
  });
  register([{ labels: { poll: "kind.die" } }, {}]);
  for (let times = 0; times < 100; times++) expect(labelOf("poll")).toBe("kind.die");
  expect(labelOf("constructor")).toBeUndefined();
  expect(looked).toBe(2); // Once for each feature, however many messages ask.
  register([{ labels: { die: "kind.call" } }]);
  expect([labelOf("poll"), labelOf("die")]).toEqual([undefined, "kind.call"]);
});
