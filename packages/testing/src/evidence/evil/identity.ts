/** P3, P6: another's account behind somebody's link, and two histories of one account. */

import { createMls } from "@yanshu/mls";
import { fromHex, toHex } from "@yanshu/wire";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, people, refusalOf, watchedWorld } from "./attack.ts";
import { crypto, entryNaming, ghostOf, historyOnDisk, stolenKey } from "./ghost.ts";
import { addressesPosted, answerClaims, type ClaimAnswer, diagnosticsOf, noticed, packageOf } from "./operator.ts";

/** Ann opens Ben's link, and is answered with Mallory, in three degrees of pretence. */
export const swappedKey: Attack = async (weakness = {}) => {
  const world = watchedWorld(541, weakness);
  const [ann, ben, mallory] = await people(world, "Ann", "Ben", "Mallory");
  const link = await world.during(weakness.stolenKey === true ? mallory.api.myLink() : ben.api.myLink());
  const history = historyOnDisk(mallory);
  const drawn = [packageOf(world, mallory), packageOf(world, mallory), packageOf(world, mallory)] as const;
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const read = await Promise.all(drawn.map((bytes) => mls.readKeyPackage(bytes)));
  const device = read[0]?.device;
  if (device === undefined) throw new Error("Mallory's package cannot be read");
  const pretences: ((answer: ClaimAnswer) => ClaimAnswer)[] = [
    () => ({ account: fromHex(mallory.account), history, packages: [{ device, package: drawn[0] }] }),
    ({ account }) => ({ account, history, packages: [{ device, package: drawn[1] }] }),
    (answer) => ({ ...answer, packages: answer.packages.map((one) => ({ device: one.device, package: drawn[2] })) }),
  ];
  const refusals: string[] = [];
  let answered = 0;
  for (const pretence of pretences) {
    const changed = answerClaims(world, ann, pretence);
    refusals.push(
      (await refusalOf(world.during(ann.api.requestContact({ link, greeting: "Ben?", scanned: true })))) ?? "",
    );
    answered += changed();
  }
  world.network.meddle(ann.device, undefined);
  await world.pass(10_000);
  const posted = addressesPosted(world);
  const toMallory = read.filter((one) => one !== undefined && posted.has(toHex(one.address))).length;
  return allOf(
    "P3.swapped-key",
    "another's account, history or packages behind a contact link: refused and seen, nothing said to them",
    {
      "the person is told, each time": refusals.every((why) => why !== ""),
      noticed: noticed(ann, "list-refused", "device-refused") >= pretences.length,
      "nothing sent to them": toMallory === 0,
      "no conversation began": ann.view("chats").length === 0 && mallory.view("requests").length === 0,
    },
    answered === pretences.length,
    `${refusals.map((why) => why || "taken").join(", ")}; ${diagnosticsOf(ann)}`,
  );
};

/** Two entries with one number, signed with a stolen key, one shown to Ann and one to Cat. */
export const splitList: Attack = async (weakness = {}) => {
  const world = watchedWorld(542, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const withBen = { ann: await world.befriend(ann, ben), cat: await world.befriend(cat, ben) };
  await world.befriend(ann, cat);
  const key = await stolenKey(ben);
  const thieves = [await ghostOf(world, ben), await ghostOf(world, ben)] as const;
  const [one, two] = [await entryNaming(ben, thieves[0], key), await entryNaming(ben, thieves[1], key)];
  const shows = (entry: Uint8Array) => (answer: ClaimAnswer) =>
    toHex(answer.account) === ben.account
      ? { ...answer, history: { ...answer.history, entries: [...answer.history.entries, entry] } }
      : answer;
  const answered = [
    answerClaims(world, ann, shows(one)),
    answerClaims(world, cat, shows(weakness.stolenKey === true ? one : two)),
  ];

  // Both draw for Ben, who is thereby shown to each with another device; then they meet.
  const annsGroup = await ann.api.createGroup({ name: "Ann's", accounts: [ben.account] });
  await world.pass(5_000);
  const catsGroup = await cat.api.createGroup({ name: "Cat's", accounts: [ben.account, ann.account] });
  const seen = await comesTrue(world, () => [ann, cat].some((one) => noticed(one, "account-frozen") > 0));
  await world.pass(5_000);
  const who = [ann, cat].filter((person) => noticed(person, "account-frozen") > 0);
  let held = 0;
  for (const person of who) {
    const chat = person === ann ? withBen.ann : withBen.cat;
    await person.say(chat, `secret of ${person.name}`);
    await world.pass(10_000);
    if (!ben.reads(chat).includes(`secret of ${person.name}`) && person.view("status").unsent > 0) held++;
  }
  const told = who.every((person) =>
    [withBen.ann, withBen.cat, annsGroup, catsGroup].some((chat) => person.lines(chat).includes("account-frozen")),
  );
  const posted = addressesPosted(world);
  return allOf(
    "P3.split-list",
    "two histories of one account shown to two people: alarmed when they meet, and nothing more is sent there",
    {
      noticed: seen,
      "told in a line": told && who.length > 0,
      "nothing more is sent there": who.length > 0 && held === who.length,
      "nothing sent to either device": thieves.every(({ address }) => !posted.has(toHex(address))),
    },
    answered.every((one) => one() > 0),
    diagnosticsOf(ann, cat, ben),
  );
};
