/** P3, P6: a device that was stolen, and what its thief signs: of no use once it was revoked, nor against the card. */
import { encodeSyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { type Bytes, fromHex, headOf, takeEntry, toHex } from "@yanshu/wire";
import { crypto, entryBy, keyOn, listAt, strangerCall } from "../../attacks/accounts.ts";
import type { WrapPorts } from "../../world/person.ts";
import { commitInTheDark, sayInTheDark } from "../../world/turned.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, isOpen, people, refusalOf, watchedWorld } from "./attack.ts";
import { answerClaims, diagnosticsOf, noticed } from "./operator.ts";

const postFrame = 0x10;

/** A revoked tablet signs another history, shows it to home from a stranger's socket, and home shows it to Ben. */
export const revokedDevice: Attack = async (weakness = {}) => {
  const world = watchedWorld(551, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const chat = await world.befriend(ann, ben);
  await world.befriend(ben, cat);
  const group = await world.group(ann, [ben, cat], "church");
  const { words } = await ann.api.recoveryCard();
  const tablet = await world.linkDevice(ann);
  await world.pass(60_000);
  const before = await listAt(world, ann.account);
  // With the phone's key in the thief's hand as well, one listed device contradicts itself: nobody knows which is true.
  const thief = await keyOn(weakness.stolenKey === true ? ann : tablet);
  const target = ann.view("devices").find(({ isThis }) => !isThis);
  await world.during(ann.api.revokeDevice(target?.device ?? ""));
  await world.until("it is out", () => tablet.view("status").phase === "signed-out");
  await world.pass(600_000);
  const rival = await entryBy(before, thief, [(await keyOn(tablet)).publicKey]);
  const asked = { account: fromHex(ann.account), entries: [rival] };
  const answers = [await strangerCall(world, "appendEntries", asked)];
  const shown = answerClaims(world, ben, (answer) =>
    toHex(answer.account) === ann.account
      ? { ...answer, history: { ...answer.history, entries: [...answer.history.entries, rival] } }
      : answer,
  );
  await ben.api.createGroup({ name: "by Ben", accounts: [ann.account] });
  await world.pass(60_000);
  await ben.say(chat, "can you read this?");
  await ben.say(group, "and you all?");
  const reads = await comesTrue(
    world,
    () =>
      ann.reads(chat).includes("can you read this?") &&
      [ann, cat].every((one) => one.reads(group).includes("and you all?")),
  );
  const fresh = await world.device("Ann");
  const card = words.join(" ");
  const refused = await refusalOf(world.during(fresh.api.restoreAccount({ card, areOthersLost: true })));
  await world.pass(120_000);
  answers.push(await strangerCall(world, "appendEntries", asked));
  await ben.api.createGroup({ name: "by Ben again", accounts: [ann.account] });
  await ben.say(chat, "and now?");
  const readsAgain = await comesTrue(world, () => fresh.reads(chat).includes("and now?"));
  return allOf(
    "P3.revoked-device",
    "a history that a revoked device signs, from any socket and with home's help, before and after the card: nobody is stopped",
    {
      "home refuses it": answers.every((answer) => answer === "not-signed-in"),
      "nobody is frozen": [ann, ben, cat].every((one) => noticed(one, "account-frozen") === 0),
      "chat and group go on": reads,
      "the card comes back": refused === undefined,
      "and the same bytes change nothing": readsAgain,
      "it reads nothing": !tablet.reads(chat).includes("can you read this?"),
    },
    shown() > 0,
    `${answers.join(", ")}; shown ${shown()} times; ${diagnosticsOf(ann, ben, cat)}`,
  );
};

/**
 * What a revoked tablet says and commits with its keys, while home holds back what would take its leaf out: among own
 * devices, in the group that its owner leads, and in a chat of before. With `stolenKey` it is not revoked at all.
 */
export const revokedWords: Attack = async (weakness = {}) => {
  const home = { isHeldBack: false };
  const wrapPorts: WrapPorts = (ports) => ({
    ...ports,
    connect: (server, events, path) => {
      const socket = ports.connect(server, events, path);
      return {
        ...socket,
        send: (frame) => (home.isHeldBack && frame[0] === postFrame ? undefined : socket.send(frame)),
      };
    },
  });
  const world = watchedWorld(553, { ...weakness, wrapPorts });
  const [ann, ben] = await people(world, "Ann", "Ben");
  const group = await world.group(ann, [ben], "church");
  const tablet = await world.linkDevice(ann);
  await comesTrue(world, () => isOpen(tablet, group));
  await world.pass(60_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  home.isHeldBack = true;
  const target = ann.view("devices").find(({ isThis }) => !isThis);
  if (weakness.stolenKey !== true) await world.during(ann.api.revokeDevice(target?.device ?? ""));
  else tablet.crash();
  const items = [{ kind: "profile", name: "Mallory", stampMs: world.clock.nowMs() } as const];
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: items.map(encodeSyncItem), complete: false }]);
  await sayInTheDark(world, tablet, group, [{ kind: "leave" }]);
  await world.pass(10_000);
  const passedOver = ann.client.diagnostics()["unlisted-device"] ?? 0;
  const stays = isOpen(ann, group);
  await commitInTheDark(world, tablet, group, ({ members, ownLeaf }) => ({
    removes: members
      .filter(({ leaf, account }) => leaf !== ownLeaf && toHex(account) === ann.account)
      .map((one) => one.leaf),
  }));
  await world.pass(10_000);
  home.isHeldBack = false;
  await ann.say(group, "we go on").catch(() => undefined);
  const goesOn = await comesTrue(world, () => ben.reads(group).includes("we go on"), 300_000);
  const notBelieved = ann.client.diagnostics()["commit-of-unlisted"] ?? 0;
  return allOf(
    "P3.revoked-words",
    "what a revoked device tells own devices, and how it leaves a group and takes its owner out of it, with home's help: nothing of it counts",
    {
      "it renames nobody": ann.view("status").me?.name === "Ann",
      "nor does its owner leave": stays,
      "the group goes on": goesOn,
    },
    weakness.stolenKey === true || passedOver + notBelieved === 3,
    `${passedOver} words passed over, ${notBelieved} removals not believed`,
  );
};

/** A stolen phone fills the list until no device can add to it; then the card comes back, twice. */
export const filledList: Attack = async (weakness = {}) => {
  const world = watchedWorld(552, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const chat = await world.befriend(ann, ben);
  const { words } = await ann.api.recoveryCard();
  await world.pass(60_000);
  const { account } = ann;
  const thief = await keyOn(ann);
  ann.crash();
  let list = await listAt(world, account);
  const entries: Bytes[] = [];
  let why = "";
  while (why === "") {
    const entry = await entryBy(list, thief);
    const step = await takeEntry(crypto, list, entry);
    if (step.kind === "refused") why = step.why;
    else {
      list = step.list;
      entries.push(entry);
    }
  }
  // As many as a frame of somebody holds whom nobody knows.
  const asked = { account: fromHex(account), entries: entries.slice(0, 16) };
  const answer = await strangerCall(world, "appendEntries", asked);
  // As its own sign-in, or home itself, would have it.
  const row = world.log.accounts.find(fromHex(account));
  if (row === undefined) throw new Error("no such account");
  world.log.transaction(() => world.log.accounts.putEntries(row.ref, 1, entries));
  const card = (weakness.stolenKey === true ? words.toReversed() : words).join(" ");
  const fresh = await world.device("Ann");
  const refused = await refusalOf(world.during(fresh.api.restoreAccount({ card, areOthersLost: true })));
  await world.pass(120_000);
  await ben.say(chat, "is it you?");
  const reads = await comesTrue(world, () => refused === undefined && fresh.reads(chat).includes("is it you?"));
  const after = await listAt(world, account);
  return allOf(
    "P3.filled-list",
    "a stolen phone fills the device list with its own entries: the card comes back, and their room with it",
    {
      "no device adds more": why === "full",
      "a stranger's socket adds none": answer === "not-signed-in",
      "the card comes back": refused === undefined,
      "the chat goes on": reads,
      "the thief is out": headOf(after)?.body.devices.every((key) => toHex(key) !== toHex(thief.publicKey)) === true,
      "room is there again": after.entries.length < 10,
    },
    entries.length > 900,
    `${entries.length} entries by the thief, ${after.entries.length} left; ${answer}; ${refused ?? "restored"}`,
  );
};
