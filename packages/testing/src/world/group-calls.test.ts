import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { FrameOpener, readKid } from "@yanshu/mls/sframe";
import { type Bytes, everySeat, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { CallPage } from "./call-page.ts";
import { secretOn } from "./call-secret.ts";
import { ghostIn } from "./ghost.ts";

async function family(seed: number) {
  const world = new World({ seed, files: true });
  const people = [
    await world.person("外婆"),
    await world.person("Maya"),
    await world.person("Ben"),
    await world.person("Dan"),
  ] as const;
  const [ann, maya, ben, dan] = people;
  const group = await world.group(ann, [maya, ben, dan], "一家人");
  const [annPage, mayaPage, benPage, danPage] = people.map((one) => new CallPage(one)) as [
    CallPage,
    CallPage,
    CallPage,
    CallPage,
  ];
  await world.until("home forwards media", () => annPage.view.areThere && danPage.view.areThere);
  return { world, ann, maya, ben, dan, group, annPage, mayaPage, benPage, danPage };
}

/** What the chat shows of calls. */
function records(person: Person, chat: Hex): string[] {
  return person
    .items(chat)
    .flatMap(({ body }) => (body.kind === "call" ? [`${body.media} ${body.as} ${body.isGroup}`] : []));
}

/** Those in it sit, know each other, and have each other's keys. */
async function gather(pages: readonly CallPage[], call: Hex): Promise<void> {
  for (const page of pages) await page.person.api.joinGroupCall(call, page.host);
}
const together = (pages: readonly CallPage[]) => () => pages.every((page) => page.has(pages.length - 1));

test("[CA90] [CA91] [CA93] a group call rings whom one chose, others join from the chat, and each hears every other by the name of its key", async () => {
  const { world, ann, dan, maya, group, annPage, mayaPage, benPage, danPage } = await family(5101);
  await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("Maya's device rings", () => mayaPage.view.ringing !== undefined);
  expect(mayaPage.view.ringing).toMatchObject({ media: "voice", title: "一家人", person: { name: "外婆" } });
  expect(benPage.view.ringing).toBeUndefined();
  await benPage.person.api.watchGroupCalls(group);
  await world.until("Ben sees who is in it", () => benPage.view.live[0]?.people[0]?.person.name === "外婆");
  expect(records(benPage.person, group)).toEqual(["voice now true"]);
  await gather([mayaPage, benPage], mayaPage.view.ringing?.call ?? "");
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  expect(mayaPage.view.ringing).toBeUndefined();
  expect(annPage.people).toEqual(["Ben", "Maya", "me"]);
  expect(benPage.people).toEqual(["Maya", "me", "外婆"].toSorted());
  const words = await annPage.speak("吃饭了");
  expect(await mayaPage.hear(words)).toBe("外婆: 吃饭了");
  expect(await benPage.hear(words)).toBe("外婆: 吃饭了");
  expect(await benPage.hear(words)).toBe("replayed");
  // Who is in the group, and not in the call, has no key of it.
  await dan.api.watchGroupCalls(group);
  await world.until("Dan sees it", () => danPage.view.live[0]?.people.length === 3);
  expect(await danPage.hear(await annPage.speak("only for us"))).toBe("no-key");
  expect(world.bugs()).toEqual([]);
});

test("[CA93] who came later opens nothing of before, and who left nothing of what follows", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5102);
  const call = await world.during(ann.api.startGroupCall(group, "video", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => mayaPage.view.ringing !== undefined && benPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  const before = await annPage.speak("before Ben");
  await gather([benPage], call);
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  expect(await benPage.hear(before)).toBe("no-key");
  expect(await mayaPage.hear(before)).toBe("外婆: before Ben");
  const during = await annPage.speak("with Ben");
  expect(await benPage.hear(during)).toBe("外婆: with Ben");
  expect(await mayaPage.hear(during)).toBe("外婆: with Ben");
  const generation = annPage.generation;
  const benKeys = new FrameOpener(() => 0);
  for (const { kid, key } of benPage.frameKeys.others) benKeys.give(readKid(kid), key);
  await ben.api.leaveGroupCall();
  await world.until("a new generation", () => annPage.generation === generation + 1 && mayaPage.has(1));
  expect(annPage.people).toEqual(["Maya", "me"]);
  const after = await annPage.speak("without Ben");
  expect(await benKeys.open(after, 0, true)).toBe("no-key");
  await world.until("Maya was given it", () => readKid(mayaPage.frameKeys.others[0]?.kid ?? 0).generation > generation);
  expect(await mayaPage.hear(after)).toBe("外婆: without Ben");
  expect(world.bugs()).toEqual([]);
});

test("[CA94] who is removed from the group is out of its call, and opens nothing more, within a second of it", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5103);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => mayaPage.view.ringing !== undefined && benPage.view.ringing !== undefined);
  await gather([mayaPage, benPage], call);
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  const generation = annPage.generation;
  await ann.api.removeMember(group, ben.account);
  const isOut = () => !(ann.view("conversation", group)?.members ?? []).some(({ account }) => account === ben.account);
  await world.until("the group has let him go", isOut);
  await world.until(
    "he is out, and there are new keys",
    () => annPage.generation > generation && annPage.has(1),
    1_000,
  );
  await world.until("his own device left", () => benPage.view.now === undefined);
  expect(annPage.people).toEqual(["Maya", "me"]);
});

test("[CA98] who left or was removed opens no frame that is sent once the others show them no more", async () => {
  const { world, ann, ben, maya, group, annPage, mayaPage, benPage } = await family(5109);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => mayaPage.view.ringing !== undefined && benPage.view.ringing !== undefined);
  await gather([mayaPage, benPage], call);
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  const [mayaHad, benHad] = [mayaPage.keptKeys(), benPage.keptKeys()];
  // Sealed by the very view that shows the person no more.
  const firstWithout = async (name: string, go: () => Promise<unknown>) => {
    const isShown = () => annPage.people.includes(name);
    expect(isShown()).toBe(true);
    let sealed: Promise<Bytes> | undefined;
    const stop = ann.client.subscribe("groupCalls", [], () => {
      if (!isShown()) sealed ??= annPage.speak(`without ${name}`);
    });
    await go();
    await world.until(`${name} is gone`, () => sealed !== undefined);
    stop();
    return (await sealed) as Bytes;
  };
  const withoutMaya = await firstWithout("Maya", () => maya.api.leaveGroupCall());
  expect(await mayaHad.open(withoutMaya, 0, true)).toBe("no-key");
  await world.until("two have keys", () => annPage.has(1) && benPage.has(1));
  await world.until("Ben was given it", () => benPage.opens(withoutMaya));
  expect(await benPage.hear(withoutMaya)).toBe("外婆: without Maya");
  const benHasNow = benPage.keptKeys();
  const withoutBen = await firstWithout("Ben", () => ann.api.removeMember(group, ben.account));
  for (const had of [benHad, benHasNow]) expect(await had.open(withoutBen, 0, true)).toBe("no-key");
  expect(world.bugs()).toEqual([]);
});

test("[CA96] the last who leaves ends it: the record says how long it was, and nothing rings or is offered any more", async () => {
  const { world, ann, maya, group, annPage, mayaPage } = await family(5104);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  await world.pass(10_000);
  await maya.api.leaveGroupCall();
  await world.until("she is alone", () => annPage.people.length === 1);
  await ann.api.leaveGroupCall();
  await maya.api.watchGroupCalls(group);
  await world.until("it is over for Maya", () => records(maya, group)[0] === "voice ended true");
  await world.until("nothing is offered", () => mayaPage.view.live.length === 0);
  await world.until("it says how long it was", () => {
    const body = maya.items(group).find((item) => item.body.kind === "call")?.body;
    return body?.kind === "call" && body.seconds >= 10;
  });
});

test("[CA90] of one's devices one answers, and the others ring no more; who is silenced may still join", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5105);
  const tablet = new CallPage(await world.linkDevice(maya));
  await world.until("the tablet is in the group", () => tablet.person.view("conversation", group)?.state === "open");
  await ann.api.watchGroupCalls(undefined);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account, ben.account], annPage.host));
  await world.until("all ring", () => [mayaPage, tablet, benPage].every(({ view }) => view.ringing !== undefined));
  await gather([tablet], call);
  await world.until("the phone is silent", () => mayaPage.view.ringing === undefined);
  await benPage.person.api.silenceGroupCall(call);
  await world.until("Ben's is silent", () => benPage.view.ringing === undefined);
  await gather([benPage], call);
  await world.until("three have keys", together([annPage, tablet, benPage]));
});

test("[CA90] whom nobody answers it rings for a minute, and only members of the group are rung", async () => {
  const { world, ann, maya, group, annPage, mayaPage } = await family(5106);
  const refused = ann.api.startGroupCall(group, "voice", ["ab".repeat(32)], annPage.host).catch(({ code }) => code);
  expect(await refused).toBe("not-allowed");
  await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await world.pass(61_000);
  expect(mayaPage.view.ringing).toBeUndefined();
  await maya.api.watchGroupCalls(group);
  await world.until("it is still offered", () => mayaPage.view.live.length === 1);
});

test("[CA91] a seat that home makes up has no face and no key, whatever it repeats of others", async () => {
  const { world, ann, maya, group, annPage, mayaPage } = await family(5107);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  const ghost = ghostIn(world, fromHex(call));
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  const said = ghost.got.flatMap((frame) => (frame.type === "said" ? [frame.bytes] : []));
  expect(said.length).toBeGreaterThan(2);
  for (const bytes of said) ghost.say(everySeat, bytes);
  ghost.say(everySeat, new Uint8Array(300).fill(9));
  await world.pass(3_000);
  expect(annPage.people).toEqual(["Maya", "me"]);
  expect(mayaPage.people).toEqual(["me", "外婆"].toSorted());
  expect(annPage.has(1) && mayaPage.has(1)).toBe(true);
  expect(await mayaPage.hear(await annPage.speak("still us"))).toBe("外婆: still us");
});

test("[CA95] after a restart the chat finds the call that goes on, and one comes back on another seat with other keys", async () => {
  const { world, ann, maya, group, annPage, mayaPage } = await family(5108);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  maya.crash();
  await maya.switchOn();
  const again = new CallPage(maya);
  await world.until("home is there again", () => again.view.areThere);
  await maya.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => again.view.live[0]?.call === call);
  await gather([again], call);
  await world.until("two have keys again", together([annPage, again]));
  await world.until("nobody is there twice", () => annPage.people.length === 2);
  const given = () => again.frameKeys.others[0]?.kid;
  await world.until("what she was given is in use", () => given() === annPage.frameKeys.own?.kid);
  expect(await again.hear(await annPage.speak("welcome back"))).toBe("外婆: welcome back");
});

test("[CA103] a call whose last device went without a word is forgotten by all once nobody holds its room open", async () => {
  const { world, ann, maya, ben, dan, group, annPage, mayaPage } = await family(5111);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  await world.until("all have the message", () =>
    [ann, maya, ben, dan].every((one) => secretOn(one, "call") !== undefined),
  );
  for (const one of [ann, maya, dan]) one.crash();
  await world.pass(5 * 60_000);
  expect(secretOn(ben, "call")).toBeDefined();
  await world.until("Ben's device asked for it", () => secretOn(ben, "call") === undefined, 10 * 60_000);
  expect(records(ben, group)).toEqual(["voice ended true"]);
  // On Dan's it is from yesterday: nobody has to be asked.
  dan.disk.run("UPDATE messages SET sent_ms = sent_ms - 46800000 WHERE kind = 'call'");
  await dan.switchOn();
  await world.until("Dan's forgot it", () => secretOn(dan, "call") === undefined, 15_000);
  const others = [ann, maya];
  for (const one of others) await one.switchOn();
  await world.until("all asked", () => others.every((one) => secretOn(one, "call") === undefined), 2 * 60_000);
  expect(world.bugs()).toEqual([]);
}, 30_000);

test("[CA103] a room that is away for a moment, as when home starts anew, is not taken for one that is over", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5112);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  await ben.api.watchGroupCalls(group);
  await world.until("Ben sees it", () => benPage.view.live.length === 1);
  world.crashServer();
  world.startServers();
  await world.until("the two are together again", together([annPage, mayaPage]), 120_000);
  await world.pass(90_000);
  for (const one of [ann, maya, ben]) expect(secretOn(one, "call")).toBeDefined();
});

test("[CA227] home that starts anew in the midst of a group's call ends it for nobody: all come together again by themselves, and hear each other", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5130);
  const pages = [annPage, mayaPage, benPage];
  const call = await world.during(ann.api.startGroupCall(group, "video", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => [mayaPage, benPage].every(({ view }) => view.ringing !== undefined));
  await gather([mayaPage, benPage], call);
  await world.until("three have keys", together(pages));
  const pairs = pages.flatMap((to) => pages.filter((from) => from !== to).map((from) => [to, from] as const));
  const hears = async ([to, from]: (typeof pairs)[number]) =>
    (await to.hear(await from.speak("still here"))).endsWith(": still here");
  await world.pass(10_000);
  expect(await Promise.all(pairs.map(hears))).not.toContain(false);
  world.crashServer();
  await world.until("all know that they are away", () => pages.every(({ view }) => view.now?.isAway === true));
  world.startServers();
  const isTogether = () =>
    world.server.counts().roomSeats === 3 && pages.every(({ view }) => view.now?.isAway === false);
  const areHeard = async () => isTogether() && (await Promise.all(pairs.map(hears))).every(Boolean);
  await world.until("all sit there again", isTogether, 10_000);
  for (let n = 0; n < 10; n++) {
    await world.pass(1_000);
    await areHeard();
  }
  expect(await areHeard()).toBe(true);
  for (const page of pages) await page.person.api.leaveGroupCall();
  await world.until(
    "its record says how long it was",
    () => records(ben, group)[0]?.startsWith("video ended") === true,
  );
  expect(world.bugs()).toEqual([]);
});

test("[CA194] who shows their screen is known to those who are there, and to who comes later, until it is over", async () => {
  const { world, ann, maya, ben, group, annPage, mayaPage, benPage } = await family(5121);
  const call = await world.during(ann.api.startGroupCall(group, "video", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => mayaPage.view.ringing !== undefined && benPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  const screens = (page: CallPage) =>
    (page.view.now?.people ?? []).flatMap(({ person, screen, isHere }) =>
      screen ? [isHere ? "me" : person.name] : [],
    );
  await ann.api.groupCallSends(call, true, true, true);
  await world.until("Maya sees whose it is", () => screens(mayaPage).length === 1 && screens(annPage).length === 1);
  expect(screens(annPage)).toEqual(["me"]);
  expect(screens(mayaPage)).toEqual(["外婆"]);
  await gather([benPage], call);
  await world.until("Ben as well, who came later", () => screens(benPage).includes("外婆"));
  await world.pass(6_000);
  expect(screens(mayaPage)).toEqual(["外婆"]);
  await ann.api.groupCallSends(call, true, true, false);
  await world.until("it is a camera again", () => [mayaPage, benPage].every((page) => screens(page).length === 0));
  await maya.api.groupCallSends(call, true, false, true);
  await world.pass(1_000);
  expect([annPage, mayaPage, benPage].flatMap(screens)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CA199] where the caller left first the record says how long the call was, and says so once nobody is in it", async () => {
  const { world, ann, maya, ben, dan, group, annPage, mayaPage, benPage } = await family(5122);
  const everybody = [ann, maya, ben, dan];
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account, ben.account], annPage.host));
  await world.until("both ring", () => mayaPage.view.ringing !== undefined && benPage.view.ringing !== undefined);
  await gather([mayaPage, benPage], call);
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  await world.pass(20_000);
  await ann.api.leaveGroupCall();
  await world.until("two have keys", together([mayaPage, benPage]));
  await world.pass(60_000);
  expect(lengths(ann, group)).toEqual(["now 0"]);
  // She looks in once more, and goes again.
  await gather([annPage], call);
  await world.until("three have keys", together([annPage, mayaPage, benPage]));
  await ann.api.leaveGroupCall();
  await ben.api.leaveGroupCall();
  await world.pass(20_000);
  await maya.api.leaveGroupCall();
  await world.until("all read how it was", () =>
    everybody.every((one) => /^ended [1-9]/.test(lengths(one, group)[0] ?? "")),
  );
  const [said = ""] = lengths(dan, group);
  expect(Number(said.split(" ")[1])).toBeGreaterThanOrEqual(100);
  expect(Number(said.split(" ")[1])).toBeLessThan(115);
  for (const one of everybody) expect(lengths(one, group)).toEqual([said]);
  expect(world.bugs()).toEqual([]);
});

test("[CA199] where the caller's device was off before the end, the record says that it is over", async () => {
  const { world, ann, maya, group, annPage, mayaPage } = await family(5123);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], annPage.host));
  await world.until("it rings", () => mayaPage.view.ringing !== undefined);
  await gather([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  await world.pass(20_000);
  await ann.api.leaveGroupCall();
  await world.pass(1_000);
  ann.crash();
  await maya.api.leaveGroupCall();
  await ann.switchOn();
  await world.pass(10_000);
  for (const one of [ann, maya]) expect(lengths(one, group)).toEqual(["ended 0"]);
});

/** How each call of a chat ended, and after how many seconds. */
function lengths(person: Person, chat: Hex): string[] {
  return person.items(chat).flatMap(({ body }) => (body.kind === "call" ? [`${body.as} ${body.seconds}`] : []));
}
