/** Red packets (docs/spec/packets.md): five people, who open at once, late and from away, and one result for all. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures, type PacketItem } from "@yanshu/client";
import type { Body } from "@yanshu/content";
import { fromHex } from "@yanshu/wire";
import { decode } from "cborg";
import { type Person, World } from "../index.ts";

setDefaultTimeout(60_000);

const dayMs = 24 * 3_600_000;
/** What a feature is given. */
type FeatureContextOf = Parameters<NonNullable<ClientFeature["api"]>>[0];

function packet(person: Person, chat: string, id: string): PacketItem {
  const body = person.items(chat).find((item) => item.id === id)?.body;
  if (body?.kind !== "packet") throw new Error(`${person.device} sees no packet`);
  return body;
}

/** What all must show alike: who stands where, and what each has. */
function result(person: Person, chat: string, id: string) {
  const { lots, back, isDone, isDisputed } = packet(person, chat, id);
  return {
    lots: lots.map(({ person: { account }, amount, isFinal }) => ({ account, amount, isFinal })),
    back,
    isDone,
    isDisputed,
  };
}

const lucky = { of: "money", currency: "USD", total: 8_800, mode: "lucky", wish: "平安喜乐" } as const;

async function peopleIn(world: World, names: readonly string[]) {
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  const [owner, ...others] = people as [Person, ...Person[]];
  return { people, group: await world.group(owner, others, "一家人") };
}

test("[RP3] two who tap at once stand in one order for all, one too late is told, and all reckon alike", async () => {
  const world = new World({ seed: 2_501 });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Cat", "Dan", "Eve"]);
  const [ann, ben, cat, dan, eve] = people as [Person, Person, Person, Person, Person];
  const id = await ann.api.sendPacket(group, { ...lucky, shares: 4 });
  await world.until("all see it", () => people.every((one) => one.items(group).some((item) => item.id === id)));
  const ref = { author: ann.account, id };
  // Dan taps without a network; Ben and Cat in one tick.
  world.network.cutOff(dan.device);
  await dan.api.takePacket(group, ref);
  expect(packet(dan, group, id).mine).toEqual({ state: "going" });
  await Promise.all([ben.api.takePacket(group, ref), cat.api.takePacket(group, ref)]);
  await ben.api.takePacket(group, ref); // A second tap is none.
  await world.until("both have a place", () =>
    [ann, ben, cat, eve].every((one) => packet(one, group, id).lots.length === 2),
  );
  await ann.api.takePacket(group, ref);
  await eve.api.takePacket(group, ref);
  await world.until("it is full", () => packet(ann, group, id).state === "full");
  await world.until("all has been shown", () => [ann, ben, cat, eve].every((one) => packet(one, group, id).isDone));
  world.network.letBack(dan.device);
  await world.until("he is late", () => packet(dan, group, id).mine?.state === "late");
  await world.until("he reckons too", () => packet(dan, group, id).isDone);
  const seen = result(ann, group, id);
  for (const one of people) expect(result(one, group, id)).toEqual(seen);
  expect(seen.lots.reduce((sum, { amount }) => sum + amount, 0)).toBe(8_800);
  expect(seen.lots.every(({ isFinal, amount }) => isFinal && amount > 0)).toBe(true);
  expect(packet(eve, group, id).lots.filter(({ isBest }) => isBest)).toHaveLength(1);
  // Nothing of it is unread but the packet.
  expect(eve.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(1);
  expect(world.bugs()).toEqual([]);
});

/** Says anything at all: what a changed client could. */
const liar: ClientFeature = {
  api: ({ say, writable }: FeatureContextOf) => ({
    sayRaw: (chat: string, body: Body) => say(writable(chat), body),
  }),
};
const says = (person: Person, chat: string, body: Body) =>
  (person.api as unknown as { sayRaw: (chat: string, body: Body) => Promise<string> }).sayRaw(chat, body);

test("[RP2] [RP4] [RP6] [RP7] who copies, shows a wrong secret, takes twice or never shows leaves the pots to the others", async () => {
  const world = new World({ seed: 2_502, featuresOf: () => [...clientFeatures, liar] });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Mal", "Cat"]);
  const [ann, ben, mal, cat] = people as [Person, Person, Person, Person];
  const id = await ann.api.sendPacket(group, { ...lucky, shares: 4 });
  await world.until("all see it", () => people.every((one) => one.items(group).some((item) => item.id === id)));
  const ref = { author: ann.account, id };
  const name = { author: fromHex(ann.account), id: fromHex(id) };
  await ben.api.takePacket(group, ref);
  await world.until("he is first", () => packet(mal, group, id).lots.length === 1);
  // A copy of what Ben committed to, and a second take when that stands.
  const copied = mal.disk.get<{ value: Uint8Array }>("SELECT value FROM marks WHERE kind = 'packetTake'");
  const { left, right } = decode(copied?.value ?? new Uint8Array()) as { left: Uint8Array; right: Uint8Array };
  await says(mal, group, { kind: "packetTake", ...name, left, right });
  await world.until("he is second", () => packet(ben, group, id).lots.length === 2);
  const bytes = new Uint8Array(32).fill(7);
  await says(mal, group, { kind: "packetTake", ...name, left: bytes, right: bytes });
  await cat.api.takePacket(group, ref);
  await world.until("she is third", () => packet(ben, group, id).lots.length === 3);
  const pair = {
    first: { author: fromHex(mal.account), id: name.id },
    second: { author: fromHex(cat.account), id: name.id },
  };
  await says(mal, group, { kind: "packetShow", ...name, side: "right", secret: bytes, ...pair });
  // Nor does he end what is Ann's, and a fourth comes behind the end.
  await says(mal, group, { kind: "packetOver", id: name.id });
  await world.pass(2_000);
  expect(packet(cat, group, id)).toMatchObject({ state: "open", isDone: false });
  const waiting = packet(ben, group, id).lots;
  expect(waiting.map(({ isFinal }) => isFinal)).toEqual([false, false, false]);
  expect(waiting[0]?.waitsFor.map(({ account }) => account)).toEqual([mal.account]);
  await world.pass(dayMs);
  await world.until("it is over", () => people.every((one) => packet(one, group, id).state === "over"));
  await expect(ann.api.takePacket(group, ref)).rejects.toThrow("too-late");
  await says(ann, group, { kind: "packetTake", ...name, left: bytes, right: bytes });
  await world.pass(2_000);
  expect(packet(ben, group, id).lots).toHaveLength(3);
  await world.pass(3 * dayMs);
  await world.until("it is settled", () => people.every((one) => packet(one, group, id).isDone));
  const seen = result(ann, group, id);
  for (const one of people) expect(result(one, group, id)).toEqual(seen);
  expect(seen).toMatchObject({ back: 2_200, isDisputed: false });
  // Mal has the hundredth that is everybody's own; his two pots went to Ben and to Cat.
  expect(seen.lots.map(({ account }) => account)).toEqual([ben.account, mal.account, cat.account]);
  expect(seen.lots[1]?.amount).toBe(1);
  expect((seen.lots[0]?.amount ?? 0) + (seen.lots[2]?.amount ?? 0)).toBe(6_599);
  expect(Math.min(seen.lots[0]?.amount ?? 0, seen.lots[2]?.amount ?? 0)).toBeGreaterThanOrEqual(2_200);
  expect(world.bugs()).toEqual([]);
});

test("[RP14] [RP15] another sum under one id is seen, and what both saw of each other is in what they show", async () => {
  const world = new World({ seed: 2_507, featuresOf: () => [...clientFeatures, liar] });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Cat", "Mal"]);
  const [ann, ben, cat, mal] = people as [Person, Person, Person, Person];
  const id = await ann.api.sendPacket(group, { ...lucky, shares: 4 });
  await world.until("all see it", () => people.every((one) => one.items(group).some((item) => item.id === id)));
  const ref = { author: ann.account, id };
  const name = { author: fromHex(ann.account), id: fromHex(id) };
  const bytes = new Uint8Array(32).fill(7);
  await ben.api.takePacket(group, ref);
  await cat.api.takePacket(group, ref);
  await says(mal, group, { kind: "packetTake", ...name, left: bytes, right: bytes, terms: bytes });
  const others = [ben, cat];
  const differing = (one: Person) => packet(one, group, id).differing.map(({ account }) => account);
  await world.until("both stand", () => others.every((one) => packet(one, group, id).lots.length === 2));
  await world.until("Mal’s is another", () => others.every((one) => differing(one).includes(mal.account)));
  // What both saw of each other’s take is in what they show: nobody else differs.
  expect(others.map(differing)).toEqual([[mal.account], [mal.account]]);
  await world.pass(dayMs);
  await world.until("it is over", () => others.every((one) => packet(one, group, id).isDone));
  const seen = result(ben, group, id);
  expect(result(cat, group, id)).toEqual(seen);
  expect(seen).toMatchObject({ back: 4_400, isDisputed: false });
  expect(world.bugs()).toEqual([]);
});

test("[RP8] [RP9] [RP10] own devices agree, a later one too; what nobody took is taken back, and else it stays", async () => {
  const world = new World({ seed: 2_503, featuresOf: () => [...clientFeatures, liar] });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Cat"]);
  const [ann, ben, cat] = people as [Person, Person, Person];
  const ben2 = await world.linkDevice(ben);
  await world.until("it has the group", () => ben2.view("conversation", group)?.state === "open");
  const equal = { of: "points", currency: "", total: 1_000, shares: 3, mode: "equal", wish: "" } as const;
  const sees = (one: Person, id: string) =>
    one.items(group).some((item) => item.id === id && item.body.kind === "packet");

  const gone = await ann.api.sendPacket(group, equal);
  await world.until("all see it", () => [...people, ben2].every((one) => sees(one, gone)));
  await ann.api.takeBackPacket(group, gone);
  await world.until("it is gone for all", () => [...people, ben2].every((one) => !sees(one, gone)));

  // Ben taps without a network while Ann takes it back: his tap is behind, and keeps it on his device no more than on
  // another.
  const ahead = await ann.api.sendPacket(group, equal);
  await world.until("all see it", () => [...people, ben2].every((one) => sees(one, ahead)));
  world.network.cutOff(ben.device);
  await ben.api.takePacket(group, { author: ann.account, id: ahead });
  await ann.api.takeBackPacket(group, ahead);
  await world.until("it is gone elsewhere", () => ![ann, cat, ben2].some((one) => sees(one, ahead)));
  world.network.letBack(ben.device);
  await world.until("it is gone for Ben too", () => !sees(ben, ahead));

  // Ann takes it back while Cat's tap is ahead of hers in the order of all: it stays for everybody.
  const kept = await ann.api.sendPacket(group, equal);
  await world.until("all see it", () => [...people, ben2].every((one) => sees(one, kept)));
  const ref = { author: ann.account, id: kept };
  world.network.cutOff(ann.device);
  await cat.api.takePacket(group, ref);
  await ann.api.takeBackPacket(group, kept);
  await world.until("Ben sees her lot", () => packet(ben, group, kept).lots.length === 1);
  world.network.letBack(ann.device);
  await world.until("Ann does too", () => packet(ann, group, kept).lots.length === 1);
  await world.pass(2_000);
  await expect(ann.api.recall(group, kept)).rejects.toThrow("too-late");
  await says(ann, group, { kind: "recall", id: fromHex(kept) });
  await world.pass(2_000);
  expect([...people, ben2].every((one) => sees(one, kept))).toBe(true);

  // Both of Ben's devices tap: he has one lot, and both say which.
  await Promise.all([ben.api.takePacket(group, ref), ben2.api.takePacket(group, ref)]);
  await world.until("he stands once", () =>
    [...people, ben2].every((one) => packet(one, group, kept).lots.length === 2),
  );
  await ann.api.takePacket(group, ref);
  await world.until("it is full", () => [...people, ben2].every((one) => packet(one, group, kept).isDone));
  const seen = result(ann, group, kept);
  for (const one of [...people, ben2]) expect(result(one, group, kept)).toEqual(seen);
  expect(seen.lots.map(({ amount }) => amount)).toEqual([334, 333, 333]);

  const id = await cat.api.sendPacket(group, { ...lucky, shares: 2 });
  await world.until("all see it", () => [...people, ben2].every((one) => sees(one, id)));
  await ben2.api.takePacket(group, { author: cat.account, id });
  await world.until("he is first", () => packet(ann, group, id).lots.length === 1);
  await ann.api.takePacket(group, { author: cat.account, id });
  await world.until("all is shown", () => [...people, ben2].every((one) => packet(one, group, id).isDone));
  const lots = result(cat, group, id);
  for (const one of [...people, ben2]) expect(result(one, group, id)).toEqual(lots);
  const proofs = [...people, ben2].map((one) =>
    one
      .view("packetProof", group, { author: cat.account, id })
      ?.pots.map(({ commitments, secrets, draw, toFirst }) => ({ commitments, secrets, draw, toFirst })),
  );
  for (const proof of proofs) expect(proof).toEqual(proofs[0]);
  expect(proofs[0]).toHaveLength(2);
  // A device that is linked only now reckons the same from what it is given.
  const cat2 = await world.linkDevice(cat);
  await world.until("it has the packet", () => sees(cat2, id), 180_000);
  expect(result(cat2, group, id)).toEqual(lots);
  expect(world.bugs()).toEqual([]);
});

test("[RP1] in a chat of two there is one share, and only the other takes it", async () => {
  const world = new World({ seed: 2_504 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await expect(ann.api.sendPacket(chat, { ...lucky, shares: 2 })).rejects.toThrow("too-long");
  await expect(ann.api.sendPacket(chat, { ...lucky, total: 0, shares: 1 })).rejects.toThrow("empty");
  await expect(ann.api.sendPacket(chat, { ...lucky, currency: "", shares: 1 })).rejects.toThrow("empty");
  const id = await ann.api.sendPacket(chat, { ...lucky, shares: 1 });
  await world.until("he sees it", () => ben.items(chat).some((item) => item.id === id));
  const ref = { author: ann.account, id };
  await expect(ann.api.takePacket(chat, ref)).rejects.toThrow("not-allowed");
  await ben.api.takePacket(chat, ref);
  await world.until("both see it", () => [ann, ben].every((one) => packet(one, chat, id).isDone));
  expect(packet(ann, chat, id).lots).toMatchObject([
    { amount: 8_800, isFinal: true, person: { account: ben.account } },
  ]);
  expect(packet(ben, chat, id).mine).toMatchObject({ state: "taken", amount: 8_800 });
  expect(world.bugs()).toEqual([]);
});

test("[RP30] [RP31] [RP32] [RP37] a bill of three and a transfer stand in one ledger, until who is owed says that it came", async () => {
  const world = new World({ seed: 2_505, featuresOf: () => [...clientFeatures, liar] });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Cat"]);
  const [ann, ben, cat] = people as [Person, Person, Person];
  const usd = { of: "money", currency: "USD" } as const;
  const parts = [3_334, 3_333, 3_333].map((amount, n) => ({ account: people[n]?.account ?? "", amount }));
  const bill = await ann.api.shareBill(group, { ...usd, title: "=周六火锅", parts, payTo: "Zelle: ann@example.org" });
  const on = { author: ann.account, id: bill };
  const entries = (one: Person) => one.view("ledger", group).entries;
  await world.until("all see it", () => people.every((one) => entries(one).length === 2));
  // Nothing counts before a yes, and nobody says it for another.
  expect(ben.view("ledger", group).units).toEqual([]);
  await expect(ann.api.answerOwed(group, on, true)).rejects.toThrow("not-allowed");
  await says(cat, group, { kind: "got", author: fromHex(ann.account), id: fromHex(bill), from: fromHex(ben.account) });
  await ben.api.answerOwed(group, on, true);
  await cat.api.answerOwed(group, on, true);
  await expect(cat.api.answerOwed(group, on, false)).rejects.toThrow("not-allowed");
  await world.until("both have said yes", () =>
    people.every((one) => entries(one).every(({ state }) => state === "open")),
  );
  const owed = await ann.api.sayOwed(group, { ...usd, to: ben.account, amount: 1_000, note: "车票" });
  const lost = await ann.api.sayOwed(group, { ...usd, to: cat.account, amount: 500, note: "伞" });
  await world.until("they see it", () => people.every((one) => entries(one).length === 4));
  await ben.api.answerOwed(group, { author: ann.account, id: owed }, true);
  await world.until("it counts", () =>
    people.every((one) => entries(one).filter(({ state }) => state === "open").length === 3),
  );
  const payments = (one: Person) =>
    one
      .view("ledger", group)
      .units.flatMap((unit) => unit.payments.map(({ from, to, amount }) => [from.account, to.account, amount]));
  for (const one of people)
    expect(payments(one)).toEqual([
      [cat.account, ann.account, 3_333],
      [ben.account, ann.account, 2_333],
    ]);
  await ben.api.sayPaid(group, on, "Zelle");
  await world.until("Ann hears of it", () => entries(ann).some(({ state }) => state === "paid"));
  await ann.api.sayGot(group, on, ben.account);
  await world.until("it is settled", () => people.every((one) => entries(one).some(({ state }) => state === "done")));
  expect(ben.view("ledger", group).units[0]?.mine).toBe(1_000);
  // A day later what Cat did not answer is off; her yes comes too late.
  await world.pass(dayMs + 60_000);
  const stateOf = (one: Person) => entries(one).find(({ message }) => message.id === lost)?.state;
  await world.until("it is off", () => people.every((one) => stateOf(one) === "off"));
  await says(cat, group, { kind: "owed", author: fromHex(ann.account), id: fromHex(lost), answer: "yes" });
  await world.pass(2_000);
  for (const one of people) expect(stateOf(one)).toBe("off");
  // Who was told another sum under one id says yes to that one: it counts for nobody, and all read so.
  const before = payments(ann);
  const told = await ann.api.sayOwed(group, { ...usd, to: ben.account, amount: 700, note: "水果" });
  await world.until("they see it", () => people.every((one) => entries(one).length === 5));
  const yes = { kind: "owed", author: fromHex(ann.account), id: fromHex(told), answer: "yes" } as const;
  await says(ben, group, { ...yes, terms: new Uint8Array(32) });
  const toldOne = (one: Person) => entries(one).find(({ message }) => message.id === told)?.state;
  await world.until("it differs", () => people.every((one) => toldOne(one) === "differs"));
  for (const one of people) expect(payments(one)).toEqual(before);
  // A bill that does not add up is nobody's debt, and a table holds no formula.
  const wrong = {
    kind: "share",
    ...usd,
    title: "?",
    total: 9,
    parts: [{ account: fromHex(ben.account), amount: 5 }],
  } as const;
  await says(ann, group, wrong);
  await world.pass(2_000);
  expect(entries(ben)).toHaveLength(5);
  const table = await cat.api.ledgerTable(group, "我");
  expect(table.split("\r\n")).toHaveLength(7);
  expect(table).toContain(`"'=周六火锅"`);
  expect(table).toContain('"33.33","USD","done"');
  expect(world.bugs()).toEqual([]);
});

test("[RP35] a device without the part reads the words that it was sent with, and goes on", async () => {
  const without = clientFeatures.filter((feature: ClientFeature) => feature.kinds?.includes("packet") !== true);
  expect(without).toHaveLength(clientFeatures.length - 1);
  const world = new World({ seed: 2_506, featuresOf: ({ name }) => (name === "Ben" ? without : clientFeatures) });
  const { people, group } = await peopleIn(world, ["Ann", "Ben", "Cat"]);
  const [ann, ben, cat] = people as [Person, Person, Person];
  const id = await ann.api.sendPacket(group, { ...lucky, shares: 2 });
  const sees = (one: Person) => one.items(group).find((item) => item.id === id)?.body;
  await world.until("all have it", () => people.every((one) => sees(one) !== undefined));
  expect(sees(ben)).toEqual({ kind: "newer", fallback: "🧧 红包 Red packet: 平安喜乐" });
  await ann.api.takePacket(group, { author: ann.account, id });
  await cat.api.takePacket(group, { author: ann.account, id });
  await world.until("the others share it", () => [ann, cat].every((one) => packet(one, group, id).isDone));
  await ben.api.sendText(group, "恭喜恭喜");
  await world.until("he is heard", () => cat.reads(group).includes("恭喜恭喜"));
  expect(ben.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(1);
  expect(world.bugs()).toEqual([]);
});
