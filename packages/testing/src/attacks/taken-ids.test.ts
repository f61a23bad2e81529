/**
 * What takes the place of something truer (docs/spec/sync.md SY80–SY82): a message under the id of a line that warns,
 * and what a device tells that was away.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { concat, fromHex, utf8 } from "@yanshu/wire";
import { World } from "../index.ts";
import { isPushOf } from "../world/drops.ts";
import { crypto, sayInTheDark } from "../world/turned.ts";

setDefaultTimeout(60_000);

test("[SY80] nobody takes the place of the line about what is lost of them", async () => {
  const world = new World({ seed: 9921 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(5_000);
  const id = crypto.sha256(concat(utf8("lost line\0"), fromHex(ben.account))).subarray(0, 16);
  const word = { kind: "text" as const, text: "hello", mentions: [] };
  const nowMs = world.clock.nowMs();
  await sayInTheDark(world, ben, chat, [word], 1, nowMs, 0, [id]);
  await world.until("Ann reads", () => ann.reads(chat).includes("hello"));
  await sayInTheDark(world, ben, chat, [{ ...word, text: "later" }], 1, nowMs, 5);
  await world.until("Ann reads on", () => ann.reads(chat).includes("later"));
  await world.until("a line says that something is lost", () => ann.lines(chat).includes("lost"));
  expect(world.bugs()).toEqual([]);
});

test("[SY81] [SY82] who comes back late and puts a device out undoes nothing on the devices that it keeps", async () => {
  const world = new World({ seed: 9922 });
  const [ann, olga] = [await world.person("Ann"), await world.person("Olga")];
  const tablet = await world.linkDevice(ann);
  const computer = await world.linkDevice(ann);
  const group = await world.group(olga, [ann], "Choir");
  await world.until("all are in", () =>
    [tablet, computer].every((one) => one.view("conversation", group) !== undefined),
  );
  const secretOf = (one: typeof ann) =>
    one.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'contact-capability'")?.value;
  await world.during(computer.api.myLink());
  await world.pass(5_000);
  const old = secretOf(computer);
  await ann.api.leaveGroup(group);
  await world.until("all have left", () =>
    [tablet, computer].every((one) => one.view("conversation", group)?.state === "left"),
  );
  tablet.crash();
  await olga.api.addMembers(group, [ann.account]);
  await world.during(computer.api.resetLink());
  const isIn = () => computer.view("conversation", group)?.state === "open";
  await world.until("the computer is in again", isIn, 120_000);
  // The Welcome to the tablet did not come, nor what was told of the link.
  world.network.meddle(tablet.device, (frame) =>
    isPushOf(frame, "create") || isPushOf(frame, "commit") ? [] : [frame],
  );
  const kept = secretOf(computer);
  expect(kept).not.toEqual(old);
  await tablet.switchOn();
  await world.pass(5_000);
  tablet.disk.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('contact-capability', ?)", old ?? "");
  tablet.disk.run("DELETE FROM meta WHERE key = 'contact-capability-ms'");
  await world.during(tablet.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await world.pass(60_000);
  expect([isIn(), secretOf(computer)]).toEqual([true, kept]);
  await olga.say(group, "there you are");
  await world.until("the computer reads", () => computer.reads(group).includes("there you are"));
});
