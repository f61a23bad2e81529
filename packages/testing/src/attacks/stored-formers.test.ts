/** Devices of the past as an earlier program stored them, without the one who told of them. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encode } from "cborg";
import { World } from "../index.ts";
import { crypto } from "./evil-home.ts";

setDefaultTimeout(120_000);

const soonMs = 60_000;

test("[VA38] a device of the past that names nobody who told of it keeps no device from the keys that come", async () => {
  const world = new World({ seed: 9303 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const laptop = await world.linkDevice(ann);
  await world.pass(2 * soonMs);
  tablet.crash();
  const stored = new Uint8Array(encode([{ epoch: 0, key: crypto.random(32) }]));
  tablet.disk.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('formers', ?)", stored);
  await tablet.switchOn();
  await world.pass(soonMs);
  await world.during(ann.api.revokeDevice(laptop.view("status").me?.device ?? ""));
  await world.until("it is out", () => laptop.view("status").phase === "signed-out");
  await world.pass(5 * soonMs);
  await ben.say(chat, "later");
  await world.pass(10 * soonMs);
  const epochsOf = (one: typeof ann) => one.disk.all("SELECT epoch FROM vault_keys ORDER BY epoch");
  expect(epochsOf(tablet)).toEqual(epochsOf(ann));
  expect(epochsOf(ann).length).toBeGreaterThan(1);
  expect(tablet.reads(chat)).toContain("later");
  expect(world.bugs()).toEqual([]);
});
