/** Whose channel it is (docs/spec/channels.md CH95–CH97): the domain that it names says so, and nobody else. */
import { expect, test } from "bun:test";
import { home, operates, published } from "./channels.ts";
import type { Person } from "./person.ts";
import { Website } from "./website.ts";

const school = "school.test";
const dayMs = 86_400_000;

test("[CH95] [CH96] [CH97] [R3.6] a channel is the school's where the school's website says so, and nothing that an author or home says makes it so", async () => {
  const site = new Website(school);
  const { world, people } = await home({ seed: 2480, wrapPorts: site.wrap }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "三中" }));
  for (const domain of ["school", "192.168.0.1", "school.local", "school.test:8443", "a b.test", "school.test/x"])
    await expect(ann.api.setChannelProfile(channel, { domain })).rejects.toMatchObject({ code: "not-allowed" });
  await published(world, ann, ben);
  expect(ben.view("channel", channel)?.domain).toBeUndefined();
  await expect(ben.api.askChannelDomain(channel)).rejects.toMatchObject({ code: "unknown-message" });
  await world.during(ann.api.setChannelProfile(channel, { domain: school }));
  // Her own page shows at once what is still on its way.
  expect(ann.view("channel", channel)?.domain).toEqual({ name: school, says: "unasked", atMs: 0 });
  await published(world, ann, ben);
  const shown = () => ben.view("channel", channel)?.domain?.says;
  // Home says that it is its own: that is home's name, and not the school's.
  await world.during(operates(world.server, "channels-own", { channel }));
  await world.pass(60_000);
  expect([shown(), site.asked]).toEqual(["unasked", 0]);
  const asks = () => world.during(ben.api.askChannelDomain(channel));
  site.answer = undefined;
  expect([await asks(), shown()]).toEqual([false, "unasked"]);
  site.says("later", 503);
  expect([await asks(), shown()]).toEqual([false, "unasked"]);
  for (const [text, status] of [
    ["not here", 404],
    [channel, 404],
    ["<html>三中</html>", 200],
    [`# ${channel}`, 200],
    [`${channel}00`, 200],
  ] as const) {
    site.says(text, status);
    expect([text, await asks(), shown()]).toEqual([text, true, "other"]);
  }
  site.says(`# ours\r\n${"0".repeat(64)}\r\n ${channel.toUpperCase()}  # three\r\n`);
  expect([await asks(), shown()]).toEqual([true, "own"]);
  expect(ben.view("account", channel)?.domain).toMatchObject({ name: school, says: "own" });
  // What it said holds until it says something else, and no longer than thirty days.
  site.answer = undefined;
  expect([await asks(), shown()]).toEqual([false, "own"]);
  const ages = (ms: number) => ben.disk.run("UPDATE channel_domains SET at_ms = ?", world.clock.nowMs() - ms);
  ages(30 * dayMs - 1_000);
  expect(shown()).toBe("own");
  ages(30 * dayMs);
  expect(shown()).toBe("unasked");
  ages(-1_000);
  expect(shown()).toBe("unasked");
  site.names(channel);
  await asks();
  expect(shown()).toBe("own");
  // Another name is another claim.
  await world.during(ann.api.setChannelProfile(channel, { domain: "office.test" }));
  await published(world, ann, ben);
  expect(ben.view("channel", channel)?.domain).toEqual({ name: "office.test", says: "unasked", atMs: 0 });
  await world.during(ann.api.setChannelProfile(channel, { domain: "" }));
  await published(world, ann, ben);
  expect(ben.view("channel", channel)?.domain).toBeUndefined();
  expect(ben.view("channel", channel)?.name).toBe("三中");
  expect(world.bugs()).toEqual([]);
});
