/**
 * R2.7, R7.3, R7.4, R10.1 and R10.4 with several homes: what two that speak with each other hold of each other's
 * people, what crosses between them, and what is left when one is gone for good.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@yanshu/client";
import { openSqliteLog } from "@yanshu/server";
import {
  decodeClientFrame,
  decodePeerFrame,
  decodeServerFrame,
  decodeStreamFrame,
  fromHex,
  MalformedError,
} from "@yanshu/wire";
import { standings } from "../../sim/disk.ts";
import { worldOfPeers } from "../../world/peer-homes.ts";
import type { Person } from "../../world/person.ts";
import { worldOfTwo } from "../../world/second-home.ts";
import { allOf, type Check, noneOf } from "../check.ts";
import { Canaries, needlesOfBytes } from "../scan/canary.ts";
import { createMatcher, type Needle } from "../scan/matcher.ts";
import { filesIn, type Piece } from "../scan/places.ts";
import { scan } from "../scan/scan.ts";

const minutesMax = 5;

/** @param leak for the tests of the evidence itself: an account's id and an unknown frame cross between the homes. */
export async function twoHomes(leak = false): Promise<readonly Check[]> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-homes-"));
  const [here, away] = [join(folder, "yan.db"), join(folder, "ben.db")];
  const frames = { read: 0, unknown: 0 };
  const read = (decode: () => unknown) => {
    try {
      decode();
      frames.read++;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      frames.unknown++;
    }
  };
  try {
    const { world, personThere, there, wires } = worldOfPeers({ seed: 604, logPath: here, logPathThere: away });
    // What is in a tunnel is sealed; its frames are those of the line.
    for (const network of [world.network, there.network]) {
      network.overhear = (_connection, _owner, frame, path) =>
        path === undefined && read(() => decodeClientFrame(frame));
      network.overhearServer = (_connection, _owner, frame, path) =>
        path === undefined && read(() => decodeServerFrame(frame));
    }
    const canaries = new Canaries();
    const [ann, cal] = [await named(world.person("Ann"), canaries), await named(world.person("Cal"), canaries)];
    const [ben, dan] = [await named(personThere("Ben"), canaries), await named(personThere("Dan"), canaries)];
    const chat = await world.befriend(ann, ben);
    await world.befriend(ben, dan);
    const group = await world.group(ann, [ben, cal], `两家 ${canaries.text("name of the group")}`);
    await ben.api.addMembers(group, [dan.account]);
    await world.until("all are in", () => dan.view("conversation", group)?.state === "open");
    for (const [by, where] of [
      [ann, chat],
      [ben, chat],
      [cal, group],
      [dan, group],
    ] as const)
      await by.say(where, `吃了吗 ${canaries.text(`text of ${by.name}`)}`);
    await world.until("all is read", () => [ann, ben, cal, dan].every((one) => one.reads(group).length >= 2));
    await world.pass(60_000);
    if (leak) wires.said.push(fromHex(ann.account), Uint8Array.of(99, 0));
    for (const message of wires.said) read(() => ofLine(message));
    world.log.tidy();
    there.log.tidy();
    const wire: Piece[] = wires.said.map((bytes) => ({ name: "between the homes", bytes }));
    const at = (name: string) => [...filesIn(folder)].filter((piece) => piece.name.startsWith(name));
    const idsOf = (people: readonly Person[]) =>
      people.flatMap((one) => [
        ...needlesOfBytes(`account of ${one.name}`, fromHex(one.account)),
        ...needlesOfBytes(`device of ${one.name}`, fromHex(one.view("status").me?.device ?? "")),
      ]);
    const [yans, bens] = [idsOf([ann, cal]), idsOf([ben, dan])];
    const strangers = [
      count([...bens, ...canaries.needles()], at("yan")),
      count([...yans, ...canaries.needles()], at("ben")),
      count([...yans, ...bens, ...canaries.needles()], wire),
    ];
    const talks = [ann, ben, cal, dan].flatMap((one) => conversationsOf(one));
    const links = count(talks, [...at("yan"), ...at("ben"), ...wire]);
    // Else nothing would be found of anybody.
    const isFound = count(yans, at("yan")) > 0 && count(bens, at("ben")) > 0;
    const hits = strangers.reduce((sum, one) => sum + one, 0);
    const kilobytes = Math.round([...filesIn(folder), ...wire].reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e3);
    return [
      noneOf(
        "P1.homes",
        "a home holds nothing of another home's people but sealed envelopes and addresses: no account, no device, no name, no word",
        { hits, figure: `${hits} hits in ${kilobytes} kB of two homes' disks and what crossed between them` },
        isFound && wires.said.length > 20,
      ),
      noneOf(
        "P2.homes",
        "nor does either hold, or say to the other, which conversation or group it was",
        { hits: links, figure: `${links} hits of ${talks.length} forms of ids, on two disks and between them` },
        isFound && talks.length > 0,
      ),
      noneOf(
        "P1.frames",
        "every frame between devices and homes, and between homes, is one that the protocol's text names",
        {
          hits: frames.unknown,
          figure: `${frames.read} frames read, ${frames.unknown} unknown`,
          unit: "frames",
        },
        frames.read > 200,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param comeAlong for the tests of the evidence itself: false, and one of them never names a reserve. */
export async function goneHome(comeAlong = true): Promise<readonly Check[]> {
  const { world, home } = worldOfTwo({ seed: 605 });
  const reserve = home("two.test");
  const family = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const [ann, ben] = family;
  const group = await world.group(ann, family.slice(1), "一家人");
  const chat = ann.view("contacts").find(({ account }) => account === ben.account)?.conversation ?? "";
  await ann.say(chat, "before, to Ben");
  for (const person of family) await person.say(group, `before, by ${person.name}`);
  await world.until("all is read", () => family.every((one) => one.reads(group).length === family.length));
  const movers = comeAlong ? family : family.slice(0, 2);
  for (const person of movers) await world.during(person.api.setReserve(reserve.inviteLink));
  await world.until(
    "all is at the reserve",
    () => movers.every((one) => one.view("homes").reserve?.isWhole === true),
    600_000,
  );
  const [before, contacts] = [family.map((one) => one.reads(group)), family.map(contactsOf)];
  // As by kill -9; nothing of its disk is ever read again.
  world.crashServer();
  const goneMs = world.clock.nowMs();
  for (const person of movers) await world.during(person.api.moveHome());
  const movedMs = world.clock.nowMs() - goneMs;
  const isThere = (text: string, where: Hex, people: readonly Person[]) => () =>
    people.every((one) => one.reads(where).includes(text));
  // Who did not come along is not waited for.
  const waitMsMax = comeAlong ? minutesMax * 60_000 : 20_000;
  const came = async (by: Person, where: Hex, text: string, people: readonly Person[]) => {
    const [fromMs, saying] = [world.clock.nowMs(), by.api.sendText(where, text)];
    await world.during(saying);
    const isRead = await world.until(text, isThere(text, where, people), waitMsMax).then(
      () => true,
      () => false,
    );
    return { isRead, seconds: (world.clock.nowMs() - fromMs) / 1_000 };
  };
  const inChat = await came(ben, chat, "after, to Ann", [ann]);
  const inGroup = await came(ann, group, "after, to all", family);
  const lost = family.reduce(
    (sum, one, i) => sum + (before[i] ?? []).filter((text) => !one.reads(group).includes(text)).length,
    0,
  );
  const doubled = family.reduce((sum, one) => sum + one.reads(group).length - new Set(one.reads(group)).size, 0);
  return [
    allOf(
      "P6.moved",
      "an account outlives its home: from the device alone it goes on elsewhere, with people and history, and is written to there",
      {
        "all are at the new home": family.every((one) => one.view("homes").home === "two.test"),
        [`within ${minutesMax} minutes`]: movedMs < minutesMax * 60_000,
        "nothing lost": lost === 0,
        "nothing doubled": doubled === 0,
        "the same people": family.every((one, i) => contactsOf(one) === contacts[i]),
        "a chat goes on": inChat.isRead,
      },
      before.every((texts) => texts.length === family.length),
      `${movers.length} moved in ${(movedMs / 1_000).toFixed(1)} s of the world's clock; ${lost} lost, ${doubled} doubled; a chat went on ${inChat.seconds.toFixed(1)} s after that`,
    ),
    allOf(
      "P6.group",
      "a group outlives the home that kept its order: it is founded anew where its people are",
      {
        "all of it read what is said after": inGroup.isRead,
        "the same members": family.every((one) => one.view("conversation", group)?.members.length === family.length),
        "nothing lost": lost === 0,
      },
      movedMs > 0,
      `the first word after it was read by all ${family.length} within ${inGroup.seconds.toFixed(1)} s, ${lost} lost`,
    ),
  ];
}

/**
 * R10.3: somebody else has a home's name, and not its key.
 *
 * @param isStrange for the tests of the evidence itself: false, and it is home that answers.
 */
export async function soldHome(isStrange = true): Promise<Check> {
  const { world, home } = worldOfTwo({ seed: 606 });
  const reserve = home("two.test");
  const family = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")] as const;
  const [ann, ...others] = family;
  const group = await world.group(ann, others, "一家人");
  for (const person of family) await person.say(group, `before, by ${person.name}`);
  await world.until("all is read", () => family.every((one) => one.reads(group).length === family.length));
  for (const person of family) await world.during(person.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => family.every((one) => one.view("homes").reserve?.isWhole === true), 600_000);
  const before = family.map((one) => one.reads(group));
  const said = { hello: 0, more: 0 };
  world.crashServer();
  if (isStrange) {
    world.keyFill = 99;
    world.log = openSqliteLog(":memory:");
  }
  const soldMs = world.clock.nowMs();
  world.network.overhear = (_connection, _owner, frame) => {
    const of = decodeClientFrame(frame);
    said[of.type === "call" && of.name === "hello" ? "hello" : "more"]++;
  };
  world.startServer();
  const isTold = () => family.every((one) => one.view("status").homeGone?.isStrange === true);
  const came = async (done: () => boolean, ms: number) =>
    world.until("it is so", done, ms).then(
      () => true,
      () => false,
    );
  const areTold = await came(isTold, 60_000);
  const toldMs = world.clock.nowMs() - soldMs;
  for (const person of family) await world.during(person.api.moveHome());
  void ann.api.sendText(group, "after");
  const isRead = await came(() => family.every((one) => one.reads(group).includes("after")), minutesMax * 60_000);
  const movedMs = world.clock.nowMs() - soldMs;
  const lost = family.reduce(
    (sum, one, i) => sum + (before[i] ?? []).filter((text) => !one.reads(group).includes(text)).length,
    0,
  );
  return allOf(
    "P6.sold",
    "who has a home's name and not its key is told nothing by its people, who are told of it and go on elsewhere",
    {
      "all are told": areTold,
      "it is told nothing": said.more === 0,
      "nobody is signed out": family.every((one) => one.view("status").phase === "ready"),
      [`all are elsewhere within ${minutesMax} minutes`]: isRead && movedMs < minutesMax * 60_000,
      "nothing lost": lost === 0,
    },
    said.hello > 0,
    `all ${family.length} were told after ${(toldMs / 1_000).toFixed(1)} s of the world's clock; ${said.hello} greetings and ${said.more} other frames; a group went on elsewhere after ${(movedMs / 1_000).toFixed(1)} s, ${lost} lost`,
  );
}

async function named(person: Promise<Person>, canaries: Canaries): Promise<Person> {
  const one = await person;
  await one.api.setProfile({ name: `${one.name} ${canaries.text(`name of ${one.name}`)}` });
  return one;
}

function contactsOf(person: Person): string {
  return person
    .view("contacts")
    .map(({ account }) => account)
    .toSorted()
    .join();
}

function conversationsOf(person: Person): readonly Needle[] {
  return standings(person.disk).flatMap(({ bytes, groupId }) => [
    ...needlesOfBytes("conversation", bytes),
    ...(groupId === null ? [] : needlesOfBytes("group", groupId)),
  ]);
}

function count(needles: readonly Needle[], pieces: readonly Piece[]): number {
  return scan(createMatcher(needles), pieces, { small: true }).found.length;
}

/** The opening's frames, or those of a line that is open. @throws MalformedError */
function ofLine(message: Uint8Array): unknown {
  const type = message[0] ?? 0;
  return type < 0x10 ? decodePeerFrame(message) : decodeStreamFrame(message);
}
