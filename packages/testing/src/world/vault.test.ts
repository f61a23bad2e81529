/** History on every device: what a new one fetches from the vault, and what never comes back from it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createDecipheriv } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@yanshu/client";
import { LogFullError, nodePrimitives } from "@yanshu/server";
import { readMeta } from "@yanshu/store";
import {
  accountIdOf,
  decodeClientFrame,
  decodeResult,
  decodeServerFrame,
  encodeError,
  encodeResult,
  fromHex,
} from "@yanshu/wire";
import { type Person, World, type WorldOptions } from "../index.ts";
import { isPushOf, pushFrame } from "./drops.ts";

setDefaultTimeout(60_000);

/** Long enough for what was said to reach the vault, and the other devices. */
const soonMs = 60_000;
const dayMs = 86_400_000;

async function friends(options: WorldOptions = {}) {
  const world = new World(options);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  return { world, ann, ben, chat };
}

/** Ids of all that was said, and what became of it. */
function ids(person: Person): readonly string[] {
  return person.disk
    .all<{ id: Uint8Array; kind: string }>(
      "SELECT id, kind FROM messages WHERE kind NOT IN ('system', 'leave') ORDER BY id",
    )
    .map(({ id, kind }) => `${Buffer.from(id).toString("hex")} ${kind}`);
}

/** Texts on the screen, without the greeting with which it began. */
function reads(person: Person, chat: Hex): readonly string[] {
  return person.reads(chat).filter((text) => !text.startsWith("我是"));
}

/** Which device said each, and as which of its words. */
function numbers(person: Person): readonly string[] {
  return person.disk
    .all<{ id: Uint8Array; sender_device: number; seq: number }>(
      "SELECT id, sender_device, seq FROM messages WHERE kind = 'text' AND sender_device > 0 AND seq > 0 ORDER BY id",
    )
    .map(({ id, sender_device, seq }) => `${Buffer.from(id).toString("hex")} ${sender_device} ${seq}`);
}

/** What is still to be fetched. */
function left(person: Person): number {
  const { done, of } = person.view("vault");
  return of - done;
}

async function hasAll(world: World, fresh: Person, old: Person): Promise<void> {
  await world.until("the new device has all that the old one has", () => same(fresh, old), 180_000);
}

function same(one: Person, other: Person): boolean {
  return ids(one).join() === ids(other).join();
}

test("[F-1b-16] [VA7] [VA10] a new device has all that was said before it came, in its order, and nothing of it is unread", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 300 });
  const said: string[] = [];
  for (let i = 0; i < 30; i++) {
    await (i % 3 === 0 ? ann : ben).say(chat, `message ${i}`);
    said.push(`message ${i}`);
    await world.pass(400);
  }
  await world.pass(soonMs);
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "said while it was linked");
  await world.until("it reads", () => reads(tablet, chat).includes("said while it was linked"));
  await hasAll(world, tablet, ann);
  expect(reads(tablet, chat)).toEqual([...said, "said while it was linked"]);
  expect(tablet.view("chats").find((row) => row.conversation === chat)?.unread).toBe(1);
  expect(tablet.view("vault")).toMatchObject({ isOn: true, isFull: false });
  expect(numbers(tablet)).toHaveLength(said.length + 1);
  expect(numbers(tablet)).toEqual(numbers(ann));
  const { hits } = await world.during(tablet.api.searchMessages({ query: "message 17", limit: 10 }));
  expect(hits).toHaveLength(1);
  await world.pass(soonMs);
  expect(left(tablet)).toBe(0);
  expect(same(tablet, ann)).toBe(true);
  expect(world.bugs()).toEqual([]);
});

test("[VA7] [VA8] edits, reactions, votes and quotes come along, and what changes later follows", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 301 });
  const first = await ann.say(chat, "eight o'clok");
  await ann.api.edit(chat, first, "eight o'clock");
  await ann.api.sendText(chat, "no, nine", { quote: { author: ann.account, id: first } });
  const poll = await ann.api.startPoll(chat, {
    question: "where?",
    options: ["home", "out"],
    isMultiple: false,
    isAnonymous: false,
  });
  await world.until("Ben reads", () => reads(ben, chat).includes("no, nine"));
  await ben.api.react(chat, { author: ann.account, id: first }, "👍", true);
  await ben.api.vote(chat, { author: ann.account, id: poll }, [1]);
  await world.pass(soonMs);
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  await world.pass(soonMs);
  const shown = (one: Person) => one.items(chat).map(({ order: _, ...item }) => JSON.stringify(item));
  expect(shown(tablet).filter((item) => !item.includes('"system"'))).toEqual(
    shown(ann).filter((item) => !item.includes('"system"')),
  );
  expect(tablet.view("history", chat, ann.account, first)).toEqual(ann.view("history", chat, ann.account, first));
  expect(shown(tablet).join()).toContain("👍");
  expect(world.bugs()).toEqual([]);
});

test("[VA7] [AC11] a list keeps its order, also by a device that heard of a line no more than that it was changed", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 327 });
  const id = await ann.api.startChain(chat, { title: "Sunday dinner", note: "", seeds: [] });
  const linesOf = (one: Person) => one.items(chat).flatMap(({ body }) => (body.kind === "chain" ? body.lines : []));
  const texts = (one: Person) => linesOf(one).map(({ text }) => text);
  await world.until("Ben sees it", () => ben.items(chat).some(({ body }) => body.kind === "chain"));
  for (const text of ["Ben, 2", "Cat, 1"]) {
    await ben.api.writeLine(chat, { author: ann.account, id }, text);
    await world.until("it stands there", () => texts(ann).includes(text));
  }
  await world.pass(soonMs);
  // What the vault answers comes when the line was changed.
  world.network.meddle("Ann 2", (frame) => (Buffer.from(frame).includes("segments") ? [] : [frame]));
  const tablet = await world.linkDevice(ann);
  await world.until("it is in", () => tablet.view("conversation", chat)?.state === "open");
  await ben.api.writeLine(chat, { author: ann.account, id }, "Ben, 3", linesOf(ben)[0]?.key);
  const isHeard = () => tablet.disk.get("SELECT 1 FROM marks WHERE kind = 'line'") !== undefined;
  await world.until("the tablet heard the change", isHeard);
  expect(texts(tablet)).toEqual([]);
  world.network.meddle(tablet.device, undefined);
  world.network.breakSockets(tablet.device);
  await hasAll(world, tablet, ann);
  await world.pass(2 * soonMs);
  for (const one of [ann, ben, tablet]) expect(texts(one)).toEqual(["Ben, 3", "Cat, 1"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA7] what was done with a message, and could not be said, does not come to the other device by the vault", async () => {
  const { world, ann, ben } = await friends({ seed: 312 });
  const group = await world.group(ben, [ann], "Dinner");
  const said = await ben.say(group, "eight?");
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  world.network.meddle(tablet.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  await ben.api.renameGroup(group, "Supper");
  await world.pass(5_000);
  await tablet.api.react(group, { author: ben.account, id: said }, "👍", true);
  const reactions = (one: Person) => JSON.stringify(one.items(group)).split("👍").length - 1;
  await world.pass(2 * soonMs);
  expect([reactions(tablet) > 0, reactions(ben), reactions(ann)]).toEqual([true, 0, 0]);
  expect(left(ann)).toBe(0);
  // Home lets it be heard again: it is said, and then the vault has it too.
  world.network.meddle(tablet.device, undefined);
  world.network.breakSockets(tablet.device);
  await world.until("it is said", () => reactions(ben) > 0 && reactions(ann) > 0, 180_000);
  await world.pass(soonMs);
  expect(tablet.disk.get("SELECT count(*) AS n FROM unvaulted")).toEqual({ n: 0 });
});

test("[VA9] what was recalled, deleted or cleared does not come back, and its words leave the vault", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 302 });
  const group = await world.group(ann, [ben], "Family");
  const recalled = await ben.say(chat, "recalled words");
  const deleted = await ben.say(chat, "deleted words");
  await ben.say(group, "cleared words");
  const kept = await ben.say(chat, "kept words");
  await world.until("Ann reads", () => reads(ann, chat).includes("kept words") && reads(ann, group).length === 1);
  await ann.api.sendText(chat, "what?", { quote: { author: ben.account, id: recalled } });
  await world.pass(soonMs);
  expect(vaultTexts(world, ann)).toContain("recalled words");
  expect(vaultTexts(world, ann)).toContain("deleted words");
  expect(vaultTexts(world, ann)).toContain("cleared words");
  await ben.api.recall(chat, recalled);
  await ann.api.deleteMessages(chat, [{ author: ben.account, id: deleted }]);
  await ann.api.deleteChat(group, "here");
  await world.pass(soonMs);
  for (const words of ["recalled words", "deleted words", "cleared words"])
    expect(vaultTexts(world, ann)).not.toContain(words);
  expect(vaultTexts(world, ann)).toContain("kept words");
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  expect(reads(tablet, chat)).toEqual(["kept words", "what?"]);
  expect(reads(tablet, group)).toEqual([]);
  // A word about what is gone brings nothing back.
  await ben.api.react(chat, { author: ben.account, id: deleted }, "👍", true);
  await ben.api.react(chat, { author: ben.account, id: kept }, "👍", true);
  await world.pass(2 * soonMs);
  expect(reads(tablet, chat)).toEqual(["kept words", "what?"]);
  expect(vaultTexts(world, ann)).not.toContain("deleted words");
  expect(world.bugs()).toEqual([]);
});

test("[VA9] what was recalled leaves the vault though home called its rewriting malformed for a while, and that holds up nothing", async () => {
  const home = { lies: true, count: 0 };
  const { world, ann, ben, chat } = await friends({
    seed: 306,
    wrapPorts: (ports) => ({
      ...ports,
      connect: (server, events, path) => {
        const socket = ports.connect(server, events, path);
        const send = (bytes: Uint8Array) => {
          const frame = path === undefined && home.lies ? decodeClientFrame(bytes) : undefined;
          if (frame?.type !== "call" || frame.name !== "vaultRewrite") return socket.send(bytes);
          home.count++;
          ports.after(10, () => events.message(encodeError(frame.request, "malformed")));
        };
        return { ...socket, send };
      },
    }),
  });
  const recalled = await ben.say(chat, "recalled words");
  await world.until("Ann reads", () => reads(ann, chat).includes("recalled words"));
  await world.pass(soonMs);
  expect(vaultTexts(world, ann)).toContain("recalled words");
  await ben.api.recall(chat, recalled);
  await ben.say(chat, "next words");
  await world.pass(2 * soonMs);
  expect(home.count).toBeGreaterThan(0);
  expect(vaultTexts(world, ann)).toContain("next words");
  home.lies = false;
  await ben.say(chat, "last words");
  await world.until("they are gone", () => !vaultTexts(world, ann).includes("recalled words"), 4 * soonMs);
});

test("[VA9] what one device deleted stays on the other that has it, and goes from the vault all the same", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 303 });
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  const id = await ben.say(chat, "only on the tablet");
  await world.until("both read", () => [ann, tablet].every((one) => reads(one, chat).length === 1));
  await world.pass(soonMs);
  await ann.api.deleteMessages(chat, [{ author: ben.account, id }]);
  await world.pass(soonMs);
  await ben.api.react(chat, { author: ben.account, id }, "👍", true);
  await world.pass(2 * soonMs);
  expect(reads(tablet, chat)).toEqual(["only on the tablet"]);
  expect(reads(ann, chat)).toEqual([]);
  expect(vaultTexts(world, ann)).not.toContain("only on the tablet");
  const laptop = await world.linkDevice(tablet);
  await world.pass(soonMs);
  expect(reads(laptop, chat)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[VA8] of what two devices have, one puts it there; both know it", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 304 });
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(soonMs);
  for (let i = 0; i < 10; i++) {
    await ben.say(chat, `number ${i}.`);
    await world.pass(4_000);
  }
  await world.pass(2 * soonMs);
  const texts = vaultTexts(world, ann);
  for (let i = 0; i < 10; i++) expect(texts.split(`number ${i}.`).length - 1).toBe(1);
  for (const one of [ann, tablet]) expect(one.disk.get("SELECT count(*) AS n FROM unvaulted")).toEqual({ n: 0 });
  expect(world.bugs()).toEqual([]);
});

test("[VA10] crashes on either side cost nothing: what was cut off goes on where it stopped", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 305 });
  for (let i = 0; i < 400; i++) {
    await (i % 2 === 0 ? ann : ben).say(chat, `${i} ${"long words ".repeat(60)}`);
    if (i % 20 === 0) await world.pass(1_000);
  }
  await world.until("Ann has all", () => reads(ann, chat).length === 400);
  for (let i = 0; i < 12; i++) {
    // In the middle of what it puts there: some answers are lost.
    await world.pass(1_500 + 700 * i);
    ann.crash();
    await ann.switchOn();
  }
  await world.pass(2 * soonMs);
  expect(world.log.features.backup.vault(1).next).toBeGreaterThan(3);
  const tablet = await world.linkDevice(ann);
  let crashes = 0;
  await world.until(
    "the tablet has all",
    () => {
      const count = tablet.isOn ? reads(tablet, chat).length : 0;
      if (crashes < 4 && count > 80 * (crashes + 1)) {
        crashes++;
        tablet.crash();
        void tablet.switchOn();
      }
      return crashes === 4 && same(tablet, ann);
    },
    180_000,
  );
  expect(reads(tablet, chat)).toEqual(reads(ann, chat));
  expect(world.bugs()).toEqual([]);
});

test("[VA6] a device that was removed opens nothing of what is put there after", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 306 });
  const tablet = await world.linkDevice(ann);
  const laptop = await world.linkDevice(ann);
  await world.until("all are in", () =>
    [tablet, laptop].every((one) => one.view("conversation", chat)?.state === "open"),
  );
  await ben.say(chat, "while it was there");
  await world.pass(2 * soonMs);
  expect(vaultTexts(world, tablet)).toContain("while it was there");
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await ben.say(chat, "after it was gone");
  await world.pass(2 * soonMs);
  expect(vaultTexts(world, ann)).toContain("after it was gone");
  expect(vaultTexts(world, laptop)).toContain("after it was gone");
  expect(vaultTexts(world, tablet)).not.toContain("after it was gone");
  const fresh = await world.linkDevice(laptop);
  await hasAll(world, fresh, laptop);
  expect(reads(fresh, chat)).toEqual(["while it was there", "after it was gone"]);
  expect(world.bugs()).toEqual([]);
});

/**
 * Ann's phone is back, and what was said to it meanwhile is not there yet: of the vault's newest key it knows nothing.
 */
async function behind(seed: number) {
  const { world, ann, ben, chat } = await friends({ seed });
  const [tablet, watch] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await hasAll(world, watch, ann);
  await world.pass(soonMs);
  await ben.say(chat, "first");
  await world.until("both read", () => [ann, tablet].every((one) => reads(one, chat).includes("first")));
  world.network.cutOff(ann.device);
  await world.during(tablet.api.revokeDevice(watch.view("status").me?.device ?? ""));
  await ben.say(chat, "second");
  await world.pass(4 * soonMs);
  expect(waiting(tablet)).toBe(0);
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  world.network.letBack(ann.device);
  await world.pass(soonMs);
  return { world, ann, tablet, chat };
}

/** How much is still to be put there. */
function waiting(person: Person): number {
  return person.disk.get<{ n: number }>("SELECT count(*) AS n FROM unvaulted")?.n ?? 0;
}

test("[VA6] [VA10] what is still closed to a device is waited for: what it puts there stands in its order", async () => {
  const { world, ann, tablet, chat } = await behind(317);
  expect(waiting(ann)).toBe(1);
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await world.until("it reads", () => reads(ann, chat).includes("second"), 180_000);
  await world.pass(soonMs);
  expect(waiting(ann)).toBe(0);
  const fresh = await world.linkDevice(tablet);
  await hasAll(world, fresh, ann);
  expect(reads(fresh, chat)).toEqual(["first", "second"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA6] [VA10] a device to which something stays closed puts there what it has all the same, ten minutes later", async () => {
  const { world, ann } = await behind(318);
  await world.pass(7 * soonMs);
  expect(waiting(ann)).toBe(1);
  await world.pass(4 * soonMs);
  expect(waiting(ann)).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[VA10] what comes late to a new device puts nothing that the vault brings behind what its own device said after it", async () => {
  const { world, ann, ben } = await friends({ seed: 319 });
  const cat = await world.person("Cat");
  await world.befriend(ann, cat);
  const group = await world.group(ann, [ben, cat], "Dinner");
  const said = async (by: Person, text: string) => {
    await by.say(group, text);
    await world.until("Ann reads it", () => reads(ann, group).includes(text));
  };
  await said(ben, "Ben's first");
  await said(cat, "Cat's first");
  await world.pass(soonMs);
  await world.during(ann.api.removeMember(group, ben.account));
  // What the vault answers comes when all has been said.
  world.network.meddle("Ann 2", (frame) => (Buffer.from(frame).includes("segments") ? [] : [frame]));
  const tablet = await world.linkDevice(ann);
  await world.until("it is in", () => tablet.view("conversation", group)?.state === "open");
  await said(cat, "Cat's second");
  // The tablet was there before Ben: it misses what he said, and hears it again.
  await world.during(ann.api.addMembers(group, [ben.account]));
  await world.until("Ben is back", () => ben.view("conversation", group)?.state === "open");
  await said(ben, "Ben's second");
  await world.until("it comes late", () => reads(tablet, group).includes("Ben's first"));
  expect(reads(tablet, group)).toEqual(["Cat's second", "Ben's second", "Ben's first"]);
  world.network.meddle(tablet.device, undefined);
  world.network.breakSockets(tablet.device);
  await hasAll(world, tablet, ann);
  await world.pass(2 * soonMs);
  const ofCat = (person: Person) => reads(person, group).filter((text) => text.startsWith("Cat"));
  expect(ofCat(tablet)).toEqual(["Cat's first", "Cat's second"]);
  // What stands in the vault stands in that order for devices that come later.
  const fresh = await world.linkDevice(ann);
  await hasAll(world, fresh, ann);
  expect(ofCat(fresh)).toEqual(["Cat's first", "Cat's second"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA10] what the vault brings stands behind what its own device said before it, also where that stands out of order", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 320 });
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  await world.pass(soonMs);
  // The phone's own word is written before it hears what the tablet said, and goes out after that.
  world.network.cutOff(ann.device);
  await ann.api.sendText(chat, "phone");
  for (const text of ["one", "two"]) await tablet.say(chat, text);
  await world.until("Ben reads", () => reads(ben, chat).length === 2);
  let [pushes, isVaultAway] = [0, true];
  world.network.meddle(ann.device, (frame) => {
    const isTwo = isPushOf(frame, "application") && ++pushes > 2;
    const isOfVault = isVaultAway && Buffer.from(frame).includes("bytesMax");
    return isTwo || isOfVault ? [] : [frame];
  });
  world.network.letBack(ann.device);
  await world.until("Ben and the tablet read all", () => [ben, tablet].every((one) => reads(one, chat).length === 3));
  expect([reads(ann, chat), reads(tablet, chat)]).toEqual([
    ["phone", "one"],
    ["one", "two", "phone"],
  ]);
  await world.until("the tablet has put it there", () => waiting(tablet) === 0, 180_000);
  isVaultAway = false;
  world.network.breakSockets(ann.device);
  await world.until("the vault brings it", () => reads(ann, chat).includes("two"), 180_000);
  expect(reads(ann, chat)).toEqual(["phone", "one", "two"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA10] a recall that came to a new device before its message takes nothing out of its order on those that had it", async () => {
  const { world, ann, ben } = await friends({ seed: 321 });
  const cat = await world.person("Cat");
  await world.befriend(ann, cat);
  const group = await world.group(ann, [ben, cat], "Dinner");
  await world.until("all are in", () => [ben, cat].every((one) => one.view("conversation", group)?.state === "open"));
  await world.pass(soonMs);
  // What is said now the phone does not put into the vault.
  world.network.meddle(ann.device, (frame) => (Buffer.from(frame).includes("bytesMax") ? [] : [frame]));
  const wrong = await ben.say(group, "wrong");
  await world.until("Ann reads it", () => reads(ann, group).includes("wrong"));
  await cat.say(group, "Cat's");
  await world.until("Ann reads that", () => reads(ann, group).includes("Cat's"));
  const tablet = await world.linkDevice(ann);
  await world.until("it is in", () => tablet.view("conversation", group)?.state === "open");
  await ben.say(group, "Ben's");
  await world.until("both read it", () => [ann, tablet].every((one) => reads(one, group).includes("Ben's")));
  await world.during(ben.api.recall(group, wrong));
  await world.until("the tablet has put it there", () => waiting(tablet) === 0, 180_000);
  expect(reads(tablet, group).filter((text) => text !== "")).toEqual(["Ben's"]);
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await world.until("the phone has put there what it had", () => waiting(ann) === 0, 180_000);
  await hasAll(world, tablet, ann);
  const laptop = await world.linkDevice(ann);
  await hasAll(world, laptop, ann);
  for (const one of [ann, tablet, laptop])
    expect(reads(one, group).filter((text) => text.endsWith("'s"))).toEqual(["Cat's", "Ben's"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA12] switched off on one device nothing is left at home, and a new device begins empty; on again all is back", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 307 });
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await ben.say(chat, "before");
  await world.pass(soonMs);
  await tablet.api.setVault(false);
  await world.until("Ann knows", () => !ann.view("vault").isOn);
  await ben.say(chat, "meanwhile");
  await world.pass(2 * soonMs);
  expect(world.log.features.backup.vault(1)).toMatchObject({ isOn: false, bytes: 0 });
  const laptop = await world.linkDevice(ann);
  await world.pass(soonMs);
  expect([laptop.view("vault").isOn, reads(laptop, chat)]).toEqual([false, []]);
  world.network.cutOff(ann.device);
  await ann.api.setVault(true); // Home hears of it when it can be reached.
  await world.pass(5_000);
  world.network.letBack(ann.device);
  await world.until("the laptop has it", () => reads(laptop, chat).length === 2, 180_000);
  expect(reads(laptop, chat)).toEqual(["before", "meanwhile"]);
  expect(laptop.view("chats").find((row) => row.conversation === chat)?.unread).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[VA3] [VA12] a vault that is full says so, keeps what it has, and holds up nothing", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 308, config: { vaultBytesMax: 10_000 } });
  for (let i = 0; i < 8; i++) {
    await ann.say(chat, `${i} ${"words ".repeat(400)}`);
    await world.pass(30_000);
  }
  expect(ann.view("vault")).toMatchObject({ isOn: true, isFull: true, bytesMax: 10_000 });
  expect(reads(ben, chat)).toHaveLength(8);
  expect(world.log.features.backup.vault(1).bytes).toBeLessThanOrEqual(10_000);
  expect(world.bugs()).toEqual([]);
});

test("[VA12] a person who looks sees the vault fill, segment by segment", async () => {
  const { world, ann, chat } = await friends({ seed: 311 });
  await world.pass(soonMs);
  for (let i = 0; i < 60; i++) await ann.say(chat, `${i} ${"words ".repeat(500)}`);
  await world.pass(5_000);
  const shown: { waiting: number; bytes: number }[] = [];
  const stop = ann.client.subscribe("vault", [], ({ waiting, bytes = 0 }) => shown.push({ waiting, bytes }));
  await world.pass(soonMs);
  stop();
  const steps = [...new Set(shown.map(({ waiting }) => waiting))];
  expect(steps.at(-1)).toBe(0);
  expect(steps.length).toBeGreaterThanOrEqual(4);
  expect(steps).toEqual(steps.toSorted((a, b) => b - a));
  expect(new Set(shown.map(({ bytes }) => bytes)).size).toBe(steps.length);
});

test("[VA7] while hands are at work the vault waits, but not for ever", async () => {
  let isAtWork = false;
  const { world, ann, ben, chat } = await friends({
    seed: 310,
    wrapPorts: (ports, { name }) => (name === "Ann" ? { ...ports, isAtWork: () => isAtWork } : ports),
  });
  const isKept = (text: string) => vaultTexts(world, ann).includes(text);
  await world.pass(soonMs);
  isAtWork = true;
  await ben.say(chat, "while Ann scrolls");
  await world.pass(45_000);
  expect([reads(ann, chat), isKept("while Ann scrolls")]).toEqual([["while Ann scrolls"], false]);
  isAtWork = false;
  await world.pass(5_000);
  expect(isKept("while Ann scrolls")).toBe(true);
  isAtWork = true;
  await ben.say(chat, "she never stops");
  await world.pass(120_000);
  expect(isKept("she never stops")).toBe(true);
  expect(world.bugs()).toEqual([]);
});

test("[VA7] groups that one is not in any more can be read on a new device too", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 309 });
  const cat = await world.person("Cat");
  const left = await world.group(ann, [ben, cat], "Book club");
  const removed = await world.group(ben, [ann, cat], "Choir");
  await cat.say(left, "chapter one");
  await cat.say(removed, "la la");
  await world.until("Ann reads", () => reads(ann, left).length + reads(ann, removed).length === 2);
  await ann.api.leaveGroup(left, ben.account);
  await ben.api.removeMember(removed, ann.account);
  await world.until("she is out", () => ann.view("conversation", removed)?.state === "removed");
  await world.pass(2 * soonMs);
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  const titles = (one: Person) =>
    one
      .view("chats")
      .map(({ title }) => title)
      .toSorted();
  expect(titles(tablet)).toEqual(titles(ann));
  expect([tablet.chat("Book club"), tablet.chat("Choir")]).toEqual([left, removed]);
  expect(reads(tablet, left)).toEqual(["chapter one"]);
  expect(tablet.items(removed).find((item) => item.body.kind === "text")?.from.name).toBe("Cat");
  expect(tablet.view("conversation", chat)?.state).toBe("open");
  expect(world.bugs()).toEqual([]);
});

test("[VA11] what the vault brings first is still news when it comes from its sender", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 310 });
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(soonMs);
  // Its messages are held back; what it asks of home is answered.
  const held: Uint8Array[] = [];
  world.network.meddle(tablet.device, (frame) => (frame[0] === 0xc0 && held.push(frame) > 0 ? [] : [frame]));
  await ben.say(chat, "from both sides");
  await ben.say(chat, "from both sides too");
  await world.until("the vault brings it", () => reads(tablet, chat).length === 2, 180_000);
  expect(tablet.view("chats").find((row) => row.conversation === chat)?.unread).toBe(0);
  world.network.meddle(tablet.device, undefined);
  world.network.breakSockets(tablet.device);
  await world.until("it is news", () => tablet.view("chats").some((row) => row.unread === 2));
  expect(reads(tablet, chat)).toEqual(["from both sides", "from both sides too"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA10] a device that was signed out and comes back has what it missed, where it belongs", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 311 });
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await ben.say(chat, "before");
  await world.until("it reads", () => reads(tablet, chat).length === 1);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  for (const words of ["one", "two", "three"]) {
    await ben.say(chat, words);
    await world.pass(2_000);
  }
  await world.pass(soonMs);
  await linkAgain(world, ann, tablet);
  await ben.say(chat, "after");
  await world.until("it has all", () => reads(tablet, chat).length === 5, 180_000);
  expect(reads(tablet, chat)).toEqual(["before", "one", "two", "three", "after"]);
  expect(tablet.view("chats").find((row) => row.conversation === chat)?.unread).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[VA10] a home that was put back to an older copy has its vault filled again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-vault-"));
  const { world, ann, ben, chat } = await friends({ seed: 312, logPath: join(folder, "yanshu.db") });
  await ben.say(chat, "before the copy");
  await world.pass(soonMs);
  world.copyDisk(join(folder, "copy.db"));
  await world.pass(5_000);
  await ben.say(chat, "after the copy");
  await world.pass(soonMs);
  world.restoreDisk(join(folder, "copy.db"));
  await world.pass(3 * soonMs);
  expect(vaultTexts(world, ann)).toContain("after the copy");
  const tablet = await world.linkDevice(ann);
  await world.until("it has both", () => reads(tablet, chat).length === 2, 180_000);
  expect(world.bugs()).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("[VA7] files come when they are looked at; one that home has no more says so", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 313, files: true, config: { blobDays: 3 } });
  const file = new Uint8Array(50_000).fill(7);
  const send = (name: string) =>
    ann.api.sendFile(chat, { source: new Blob([file as Uint8Array<ArrayBuffer>]), name, type: "text/plain" });
  await send("old.txt");
  await world.until("Ben has it", () => ben.items(chat).some((item) => item.body.kind === "file"));
  await world.pass(4 * 86_400_000);
  await send("new.txt");
  await world.until("Ben has both", () => ben.items(chat).filter((item) => item.body.kind === "file").length === 2);
  await world.pass(soonMs);
  const tablet = await world.linkDevice(ann);
  await hasAll(world, tablet, ann);
  const [old, fresh] = tablet.items(chat).flatMap(({ body }) => (body.kind === "file" ? [body.file] : []));
  const state = (handle = "") => tablet.view("transfer", handle).state;
  expect([state(old?.handle), state(fresh?.handle)]).toEqual(["expired", "away"]);
  expect(Buffer.from(await world.during(tablet.api.readFile(fresh?.handle ?? "", 0, 50_000)))).toEqual(
    Buffer.from(file),
  );
  expect(world.bugs()).toEqual([]);
});

async function linkAgain(world: World, person: Person, fresh: Person): Promise<void> {
  await world.until("it is signed out", () => fresh.view("status").phase === "signed-out");
  await world.linkDevice(person, fresh);
}

/** All that a device can read in the vault of its account, opened by what docs/spec/vault.md says alone (VA2, VA6). */
function vaultTexts(world: World, person: Person): string {
  const keys = person.disk.all<{ id: Uint8Array; key: Uint8Array }>("SELECT id, key FROM vault_keys");
  const account = accountIdOf(nodePrimitives.sha256, readMeta(person.disk, "inception") ?? new Uint8Array());
  const ref = world.log.accounts.find(account)?.ref ?? 0;
  const most = { count: 100_000, bytes: Number.MAX_SAFE_INTEGER };
  return world.log.features.backup
    .segments(ref, Number.MAX_SAFE_INTEGER, most)
    .map(({ at, segment }) => {
      const sealed = Buffer.from(segment);
      const id = sealed.subarray(1, 9);
      const key = keys.find((one) => id.equals(one.id))?.key;
      if (key === undefined) return "";
      const place = Buffer.alloc(8);
      place.writeBigUInt64BE(BigInt(at));
      const opening = createDecipheriv("aes-256-gcm", key, sealed.subarray(9, 21));
      opening.setAAD(Buffer.concat([Buffer.from("yanshu vault segment v1\0"), account, place, id]));
      opening.setAuthTag(sealed.subarray(-16));
      return Buffer.concat([opening.update(sealed.subarray(21, -16)), opening.final()]).toString("latin1");
    })
    .join();
}

test("[VA33] the device says when all of it was at home last: not before what was said last is there, and not while home is away", async () => {
  const world = new World({ seed: 79 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(soonMs);
  const first = ann.view("vault").wholeMs ?? 0;
  expect(first).toBeGreaterThan(0);
  world.network.cutOff(ann.device);
  const saidMs = world.clock.nowMs();
  await ann.say(chat, "it waits");
  await world.pass(2 * soonMs);
  expect(ann.view("vault")).toMatchObject({ wholeMs: first });
  world.network.letBack(ann.device);
  await world.until("all is there", () => (ann.view("vault").wholeMs ?? 0) > saidMs, 5 * soonMs);
  expect(ann.view("vault").waiting).toBe(0);
});

test("[VA33] a vault that is full, or a home that does not take the record, is not said to have all", async () => {
  const full = await friends({ seed: 330, config: { vaultBytesMax: 10_000 } });
  for (let i = 0; i < 8; i++) await full.ann.say(full.chat, `${i} ${"long ".repeat(200)}`);
  await full.world.until("it is full", () => full.ann.view("vault").isFull, 180_000);
  const before = full.ann.view("vault").wholeMs;
  await full.ann.say(full.chat, "there is no room for it");
  await full.world.pass(5 * soonMs);
  expect(full.ann.view("vault")).toMatchObject({ isFull: true });
  expect(full.ann.view("vault").wholeMs).toBe(before);

  const { world, ann, ben, chat } = await friends({ seed: 331 });
  await world.pass(soonMs);
  const first = ann.view("vault").wholeMs;
  const { putRecord } = world.log.features.backup;
  Object.assign(world.log.features.backup, {
    putRecord: () => {
      throw new LogFullError();
    },
  });
  await ann.api.setRemark(ben.account, "Benjamin");
  await ann.say(chat, "the record would follow");
  await world.pass(2 * soonMs);
  expect(ann.view("vault")).toMatchObject({ waiting: 0, wholeMs: first });
  Object.assign(world.log.features.backup, { putRecord });
  await world.until("the record is there", () => (ann.view("vault").wholeMs ?? 0) > (first ?? 0), 5 * soonMs);
});

test("[VA3] a home that answers with segments of later places is not asked without end, and what comes later is read", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 332 });
  for (const text of ["one", "two", "three"]) {
    await ben.say(chat, text);
    await world.pass(2 * soonMs);
  }
  let pages = 0;
  world.network.meddle("Ann 2", (frame) => {
    const decoded = decodeServerFrame(frame);
    if (decoded.type !== "result") return [frame];
    try {
      const { segments } = decodeResult("vaultRead", decoded.body);
      pages++;
      return [
        encodeResult(decoded.request, "vaultRead", {
          segments: segments.map(({ at, segment }) => ({ at: at + 7, segment })),
        }),
      ];
    } catch {
      return [frame]; // It answers something else.
    }
  });
  const tablet = await world.linkDevice(ann);
  expect(tablet.device).toBe("Ann 2");
  await world.pass(5 * soonMs);
  expect([left(tablet), pages > 0 && pages <= 3]).toEqual([0, true]);
  world.network.meddle("Ann 2", undefined);
  await ben.say(chat, "four");
  await world.until("it is read", () => tablet.reads(chat).includes("four"));
  expect(world.bugs()).toEqual([]);
});

test("[VA47] a home that names another vault each time is given the history once a day; the person's own switch begins anew at once", async () => {
  const { world, ann, ben, chat } = await friends({ seed: 333 });
  await ben.say(chat, "before");
  await world.pass(2 * soonMs);
  const { backup } = world.log.features;
  const ref = world.log.accounts.find(fromHex(ann.account))?.ref ?? 0;
  let puts = 0;
  world.network.overhear = (_connection, owner, bytes) => {
    const frame = decodeClientFrame(bytes);
    if (owner !== ann.device || frame.type !== "call") return;
    if (frame.name === "vaultAppend") puts++;
    // Off and on again: it begins where it ended.
    if (frame.name === "vaultState")
      world.log.transaction(() => {
        for (const isOn of [false, true]) backup.setVault(ref, isOn);
      });
  };
  await world.pass(dayMs / 2);
  expect(puts).toBe(1);
  await ben.say(chat, "meanwhile");
  await world.pass(2 * soonMs);
  expect([puts, waiting(ann) > 0]).toEqual([1, true]);
  expect(ann.client.diagnostics()["vault-other-again"]).toBeGreaterThan(0);
  await world.pass(dayMs);
  expect(puts).toBe(2);
  await ann.api.setVault(false);
  await world.pass(soonMs);
  await ann.api.setVault(true);
  await world.pass(2 * soonMs);
  expect(puts).toBe(3);
  world.network.overhear = undefined;
  await world.pass(2 * dayMs);
  for (const text of ["before", "meanwhile"]) expect(vaultTexts(world, ann)).toContain(text);
  expect([waiting(ann), ann.reads(chat).length]).toEqual([0, ben.reads(chat).length]);
  expect(world.bugs()).toEqual([]);
});
