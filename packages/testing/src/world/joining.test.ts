/** Coming into a group by its link, being asked, and the end of a group (docs/spec/groups.md GR26–GR28, GR30). */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { decodeLink, encodeLink, fromHex, type GroupLink, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { isPushOf, pushFrame } from "./drops.ts";
import type { WrapPorts } from "./person.ts";
import { askingBy, stranger, throwNotes } from "./strangers.ts";

const dayMs = 86_400_000;

/** The link that `owner` makes, once it holds. */
async function makeLink(world: World, owner: Person, group: Hex, uses?: number, days: 1 | 7 | 30 = 7): Promise<string> {
  const before = await owner.api.groupLink(group);
  await world.during(owner.api.makeGroupLink(group, { days, ...(uses === undefined ? {} : { uses }) }));
  let link: string | undefined;
  await world.until("the link holds", () => {
    void owner.api.groupLink(group).then((now) => {
      link = now;
    });
    return link !== undefined && link !== before;
  });
  return link ?? "";
}

function linkIn(url: string): GroupLink {
  const read = decodeLink(url);
  if (read?.kind !== "group") throw new Error("no group link");
  return read.link;
}

const standing = (person: Person) => person.view("joins")[0]?.standing;
const isIn = (person: Person, group: Hex) => person.view("conversation", group)?.state === "open";

test("[GR26] somebody joins by a link: all learn who came, by name, and read from then on", async () => {
  const world = new World({ seed: 400 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  await ann.say(group, "before");
  const url = await makeLink(world, ann, group);
  expect(await ben.api.groupLink(group)).toBe(url); // Any member shows it.
  expect(await cat.api.readLink(url)).toMatchObject({ kind: "group", name: "Choir", standing: "new" });
  await cat.api.joinGroup(url);
  await world.until("Cat is in", () => isIn(cat, group));
  await world.until("all know her by name", () =>
    [ann, ben].every((one) => one.view("conversation", group)?.members.some(({ name }) => name === "Cat") === true),
  );
  expect(ann.view("contacts").some(({ account }) => account === cat.account)).toBe(false);
  expect(ben.lines(group)).toContain("joined");
  expect(ben.lines(group)).not.toContain("added");
  expect(cat.lines(group)).toContain("joined");
  expect(standing(cat)).toBe("in");
  await cat.say(group, "hello all");
  await world.until("all read her", () => [ann, ben].every((one) => one.reads(group).includes("hello all")));
  expect(cat.reads(group)).toEqual(["hello all"]);
  expect(await cat.api.readLink(url)).toMatchObject({ standing: "member", conversation: group });
  expect(world.bugs()).toEqual([]);
});

test("[WE40] who joins by a link sees the members' pictures before they say anything", async () => {
  const world = new World({ seed: 431 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const pictureOf = (one: Person) => Uint8Array.from({ length: 900 }, () => one.name.charCodeAt(0));
  for (const one of [ann, ben]) await one.api.setProfile({ name: one.name, picture: pictureOf(one) });
  const group = await world.group(ann, [ben], "Choir");
  await ben.say(group, "here");
  await world.until("Ann reads", () => ann.reads(group).includes("here"));
  await cat.api.joinGroup(await makeLink(world, ann, group));
  await world.until("Cat is in", () => isIn(cat, group));
  await world.until("Cat sees both", () =>
    [ann, ben].every((one) => {
      const face = cat.view("conversation", group)?.members.find(({ account }) => account === one.account)?.face;
      return face?.picture !== undefined && face.picture[0] === one.name.charCodeAt(0);
    }),
  );
  expect(world.bugs()).toEqual([]);
});

test("[WE42] who asks to come in makes the chat unread for those who decide, and for nobody else", async () => {
  const world = new World({ seed: 432 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  await ann.api.setApproval(group, true);
  await cat.api.joinGroup(await makeLink(world, ann, group));
  const unread = (one: Person) => one.view("chats").find(({ conversation }) => conversation === group)?.unread;
  await world.until("Ann is told", () => ann.lines(group).includes("asks-in"));
  expect([unread(ann), unread(ben)]).toEqual([1, 1]); // Ben was invited, and has not looked yet.
  expect(ben.lines(group)).not.toContain("asks-in");
  await ann.api.markRead(group);
  expect(unread(ann)).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a link that is asked for while its group is still being made comes with it", async () => {
  const world = new World({ seed: 414 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const group = await ann.api.createGroup({ name: "Choir", accounts: [ben.account] });
  expect(ann.view("conversation", group)?.may.decide).toBe(true); // So it is offered already.
  const url = await makeLink(world, ann, group);
  await world.until("Ben can show it", () => isIn(ben, group));
  await world.until("it is quiet", () => [ann, ben].every((one) => !one.client.isBusy()));
  expect(await ben.api.groupLink(group)).toBe(url);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a newcomer registers with the link, and joins with all own devices", async () => {
  const world = new World({ seed: 401 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  const cat = await world.device("Cat");
  await world.during(cat.api.createAccount({ name: "Cat", link: url }));
  const tablet = await world.linkDevice(cat);
  await cat.api.joinGroup(url);
  await world.until("both of Cat's devices are in", () => [cat, tablet].every((one) => isIn(one, group)));
  await world.until("it is quiet", () => [ann, ben, cat, tablet].every((one) => !one.client.isBusy()));
  await tablet.say(group, "from the tablet");
  await world.until("all read it", () => [ann, ben, cat].every((one) => one.reads(group).includes("from the tablet")));
  expect(world.bugs()).toEqual([]);
});

test("[GR26] three devices are asked, one is enough, and doubles are settled by the gate", async () => {
  const world = new World({ seed: 402 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben, cat], "Choir");
  for (const one of [ben, cat]) await ann.api.setRole(group, one.account, "admin");
  await world.until("all lead", () => [ben, cat].every((one) => one.view("conversation", group)?.may.decide === true));
  const url = await makeLink(world, ann, group);
  expect(linkIn(url).admitters).toHaveLength(3);
  world.network.cutOff(ann.device); // Its maker is away.
  await dan.api.joinGroup(url);
  await world.until("Dan is in", () => isIn(dan, group));
  world.network.letBack(ann.device);
  await dan.say(group, "thanks");
  await world.until("all read it", () => [ann, ben, cat].every((one) => one.reads(group).includes("thanks")));
  expect(ann.view("conversation", group)?.members).toHaveLength(4);
  await world.pass(120_000);
  expect([ann, ben, cat, dan].map((one) => one.lines(group).filter((line) => line === "joined").length)).toEqual([
    1, 1, 1, 1,
  ]);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a counted link lets in as many as it says, and no more", async () => {
  const world = new World({ seed: 403 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group, 1);
  expect(ben.view("conversation", group)?.link?.left).toBe(1);
  await cat.api.joinGroup(url);
  await dan.api.joinGroup(url);
  await world.until("one is in, and the other is told", () => {
    const both = new Set([standing(cat), standing(dan)]);
    return both.has("in") && both.has("used-up");
  });
  expect(ann.view("conversation", group)?.members).toHaveLength(3);
  expect(ann.view("conversation", group)?.link?.left).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a link that was renewed, closed or is over lets nobody in, and says so", async () => {
  const world = new World({ seed: 404 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben], "Choir");
  const old = await makeLink(world, ann, group);
  const renewed = await makeLink(world, ann, group, undefined, 1);
  await cat.api.joinGroup(old);
  await world.until("Cat is told that it was renewed", () => standing(cat) === "reset");
  // What the old one brought along to register with is over as well.
  const eve = await world.device("Eve");
  await world.until("home forgot the old one", () => ann.disk.all("SELECT 1 FROM link_tokens").length === 1);
  await expect(world.during(eve.api.createAccount({ name: "Eve", link: old }))).rejects.toThrow("link-reset");
  await ann.api.closeGroupLink(group);
  await world.until("there is none", () => ben.view("conversation", group)?.link === undefined);
  expect(await ben.api.groupLink(group)).toBeUndefined();
  await dan.api.joinGroup(renewed);
  await world.until("Dan is told that it is closed", () => standing(dan) === "reset");
  await world.pass(2 * dayMs);
  await expect(cat.api.joinGroup(renewed)).rejects.toThrow("group-link-expired");
  expect(await cat.api.readLink(renewed)).toMatchObject({ standing: "expired" });
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] whose clock is behind asks with a link that is over, and the admin's clock decides", async () => {
  const world = new World({ seed: 405 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group, undefined, 1);
  await world.pass(1.5 * dayMs);
  cat.skewMs = -dayMs;
  await cat.api.joinGroup(url);
  await world.until("Cat is told", () => standing(cat) === "expired");
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
});

test("[GR26] an asking that home shows again lets nobody in whom it let in before", async () => {
  const world = new World({ seed: 406 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  const kept: Uint8Array[] = [];
  world.network.meddle(ann.device, (frame) => {
    if (frame[0] === pushFrame && !isPushOf(frame, "application") && !isPushOf(frame, "commit")) kept.push(frame);
    return [frame];
  });
  await cat.api.joinGroup(url);
  await world.until("Cat is in", () => isIn(cat, group));
  await cat.api.leaveGroup(group);
  await world.until("Cat is out", () => ann.view("conversation", group)?.members.length === 2);
  expect(kept.length).toBeGreaterThan(0);
  const refused = () => ann.client.diagnostics()["join-refused"] ?? 0;
  expect(refused()).toBe(0);
  world.network.meddle(ann.device, (frame) => [frame, ...kept.splice(0)]);
  await ben.say(group, "and now?");
  await world.until("it was shown again", () => refused() > 0);
  await world.pass(5_000);
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  world.network.meddle(ann.device, undefined);
  await cat.api.joinGroup(url); // She asks again herself: that is a new asking.
  await world.until("Cat is in again", () => isIn(cat, group));
  expect(world.bugs()).toEqual([]);
});

test("[GR26] an asking that its device did not sign lets nobody in", async () => {
  const forging: WrapPorts = (ports, person) => {
    if (person.name !== "Cat") return ports;
    const sign: typeof ports.crypto.sign = async (key, message) => {
      const signature = await ports.crypto.sign(key, message);
      return message[7] === 0x6a ? signature.map((byte) => byte ^ 1) : signature; // "yanshu join …"
    };
    return { ...ports, crypto: { ...ports.crypto, sign } };
  };
  const world = new World({ seed: 417, wrapPorts: forging });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  await cat.api.joinGroup(url);
  await world.until("it is refused", () => ann.client.diagnostics()["join-refused"] === 1);
  await world.pass(5_000);
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  expect(standing(cat)).toBe("asking");
});

test("[GR26] asking goes on over a restart, until an admin's device is awake", async () => {
  const world = new World({ seed: 407 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  ann.crash();
  await cat.api.joinGroup(url);
  await world.pass(5_000);
  expect(standing(cat)).toBe("asking");
  cat.crash();
  await cat.switchOn();
  await world.pass(10 * 60_000);
  await ann.switchOn();
  await world.until("Cat is in", () => isIn(cat, group));
  expect(world.bugs()).toEqual([]);
});

test("[GR26] who left comes back by the link, and leaves silently again", async () => {
  const world = new World({ seed: 408 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  const url = await makeLink(world, ann, group);
  await cat.api.leaveGroup(group);
  await world.until("Cat left", () => cat.view("conversation", group)?.state === "left");
  await cat.api.joinGroup(url);
  await world.until("Cat is back", () => isIn(cat, group) && ben.view("conversation", group)?.members.length === 3);
  // Taken out by another's hand now, that is said: her word from before holds no longer.
  await ann.api.removeMember(group, cat.account);
  await world.until("Ben sees it", () => ben.lines(group).includes("removed"));
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a group that changed since is still entered by the link that was shown before", async () => {
  const world = new World({ seed: 409 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben, cat], "Choir");
  const url = await makeLink(world, ann, group);
  await cat.api.leaveGroup(group);
  await world.until("Cat is out", () => ann.view("conversation", group)?.members.length === 2);
  await ann.api.renameGroup(group, "Choir of ours");
  await world.until("renamed", () => ben.view("conversation", group)?.title === "Choir of ours");
  await world.pass(6.9 * dayMs);
  await dan.api.joinGroup(url);
  await world.until("Dan is in", () => isIn(dan, group));
  expect(world.bugs()).toEqual([]);
});

test("[GR27] with approval, who asks waits; one admin says yes, another's list is empty too", async () => {
  const world = new World({ seed: 410 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ann.api.setRole(group, ben.account, "admin");
  await ann.api.setApproval(group, true);
  await world.until("it holds for all", () =>
    [ben, cat].every((one) => one.view("conversation", group)?.isApproved === true),
  );
  const url = await makeLink(world, ann, group);
  await dan.api.joinGroup(url);
  await world.until("both admins are asked", () =>
    [ann, ben].every((one) => one.view("conversation", group)?.asking === 1),
  );
  await world.until("Dan knows that he waits", () => standing(dan) === "waiting");
  expect(ann.view("asking", group)).toMatchObject([{ account: dan.account, name: "Dan" }]);
  expect([ann, ben, cat].map((one) => one.lines(group).includes("asks-in"))).toEqual([true, true, false]);
  expect(cat.view("asking", group)).toEqual([]);
  await expect(cat.api.letIn(group, dan.account)).rejects.toThrow("not-allowed");
  // A member adds nobody meanwhile.
  const eve = await world.person("Eve");
  await world.befriend(cat, eve);
  expect(cat.view("conversation", group)?.may.add).toBe(false);
  await expect(cat.api.addMembers(group, [eve.account])).rejects.toThrow("not-allowed");
  await ben.api.letIn(group, dan.account);
  await world.until("Dan is in", () => isIn(dan, group));
  await world.until("nobody waits any more", () =>
    [ann, ben].every((one) => one.view("conversation", group)?.asking === 0),
  );
  expect(world.bugs()).toEqual([]);
});

test("[GR27] who is turned away is told, other admins see it, and may ask anew", async () => {
  const world = new World({ seed: 411 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  await ann.api.setRole(group, ben.account, "admin");
  await ann.api.setApproval(group, true);
  await world.until("Ben decides too", () => ben.view("conversation", group)?.may.decide === true);
  const url = await makeLink(world, ann, group);
  await cat.api.joinGroup(url);
  await world.until("both are asked", () => [ann, ben].every((one) => one.view("conversation", group)?.asking === 1));
  await ann.api.turnAway(group, cat.account);
  await world.until("Cat is told", () => standing(cat) === "refused");
  await world.until("Ben need not decide", () => ben.view("conversation", group)?.asking === 0);
  await cat.api.joinGroup(url);
  await world.until("she asks again", () => ben.view("conversation", group)?.asking === 1);
  await cat.api.forgetJoin(cat.view("joins")[0]?.id ?? "");
  expect(cat.view("joins")).toEqual([]);
  await ben.api.letIn(group, cat.account);
  await world.pass(30_000);
  expect(isIn(cat, group)).toBe(false); // She thought better of it: her package is gone.
  expect(world.bugs()).toEqual([]);
});

const wouldLetIn = (person: Person) => person.disk.all("SELECT 1 FROM jobs WHERE kind = 'join'").length === 1;

test("[GR27.4] who asked before approval was turned on, and is not in yet, waits for a person's word", async () => {
  const world = new World({ seed: 419 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben leads", () => ben.view("conversation", group)?.may.decide === true);
  await cat.api.joinGroup(url);
  await world.until("Ann's device would let her in", () => wouldLetIn(ann));
  world.network.cutOff(ann.device); // It is away before it could.
  await ben.api.setApproval(group, true);
  await world.until("it holds", () => ben.view("conversation", group)?.isApproved === true);
  expect(ben.view("conversation", group)?.members).toHaveLength(2);
  world.network.letBack(ann.device);
  await world.until("Ann is asked", () => ann.view("conversation", group)?.asking === 1);
  expect(ann.view("asking", group)).toMatchObject([{ account: cat.account, name: "Cat" }]);
  expect(ann.lines(group).filter((line) => line === "asks-in")).toHaveLength(1);
  await world.until("Cat knows that she waits", () => standing(cat) === "waiting");
  await world.pass(5 * 60_000);
  expect([isIn(cat, group), ben.view("conversation", group)?.members.length]).toEqual([false, 2]);
  await ann.api.letIn(group, cat.account);
  await world.until("Cat is in", () => isIn(cat, group));
  expect(world.bugs()).toEqual([]);
});

test("[GR27.4] the same where the device that was asked turns approval on itself; who is turned away is not let in", async () => {
  const world = new World({ seed: 420 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const url = await makeLink(world, ann, group);
  // A commit of hers is on its way and not answered: what she decides next comes after it.
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame && !isPushOf(frame, "commit") ? [frame] : []));
  await ann.api.renameGroup(group, "Choir of ours");
  await world.until("Ben sees the name", () => ben.view("conversation", group)?.title === "Choir of ours");
  await cat.api.joinGroup(url);
  await world.until("Ann's device would let her in", () => wouldLetIn(ann));
  await ann.api.setApproval(group, true);
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await world.until("Ann is asked", () => ann.view("conversation", group)?.asking === 1);
  await world.until("it holds", () => ben.view("conversation", group)?.isApproved === true);
  await ann.api.turnAway(group, cat.account);
  await world.until("Cat is told", () => standing(cat) === "refused");
  await world.pass(5 * 60_000);
  expect([isIn(cat, group), ben.view("conversation", group)?.members.length]).toEqual([false, 2]);
  expect(world.bugs()).toEqual([]);
});

test("[GR27.3] a hundred wait for a word at most, the newest do, and nothing is kept of the others", async () => {
  const world = new World({ seed: 418 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Choir");
  await ann.api.setApproval(group, true);
  const link = linkIn(await makeLink(world, ann, group));
  const at = link.admitters[0]?.at ?? new Uint8Array();
  const admitter = { address: at.slice(0, 16), sealKey: at.slice(16) };
  const count = (sql: string) => ann.disk.get<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`)?.n ?? 0;
  const before = count("people");
  const all = [];
  for (let i = 0; i < 103; i++) all.push(await stranger());
  for (const one of all) {
    await throwNotes(world, admitter, [await askingBy(one, link.secret, world.clock.nowMs())]);
    await world.pass(1_000);
  }
  await world.until("a hundred wait", () => ann.view("conversation", group)?.asking === 100);
  await world.pass(5_000);
  expect(ann.lines(group).filter((line) => line === "asks-in")).toHaveLength(100);
  expect([count("people") - before, count("accounts")]).toEqual([100, 2]);
  const last = toHex(all.at(-1)?.account ?? new Uint8Array());
  expect(ann.view("asking", group).some(({ account }) => account === last)).toBe(true);
  await ann.api.letIn(group, last);
  await world.until("the last is in", () => ann.view("conversation", group)?.members.length === 3);
  expect(world.bugs()).toEqual([]);
});

test("[GR28] the owner dissolves a group: all read on, nobody writes or comes in", async () => {
  const world = new World({ seed: 412 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const tablet = await world.linkDevice(ann);
  const group = await world.group(ann, [ben, cat], "Choir");
  await world.until("the tablet is in", () => isIn(tablet, group));
  await ann.api.setRole(group, ben.account, "admin");
  const url = await makeLink(world, ann, group);
  await world.until("Ben leads", () => ben.view("conversation", group)?.may.decide === true);
  await expect(ben.api.dissolveGroup(group)).rejects.toThrow("not-allowed");
  world.network.cutOff(ann.device);
  await ann.say(group, "thank you all");
  await ann.api.dissolveGroup(group);
  world.network.letBack(ann.device);
  const all = [ann, tablet, ben, cat];
  await world.until("it is over for all", () =>
    all.every((one) => one.view("conversation", group)?.state === "dissolved"),
  );
  for (const one of all) {
    expect(one.reads(group)).toEqual(["thank you all"]);
    expect(one.lines(group).at(-1)).toBe("dissolved");
    expect(one.lines(group)).not.toContain("removed");
    expect(one.view("conversation", group)?.members).toHaveLength(3);
    expect(one.view("conversation", group)?.may).toMatchObject({
      write: false,
      add: false,
      edit: false,
      decide: false,
    });
    await expect(one.say(group, "still here?")).rejects.toThrow("not-allowed");
  }
  const dan = await world.person("Dan");
  await dan.api.joinGroup(url);
  await world.pass(10_000);
  expect(isIn(dan, group)).toBe(false);
  expect(await ann.api.groupLink(group)).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[GR28] [DS19] a device that stops before home heard that it has the end is told once more, and shows it once", async () => {
  const world = new World({ seed: 118 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const [ended, left] = [await world.group(ann, [ben, cat], "Walks"), await world.group(ann, [ben, cat], "Choir")];
  await world.pass(5_000);
  const lines = (kind: string) =>
    [ended, left].flatMap((chat) =>
      cat.items(chat).filter(({ body }) => body.kind === "system" && body.line.kind === kind),
    );
  await ann.api.dissolveGroup(ended);
  await world.until("Cat knows", () => lines("dissolved").length > 0);
  cat.crash();
  await cat.switchOn();
  await world.pass(5_000);
  expect(lines("dissolved")).toHaveLength(1);
  await ann.api.removeMember(left, cat.account);
  await world.until("Cat knows that too", () => lines("you-were-removed").length > 0);
  cat.crash();
  await cat.switchOn();
  await world.pass(5_000);
  expect(lines("you-were-removed")).toHaveLength(1);
});

test("[GR28] a member who was away learns of the end; what was written too late is not sent", async () => {
  const world = new World({ seed: 413 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  world.network.cutOff(cat.device);
  const late = await cat.say(group, "see you on Monday");
  await ann.api.dissolveGroup(group);
  await world.until("it is over", () => ben.view("conversation", group)?.state === "dissolved");
  world.network.letBack(cat.device);
  await world.until("Cat knows", () => cat.view("conversation", group)?.state === "dissolved");
  expect(cat.items(group).find(({ id }) => id === late)?.state).toBe("failed");
  expect(ben.reads(group)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR20] an owner who leaves hands the group to whom they name", async () => {
  const world = new World({ seed: 414 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await expect(ann.api.leaveGroup(group)).rejects.toThrow("last-admin");
  await ann.api.leaveGroup(group, cat.account);
  await world.until("Cat owns it and Ann is gone", () => {
    const seen = ben.view("conversation", group);
    return seen?.members.length === 2 && seen.members.some(({ name, role }) => name === "Cat" && role === "owner");
  });
  expect(ann.view("conversation", group)?.state).toBe("left");
  expect(ben.lines(group)).not.toContain("left");
  expect(world.bugs()).toEqual([]);
});

test("[GR30] a card in a chat invites: a tap joins, and an old one says that it is over", async () => {
  const world = new World({ seed: 415 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "一家人");
  const chat = await world.befriend(ann, cat);
  await expect(ann.api.sendGroupCard(group, [chat])).rejects.toThrow("link-expired");
  await makeLink(world, ann, group, undefined, 1);
  expect(await ann.api.sendGroupCard(group, [chat])).toBe(1);
  const card = () => cat.items(chat).flatMap(({ body }) => (body.kind === "group-card" ? [body] : []))[0];
  await world.until("Cat has it", () => card() !== undefined);
  expect(card()?.name).toBe("一家人");
  expect(cat.view("chats")[0]?.preview).toMatchObject({ kind: "group-card", text: "一家人" });
  await cat.api.joinGroup(card()?.link ?? "");
  await world.until("Cat is in", () => isIn(cat, group));
  expect(world.bugs()).toEqual([]);
});

test("[GR26] a link with another secret lets nobody in", async () => {
  const world = new World({ seed: 416 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  const link = linkIn(await makeLink(world, ann, group));
  const wrong = { ...link, secret: new Uint8Array(16).fill(7) };
  await cat.api.joinGroup(encodeLink("https://yan.test", { kind: "group", link: wrong }));
  await world.pass(30_000);
  // A person who holds no link of theirs is told nothing, and remembered by nobody.
  expect(standing(cat)).toBe("asking");
  expect(ann.client.diagnostics()["join-refused"]).toBe(1);
  expect(ann.disk.get("SELECT 1 FROM accounts WHERE account = ?", fromHex(cat.account))).toBeUndefined();
  expect(ann.view("conversation", group)?.members).toHaveLength(2);
  expect(ben.view("conversation", group)?.members).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
});
