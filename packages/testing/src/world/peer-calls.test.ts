/** Two people of two homes call each other (docs/spec/calls.md CA246–CA249, docs/spec/peers.md PE57). */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import { openSqliteLog, peersPort, provide } from "@yanshu/server";
import { type AccountId, type DeviceId, decodeClientFrame, fromHex, toHex } from "@yanshu/wire";
import { CallPage } from "./call-page.ts";
import { LivePage, roomOf } from "./live-page.ts";
import { PairPage, records } from "./pair-page.ts";
import { worldOfPeers } from "./peer-homes.ts";
import type { Person } from "./person.ts";
import { saysUnchecked } from "./turned.ts";
import { calls, homeFill } from "./world.ts";

async function two(seed: number) {
  const homes = worldOfPeers({ seed, files: true });
  const { world } = homes;
  const [ann, ben] = [await world.person("Ann"), await homes.personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  const [annPage, benPage] = [new PairPage(ann), new PairPage(ben)];
  await world.until("both homes have calls", () => annPage.view.areThere && benPage.view.areThere);
  return { ...homes, ann, ben, chat, annPage, benPage };
}

const call = (page: PairPage) => page.view.now?.call as Hex;

test("[CA246] [CA247] [PE57] a call rings at another home, in a room of its caller's, and its relay is gone to once it is answered", async () => {
  const { world, wires, there, ann, ben, chat, annPage, benPage } = await two(2361);
  const tunnels = () => wires.said.filter((message) => message[0] === 0x30).length;
  // Each calls the other: the room is at the home of who calls, and nothing of it at the other.
  for (const [from, to, page, other, isHere] of [
    [ann, ben, annPage, benPage, true],
    [ben, ann, benPage, annPage, false],
  ] as const) {
    await world.during(from.api.startCall(chat, "voice", page.host));
    await world.until("it rings", () => other.at === "ringing" && page.view.now?.isReached === true);
    expect(world.server.counts().roomSeats).toBe(isHere ? 2 : 0);
    expect(there.running?.counts().roomSeats).toBe(isHere ? 0 : 2);
    await world.until("the room's relay is known", () => other.view.now?.isIn === true);
    expect(page.view.now?.relay?.host).toBeUndefined();
    expect(other.view.now?.relay).toBeUndefined();
    await to.api.answerCall(call(other), other.host);
    await world.until("they talk", () => page.at === "talking" && other.at === "talking");
    expect(other.view.now?.relay).toMatchObject({ host: isHere ? "yan.test" : "ben.test", port: 1 });
    // Longer than a tunnel in which nothing is said lasts: it is the same one still.
    const before = tunnels();
    await world.pass(11 * 60_000);
    expect([page.at, other.at, tunnels() - before]).toEqual(["talking", "talking", 0]);
    await to.api.hangUp();
    await world.until("it is over", () => page.at === "idle" && other.at === "idle");
  }
  for (const one of [ann, ben])
    await world.until("both have both records", () => records(one, chat).join() === "voice ended,voice ended");
  expect(world.bugs()).toEqual([]);
});

test("[CA246] [CA248] both call at once and talk in one call; what rings at a home that is cut off is missed, and a call goes on over a line that broke", async () => {
  const { world, wires, ann, ben, chat, annPage, benPage } = await two(2362);
  await Promise.all([
    world.during(ann.api.startCall(chat, "voice", annPage.host)),
    world.during(ben.api.startCall(chat, "voice", benPage.host)),
  ]);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(call(annPage)).toBe(call(benPage));
  // The line between the homes breaks: who sat there by it sits there again, and nobody hung up.
  wires.breakAll();
  await world.pass(9_000);
  expect([annPage.at, benPage.at]).toEqual(["talking", "talking"]);
  await ann.api.hangUp();
  await world.until("it is over", () => annPage.at === "idle" && benPage.at === "idle");
  await world.pass(2_000);
  await world.during(ann.api.startCall(chat, "voice", annPage.host));
  await world.until("it rings", () => benPage.at === "ringing");
  wires.cut();
  await world.until("both are still", () => annPage.at === "idle" && benPage.at === "idle", 120_000);
  wires.mend();
  await world.until("the record comes", () => records(ben, chat).at(-1) === records(ann, chat).at(-1), 400_000);
  expect(records(ben, chat).at(-1)).toBe("voice missed");
  expect(world.bugs()).toEqual([]);
});

test("[CA249] [CA206] a group of two homes talks in a room of who began the call; who came later is rung into it by somebody of the other home", async () => {
  const { world, there, ann, ben, personThere } = await two(2363);
  const [cal, dan] = [await world.person("Cal"), await personThere("Dan")];
  await world.befriend(cal, ben);
  await world.befriend(ben, dan);
  const group = await world.group(ben, [ann, cal], "两家");
  const [annPage, benPage, danPage] = [new CallPage(ann), new CallPage(ben), new CallPage(dan)];
  await world.until("both homes forward media", () => [annPage, benPage, danPage].every(({ view }) => view.areThere));
  const named = await world.during(ann.api.startGroupCall(group, "voice", [ben.account], annPage.host));
  await world.until("it rings at the other home", () => benPage.view.ringing?.call === named);
  await world.during(ben.api.joinGroupCall(named, benPage.host));
  await world.until("two have keys", () => annPage.has(1) && benPage.has(1));
  expect(await benPage.hear(await annPage.speak("吃饭了"))).toBe("Ann: 吃饭了");
  expect([world.server.counts().roomSeats, there.running?.counts().rooms]).toEqual([2, 0]);
  expect([annPage.view.now?.relay?.host, benPage.view.now?.relay?.host]).toEqual([undefined, "yan.test"]);
  await ben.api.addMembers(group, [dan.account]);
  await world.until("Dan is in the group", () => dan.view("conversation", group)?.state === "open");
  await world.during(ben.api.ringInGroupCall(named, [dan.account]));
  await world.until("Dan is rung", () => danPage.view.ringing?.call === named);
  await world.during(dan.api.joinGroupCall(named, danPage.host));
  await world.until("three have keys", () => [annPage, benPage, danPage].every((page) => page.has(2)));
  expect(await danPage.hear(await annPage.speak("还有你"))).toBe("Ann: 还有你");
  expect(world.server.counts().roomSeats).toBe(3);
  expect(world.bugs()).toEqual([]);
});

test("[PE55] [PE69] somebody shows a Live in a group of two homes: at the other home it is offered, seen and spoken to, over a line that broke, and who comes later is told of it", async () => {
  const { world, wires, there, ann, ben, personThere } = await two(2364);
  const [cal, dan] = [await world.person("Cal"), await personThere("Dan")];
  await world.befriend(ben, dan);
  await world.befriend(cal, ben);
  const group = await world.group(ben, [ann, cal], "两家");
  const [annPage, benPage, calPage, danPage] = [ann, ben, cal, dan].map((one) => new LivePage(one)) as [
    LivePage,
    LivePage,
    LivePage,
    LivePage,
  ];
  const live = await world.during(ann.api.startLive(group, "choir", annPage.host));
  await world.until("it is told", () => annPage.view.showing?.isIn === true);
  await annPage.show(live, "head", "one");
  const watches = async (page: LivePage) => {
    await page.person.api.lookAtLives(group);
    await world.until("it is offered", () => page.view.goingOn.some((one) => one.live === live));
    await page.person.api.watchLive(group, live, page.host);
    page.play(live);
    await world.until("the picture stands", () => page.view.watching?.at === "on" && page.played.length > 1);
  };
  await watches(benPage);
  await watches(calPage);
  expect([benPage.played, calPage.played]).toEqual([
    ["head", "one"],
    ["head", "one"],
  ]);
  expect([world.server.counts().rooms, there.running?.counts().rooms]).toEqual([1, 0]);
  await ben.api.commentLive("好听");
  await ben.api.heartLive(3);
  await world.until(
    "all read it",
    () => [annPage, calPage].every(({ said }) => said.join() === "Ben: 好听") && benPage.said.join() === "me: 好听",
  );
  await world.until("hearts come", () => annPage.view.showing?.hearts === 3 && annPage.view.showing.watching === 2);
  // The line between the homes breaks, and the picture goes on.
  wires.breakAll();
  await world.until("Ben's page knows it", () => benPage.view.watching?.at === "away");
  await world.until("it is back", () => annPage.view.showing?.watching === 2, 30_000);
  await annPage.show(live, "two");
  await world.until("both see it", () => [benPage, calPage].every(({ played }) => played.includes("two")));
  await ben.api.addMembers(group, [dan.account]);
  await world.until("Dan is in the group", () => dan.view("conversation", group)?.state === "open");
  await world.pass(1_000);
  await annPage.show(live, "head", "with Dan");
  await watches(danPage);
  expect(danPage.played).toEqual(["head", "with Dan"]);
  await world.until("three watch", () => annPage.view.showing?.watching === 3);
  // A home that is cut off says nothing of who shows there.
  wires.cut();
  await world.until(
    "over for Ben and Dan",
    () => [benPage, danPage].every(({ view }) => view.over !== undefined),
    60_000,
  );
  await ann.api.endLive();
  wires.mend();
  const record = () =>
    ben
      .items(group)
      .flatMap(({ body }) => (body.kind === "live" ? [`${body.as} ${body.watched}`] : []))
      .join();
  await world.until("its record is there", () => record() === "ended 3", 400_000);
  expect(world.bugs()).toEqual([]);
});

test("[PE69] a member says a Live at a home at which nobody of the group lives: who looks at the chat goes there at a tap alone, and asks there once they were there", async () => {
  const homes = worldOfPeers({ seed: 2365, files: true });
  const { world, wires, personThere } = homes;
  const evil = homes.home("evil.test", [provide(peersPort, wires.portOf("evil.test")), calls]);
  wires.add("evil.test", () => evil.running);
  const [eve, fay] = [await homes.deviceAt("Eve", evil), await homes.deviceAt("Fay", evil)];
  for (const one of [eve, fay]) await world.during(one.api.createAccount({ name: one.name, link: evil.inviteLink }));
  const [ann, cal, ben] = [await world.person("Ann"), await world.person("Cal"), await personThere("Ben")];
  const group = await world.group(ann, [cal, ben], "两家");
  const theirs = await world.group(eve, [fay], "别家");
  const [annPage, evePage] = [new LivePage(ann), new LivePage(eve)];
  await world.until("both homes have rooms", () => annPage.view.areThere && evePage.view.areThere);
  const hers = await world.during(eve.api.startLive(theirs, "", evePage.host));
  await world.until("she shows", () => evePage.view.showing?.isIn === true);
  const row = eve.disk.get<{ body: Uint8Array }>("SELECT body FROM messages WHERE kind = 'live'");
  const body = row && decodeBody(row.body);
  if (body?.kind !== "live") throw new Error("no Live");
  const device = fromHex(cal.view("status").me?.device ?? "") as DeviceId;
  const calSays = async (home: string, word: string) => {
    const said = { ...body, device, home };
    await saysUnchecked(world, cal, fromHex(group), [said, { kind: "text", text: word }]);
    await world.until("it is read", () => ann.reads(group).includes(word));
  };
  const lookedUp = () => wires.lookedUp.filter((one) => one === "yan.test evil.test").length;

  await calSays("evil.test", "here");
  await ann.api.lookAtLives(group);
  await world.pass(65_000);
  expect(lookedUp()).toBe(0);
  // It is offered on its author's word.
  const named = annPage.view.goingOn.map(({ live }) => live);
  expect(named).toEqual([`${toHex(roomOf(hers))}${cal.account}`]);

  await ann.api.watchLive(group, named[0] ?? "", annPage.host);
  await world.until("she is there", () => evePage.view.showing?.watching === 1);
  expect(lookedUp()).toBe(1);
  await ann.api.leaveLive();
  await eve.api.endLive();
  await world.until("that home was asked, and nobody shows there", () => annPage.view.goingOn.length === 0, 90_000);

  // Ben lives at this one: it is asked at the look.
  await calSays("ben.test", "there");
  await ann.api.lookAtLives(group);
  await world.pass(12_000);
  expect([annPage.view.goingOn, lookedUp()]).toEqual([[], 1]);
  expect(world.bugs()).toEqual([]);
});

test("[PE70] a call whose message alone names a home rings on its word, between two and in a group: nobody is asked there before it is taken", async () => {
  const homes = worldOfPeers({ seed: 2366, files: true });
  const { world, wires } = homes;
  const evil = homes.home("evil.test", [provide(peersPort, wires.portOf("evil.test")), calls]);
  wires.add("evil.test", () => evil.running);
  const [ann, cal, dan] = [await world.person("Ann"), await world.person("Cal"), await world.person("Dan")];
  const chat = await world.befriend(ann, cal);
  await world.befriend(cal, dan);
  const group = await world.group(cal, [ann, dan], "一家");
  const [annPage, annGroup, danGroup] = [new PairPage(ann), new CallPage(ann), new CallPage(dan)];
  await world.until("home has calls", () => annPage.view.areThere && annGroup.view.areThere && danGroup.view.areThere);
  const device = fromHex(cal.view("status").me?.device ?? "") as DeviceId;
  const says = (where: Hex, fill: number, rings: readonly Person[]) =>
    saysUnchecked(world, cal, fromHex(where), [
      {
        kind: "call",
        device,
        media: "voice",
        rings: rings.map(({ account }) => fromHex(account) as AccountId),
        secret: new Uint8Array(32).fill(fill),
        home: "evil.test",
      },
    ]);
  const lookedUp = () => wires.lookedUp.filter((one) => one === "yan.test evil.test").length;

  await says(chat, 1, [ann]);
  await world.until("it rings", () => annPage.at === "ringing");
  await world.pass(20_000);
  expect([annPage.at, lookedUp()]).toEqual(["ringing", 0]);
  await world.until("it rang for its minute", () => annPage.at === "idle", 60_000);
  expect(lookedUp()).toBe(0);

  await says(group, 2, [ann, dan]);
  await world.until("it rings at both", () => [annGroup, danGroup].every(({ view }) => view.ringing !== undefined));
  await ann.api.watchGroupCalls(group);
  await world.pass(20_000);
  expect([annGroup.view.ringing !== undefined, lookedUp()]).toEqual([true, 0]);
  await world.until("it rings no more", () => annGroup.view.ringing === undefined, 60_000);
  expect([annGroup.view.live, danGroup.view.live, lookedUp()]).toEqual([[], [], 0]);

  // Who takes it goes there.
  await says(group, 3, [ann]);
  await world.until("it rings again", () => annGroup.view.ringing !== undefined);
  await world.during(ann.api.joinGroupCall(annGroup.view.ringing?.call ?? "", annGroup.host));
  await world.until("that home was asked", () => lookedUp() === 1);
  await world.until("nobody is there", () => annGroup.view.now === undefined, 90_000);
  await says(chat, 4, [ann]);
  await world.until("it rings", () => annPage.at === "ringing");
  const tunnels = () => wires.said.filter((message) => message[0] === 0x30).length;
  const before = tunnels();
  await world.pass(5_000);
  expect(tunnels()).toBe(before);
  await ann.api.answerCall(call(annPage), annPage.host);
  await world.until("it is asked once more", () => tunnels() > before);
  await world.until("it is over", () => annPage.at === "idle", 60_000);
  expect(world.bugs()).toEqual([]);
});

test("[HM74] a home's name is seized in the midst of calls, here and at another home: nothing but the greeting is said there, and all sit in their rooms again once home is back", async () => {
  const { world, wires, ann, ben, annPage, benPage } = await two(2371);
  const [cat, dan] = [await world.person("Cat"), await world.person("Dan")];
  const chat = await world.befriend(cat, dan);
  const [catPage, danPage] = [new PairPage(cat), new PairPage(dan)];
  await world.until("both have calls", () => catPage.view.areThere && danPage.view.areThere);
  const far = ben.view("contacts").find(({ account }) => account === ann.account)?.conversation ?? "";
  for (const [from, to, where, page, other] of [
    [ben, ann, far, benPage, annPage], // At Ben's home: Ann sits there by way of hers.
    [cat, dan, chat, catPage, danPage],
  ] as const) {
    await world.during(from.api.startCall(where, "voice", page.host));
    await world.until("it rings", () => other.at === "ringing");
    await to.api.answerCall(call(other), other.host);
    await world.until("they talk", () => page.at === "talking" && other.at === "talking");
  }
  const pages = [annPage, catPage, danPage];
  const heard: string[] = [];
  const { network, log } = world;
  const begin = (fill: number, its: typeof log) => {
    world.crashServer();
    wires.breakOf("yan.test");
    world.log = its;
    world.keyFill = fill;
    world.startServer();
  };
  const connect = network.connect.bind(network);
  network.connect = (owner, events, path) => {
    if (path !== undefined) heard.push(path);
    return connect(owner, events, path);
  };
  network.overhear = (_connection, _owner, frame, path) => {
    const said = path === undefined ? decodeClientFrame(frame) : undefined;
    heard.push(said?.type === "call" ? said.name : `${path ?? said?.type}`);
  };
  begin(99, openSqliteLog(":memory:"));
  await world.until("all are told", () =>
    [ann, cat, dan].every((one) => one.view("status").homeGone?.isStrange === true),
  );
  await ann.api.sendText(far, "to another home");
  await world.pass(15_000);
  expect([heard.length > 30, new Set(heard)]).toEqual([true, new Set(["hello"])]);
  expect(pages.every(({ at }) => at === "talking")).toBe(true);

  begin(homeFill, log);
  const isBack = () => world.server.counts().roomSeats === 2 && pages.every(({ view }) => view.now?.isAway === false);
  await world.until("all sit in their rooms again", isBack, 3_000);
  await world.until("Ben reads", () => ben.items(far).some(({ body }) => body.kind === "text"), 60_000);
  expect(world.bugs()).toEqual([]);
}, 30_000);
