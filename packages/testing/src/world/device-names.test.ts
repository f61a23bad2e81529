/** What own devices are called (docs/spec/web.md WE71). */
import { expect, test } from "bun:test";
import { World } from "./world.ts";

test("[WE71] what a device is, and what its person calls it, all own devices know, and nobody else", async () => {
  const world = new World({ seed: 4_201 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await world.during(ann.api.describeDevice("Safari · iPhone"));
  const tablet = await world.linkDevice(ann);
  await world.during(tablet.api.describeDevice("Chrome · Windows"));
  const named = (person: typeof ann) => person.view("devices").map(({ made, name, isThis }) => [made, name, isThis]);
  await world.until("both know both", () => named(ann)[1]?.[0] === "Chrome · Windows");
  expect(named(tablet)).toEqual([
    ["Safari · iPhone", "", false],
    ["Chrome · Windows", "", true],
  ]);
  const [, second] = ann.view("devices");
  await world.during(ann.api.renameDevice(second?.device ?? "", " 书房\nMac "));
  await world.until("it is renamed there", () => named(tablet)[1]?.[1] === "书房 Mac");
  // What it is, and since when, stays: a device that says the same again says nothing new.
  await world.during(tablet.api.describeDevice("Chrome · Windows"));
  expect(named(tablet)[1]).toEqual(["Chrome · Windows", "书房 Mac", true]);
  // One that comes later knows it too.
  const laptop = await world.linkDevice(ann);
  await world.until("it knows the others", () => named(laptop)[1]?.[1] === "书房 Mac");
  const bens = ben.view("devices")[0]?.device ?? "";
  expect(await world.during(ann.api.renameDevice(bens, "x").catch((error: { code: string }) => error.code))).toBe(
    "not-allowed",
  );
  expect(JSON.stringify(ben.view("devices"))).not.toContain("书房");
  expect(world.bugs()).toEqual([]);
});
