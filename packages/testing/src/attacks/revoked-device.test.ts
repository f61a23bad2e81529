/** A device that was revoked signs another history of its former account, and shows it wherever it can (ID7, ID20). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Bytes, fromHex, toHex } from "@yanshu/wire";
import { answerClaims } from "../evidence/evil/operator.ts";
import { World } from "../index.ts";
import type { Person } from "../world/person.ts";
import { entryBy, keyOn, listAt, strangerCall } from "./accounts.ts";

setDefaultTimeout(120_000);

/** Ann has a tablet, which is taken from her and revoked; what the thief knows of her list ends there. */
async function revokedTablet(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { words } = await ann.api.recoveryCard();
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "before");
  await world.pass(120_000);
  const before = await listAt(world, ann.account);
  const thief = await keyOn(tablet);
  const target = ann.view("devices").find(({ isThis }) => !isThis);
  if (target === undefined) throw new Error("Ann has one device");
  await world.during(ann.api.revokeDevice(target.device));
  await world.until("it is out", () => tablet.view("status").phase === "signed-out");
  await world.pass(120_000);
  return { world, ann, ben, chat, before, thief, card: words.join(" ") };
}

/** Home shows `ben` this entry after what it has of Ann's list, whenever he draws a package of hers. */
function shows(world: World, ben: Person, account: string, entry: Bytes): () => number {
  return answerClaims(world, ben, (answer) =>
    toHex(answer.account) === account
      ? { ...answer, history: { ...answer.history, entries: [...answer.history.entries, entry] } }
      : answer,
  );
}

test("[DS100] [ID7] from a stranger's socket a revoked device changes nothing, before and after the root's word", async () => {
  const { world, ann, ben, chat, before, thief, card } = await revokedTablet(9201);
  const rival = await entryBy(before, thief);
  const asked = { account: fromHex(ann.account), entries: [rival] };
  const head = (await listAt(world, ann.account)).entries.length;
  expect(await strangerCall(world, "appendEntries", asked)).toBe("not-signed-in");
  expect((await listAt(world, ann.account)).entries).toHaveLength(head);
  ann.crash();
  await ann.switchOn();
  await world.pass(30_000);
  await ben.api.createGroup({ name: "dinner", accounts: [ann.account] });
  await world.pass(60_000);
  await ben.say(chat, "can you read this?");
  await world.until("Ann reads it", () => ann.reads(chat).includes("can you read this?"));
  // The card, on another device, keeping Ann's phone; then the same bytes once more.
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card, areOthersLost: false }));
  await world.pass(120_000);
  expect(await strangerCall(world, "appendEntries", asked)).toBe("not-signed-in");
  await ben.say(chat, "and this?");
  await world.until("both devices read it", () => [ann, fresh].every((one) => one.reads(chat).includes("and this?")));
});

test("[ID7] nor does it with home's help, whichever of the devices was there first; and the group goes on", async () => {
  for (const [seed, isSenior] of [
    [9202, false],
    [9203, true],
  ] as const) {
    const world = new World({ seed });
    const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
    await world.befriend(ben, cat);
    const chat = await world.befriend(ann, ben);
    const group = await world.group(ann, [ben, cat], "church");
    const tablet = await world.linkDevice(ann);
    await world.pass(60_000);
    const [kept, stolen] = isSenior ? [tablet, ann] : [ann, tablet];
    const before = await listAt(world, ann.account);
    const thief = await keyOn(stolen);
    const target = kept.view("devices").find(({ isThis }) => !isThis);
    await world.during(kept.api.revokeDevice(target?.device ?? ""));
    await world.until("it is out", () => stolen.view("status").phase === "signed-out");
    await world.pass(600_000);
    const shown = shows(world, ben, kept.account, await entryBy(before, thief));
    await ben.api.createGroup({ name: "by Ben", accounts: [kept.account] });
    await world.pass(60_000);
    expect(shown()).toBeGreaterThan(0);
    expect(ben.client.diagnostics()["account-frozen"] ?? 0).toBe(0);
    // Of a senior device, which nobody else could tell from its owner's, it is said.
    expect(ben.lines(chat).includes("list-differs")).toBe(isSenior);
    await ben.say(chat, "can you read this?");
    await ben.say(group, "and you all?");
    await world.until("Ann reads it", () => kept.reads(chat).includes("can you read this?"));
    await world.until("all do", () => [kept, cat].every((one) => one.reads(group).includes("and you all?")));
  }
});

test.each([
  { leader: "another", seed: 9501 },
  { leader: "it alone", seed: 9502 },
])(
  "[ID20] while an account is frozen a group that $leader leads goes on without its leaves; the card brings it back",
  async ({ leader, seed }) => {
    const world = new World({ seed });
    const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
    await world.befriend(ben, cat);
    const chat = await world.befriend(ann, ben);
    const isLedByAnn = leader === "it alone";
    const group = await (isLedByAnn ? world.group(ann, [ben, cat], "church") : world.group(ben, [ann, cat], "church"));
    const { words } = await ann.api.recoveryCard();
    await world.pass(60_000);
    // Ann's only device is copied: both it and the thief sign an entry with one number.
    const before = await listAt(world, ann.account);
    const thief = await keyOn(ann);
    const tablet = await world.linkDevice(ann);
    await world.pass(120_000);
    const shown = shows(world, ben, ann.account, await entryBy(before, thief));
    await ben.api.createGroup({ name: "by Ben", accounts: [ann.account] });
    await world.pass(60_000);
    expect(shown()).toBeGreaterThan(0);
    expect(ben.lines(group)).toContain("account-frozen");
    world.network.meddle(ben.device, undefined);
    await ben.say(group, "hello?");
    await world.until("Cat reads it", () => cat.reads(group).includes("hello?"));
    await cat.say(group, "hello, Ben");
    await world.until("Ben reads it", () => ben.reads(group).includes("hello, Ben"));
    // To which of Ann's devices one would speak nobody knows.
    await ben.say(chat, "only for Ann");
    await world.pass(120_000);
    expect([ann, tablet].some((one) => one.reads(group).includes("hello?"))).toBe(false);
    expect([ann, tablet].some((one) => one.reads(chat).includes("only for Ann"))).toBe(false);
    const fresh = await world.device("Ann");
    await world.during(fresh.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
    await world.pass(300_000);
    await ben.say(group, "welcome back");
    await world.until("Ann is in the group again", () => fresh.reads(group).includes("welcome back"), 600_000);
    await world.until("and has what waited", () => fresh.reads(chat).includes("only for Ann"), 600_000);
  },
);
