import { expect, test } from "bun:test";
import { type Capability, concat, decodeLink, decodeServerFrame, encodeCall, utf8 } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto } from "./turned.ts";

test("[ID27] a link that is off lets nobody in, on whichever own device it was turned, and the same link does again", async () => {
  const world = new World({ seed: 340 });
  const [mum, ben] = [await world.person("妈妈"), await world.person("Ben")];
  const tablet = await world.linkDevice(mum);
  const link = await mum.api.myLink();
  await tablet.api.setPrivacy({ takesLink: false });
  await world.until("her phone knows", () => mum.view("status").me?.privacy.takesLink === false);
  const ask = () => world.during(ben.api.requestContact({ link, greeting: "我是 Ben", scanned: false }));
  expect(await ask().catch((error: { code: string }) => error.code)).toBe("link-reset");
  // A device that signs in anew does not give it back.
  mum.crash();
  await mum.switchOn();
  await world.until("she is online", () => mum.view("status").network === "online");
  expect(await ask().catch((error: { code: string }) => error.code)).toBe("link-reset");

  await mum.api.setPrivacy({ takesLink: true });
  await world.pass(3_000);
  const chat = await ask();
  await world.until("she is asked", () => mum.view("requests").some(({ conversation }) => conversation === chat));
  expect(world.bugs()).toEqual([]);
});

test("[ID27] a link that is renewed while it is off stays off, and friends stay", async () => {
  const world = new World({ seed: 341 });
  const [mum, ben, cat] = [await world.person("妈妈"), await world.person("Ben"), await world.person("Cat")];
  const withBen = await world.befriend(mum, ben);
  await mum.api.setPrivacy({ takesLink: false });
  const link = await world.during(mum.api.resetLink());
  const asked = world.during(cat.api.requestContact({ link, greeting: "我是 Cat", scanned: false }));
  expect(await asked.catch((error: { code: string }) => error.code)).toBe("link-reset");
  await ben.say(withBen, "吃了吗？");
  await world.until("she reads it", () => mum.reads(withBen).includes("吃了吗？"));
  expect(world.bugs()).toEqual([]);
});

test("[ID27] who wants no groups of strangers is asked into none, and leaves them unseen", async () => {
  const world = new World({ seed: 342 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  // Through which Ann may add Dan, once he has let go of her.
  const choir = await world.group(ben, [ann, dan], "Choir");
  await world.befriend(ann, cat);
  await world.befriend(ann, dan);
  const tablet = await world.linkDevice(dan);
  await dan.api.setPrivacy({ takesGroups: false });
  await world.until("the tablet knows", () => tablet.view("status").me?.privacy.takesGroups === false);
  await dan.api.deleteContact(ann.account);
  await world.pass(5_000);
  const lottery = await ann.api.createGroup({ name: "Lottery", accounts: [cat.account, dan.account] });
  await world.until(
    "Ann's device takes him out",
    () => ann.view("conversation", lottery)?.members.every(({ account }) => account !== dan.account) === true,
  );
  for (const one of [dan, tablet]) {
    expect(one.view("requests")).toEqual([]);
    expect(one.view("status").requests).toBe(0);
    expect(one.view("chats").map(({ title }) => title)).not.toContain("Lottery");
  }
  // A friend's group is no stranger's.
  const quilting = await ben.api.createGroup({ name: "Quilting", accounts: [ann.account, dan.account] });
  await world.until("Dan is in", () => dan.view("conversation", quilting)?.state === "open");
  expect(dan.view("conversation", choir)?.state).toBe("open");
  expect(world.bugs()).toEqual([]);
});

/** What home answers somebody who shows this right, by their own client. */
async function drawsWith(world: World, capability: Capability): Promise<boolean | undefined> {
  let isDrawn: boolean | undefined;
  const socket = world.network.connect("somebody in the dark", {
    open: () => {
      socket.send(encodeCall(1, "hello", { versions: [1] }));
      socket.send(encodeCall(2, "claim", { capability }));
    },
    message: (bytes) => {
      const frame = decodeServerFrame(bytes);
      if ((frame.type === "result" || frame.type === "error") && frame.request === 2) isDrawn = frame.type === "result";
    },
    closed: () => undefined,
  });
  await world.pass(2_000);
  return isDrawn;
}

test("[ID24] [ID27] [ID28] who holds the link, and has looked at how rights are made, has not the one of the card nor of the handle", async () => {
  const world = new World({ seed: 343 });
  const mum = await world.person("妈妈");
  const read = decodeLink(await world.during(mum.api.myLink()));
  if (read?.kind !== "contact") throw new Error("no link");
  const { capability } = read.link;
  expect(await drawsWith(world, capability)).toBe(true);
  await world.during(mum.api.setPrivacy({ takesLink: false }));
  await world.pass(2_000);
  expect(await drawsWith(world, capability)).toBe(false);
  for (const of of ["link", "card", "handle"]) {
    const made = crypto.sha256(concat(utf8(`yanshu ${of} capability v1\0`), capability)).subarray(0, 16);
    expect(await drawsWith(world, made)).toBe(false);
  }
});
