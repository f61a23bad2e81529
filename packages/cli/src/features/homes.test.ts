/** A family in terminals whose server is killed for good: they are together again at their reserve. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { HomesView } from "@yanshu/client";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "../testkit/terminal.ts";

const other = new TestServer();
let server: TestServer;
const terminals: Terminal[] = [];
/** A command ends as soon as home has answered: on a busy machine later than a person would wait. */
const patience = ["--wait", "120"] as const;

function terminal(): Terminal {
  const made = new Terminal();
  terminals.push(made);
  return made;
}

beforeAll(async () => {
  await other.start();
  server = new TestServer("--reserve-link", other.invite);
  await server.start();
}, 30_000);

afterAll(async () => {
  for (const one of terminals) one.remove();
  await Promise.all([server.remove(), other.remove()]);
});

test("[HM54] [HM55] [HM44] [HM51] [HM117] the server is killed: who has a device moves to the reserve, who has none comes back by the card, and they write on", async () => {
  const [ann, ben, fresh] = [terminal(), terminal(), terminal()];
  await befriendAnnAndBen(ann, ben, server.invite);
  expect(await ann.says("reserve")).toContain("No reserve");
  expect(await ann.run(["move"])).toMatchObject({ code: 1 });
  await ann.says("send", "Ben", "dinner at six", ...patience);
  await ben.saysAtLast("dinner at six", "read", "Ann");
  const { code } = await ann.value<{ code: string }>("card", ...patience);
  // One takes what the operator offers, one names it by its link.
  for (const one of [ann, ben]) {
    await one.says("reserve", one === ann ? "yes" : other.invite, ...patience);
    await one.saysAtLast(`Reserve: ${other.name}. All is there`, "reserve", ...patience);
    expect((await one.value<HomesView>("reserve")).reserve).toMatchObject({ server: other.name, isWhole: true });
  }
  await server.kill();
  expect(await ben.says("move", ...patience)).toContain(`You are at ${other.name} now`);
  expect(await fresh.run(["restore", other.origin, ...patience], { answers: [code, "n"] })).toMatchObject({
    code: 1,
  });
  const back = await fresh.run(["restore", other.origin, ...patience], { answers: [code, "y"] });
  expect(back.err).not.toContain("yanshu:");
  expect(back.out).toContain("Welcome back, Ann");
  // What was said follows, and a command does not wait until the last word of it is there.
  await fresh.saysAtLast("dinner at six", "read", "Ben");
  await fresh.says("send", "Ben", "I am back", ...patience);
  await ben.saysAtLast("I am back", "read", "Ann");
  await ben.says("send", "Ann", "so am I", ...patience);
  await fresh.saysAtLast("so am I", "read", "Ben");
  expect(await ben.value<HomesView>("reserve")).toMatchObject({ home: other.name, others: [server.name] });
  expect(bugs).toEqual([]);
}, 300_000);

test("[HM118] a server that goes to another name says so, and who says yes is there", async () => {
  const old = new TestServer("--moves-to", other.invite);
  try {
    await old.start();
    const eve = terminal();
    await eve.says("create", "--name", "Eve", old.invite);
    expect(await eve.says("move", "yes", ...patience)).toContain(`You are at ${other.name} now`);
    expect(await eve.value<HomesView>("reserve")).toMatchObject({ home: other.name, others: [old.name] });
    expect(await eve.run(["move", "yes", "--wait", "1"])).toMatchObject({ code: 1 });
    expect(bugs).toEqual([]);
  } finally {
    await old.remove();
  }
}, 300_000);

test("[HM54] [HM67] [HM68] who moves while the server lives writes on with those who stay there", async () => {
  const old = new TestServer();
  try {
    await old.start();
    const [cat, dan] = [terminal(), terminal()];
    await cat.says("create", "--name", "Cat", old.invite);
    await dan.says("create", "--name", "Dan", old.invite);
    await dan.says("add", await cat.says("link", ...patience), ...patience);
    await cat.saysAtLast("Dan", "requests");
    await cat.says("accept", "Dan", ...patience);
    await dan.saysAtLast("Cat", "contacts");
    await cat.says("send", "Dan", "I am off", ...patience);
    expect(await cat.says("move", other.invite, ...patience)).toContain(`At ${old.name} you are still reached`);
    await dan.says("send", "Cat", "already?", ...patience);
    await cat.saysAtLast("already?", "read", "Dan");
    await cat.says("send", "Dan", "here all the same", ...patience);
    await dan.saysAtLast("here all the same", "read", "Cat");
    expect(await cat.says("reserve")).toContain(`Those who stay at ${old.name} reach you`);
    expect(await cat.value<HomesView>("reserve")).toMatchObject({ home: other.name, before: { server: old.name } });
    expect(bugs).toEqual([]);
  } finally {
    await old.remove();
  }
}, 300_000);
