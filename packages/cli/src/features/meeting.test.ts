/** Two people in terminals whose server is killed for good, each at another server: they find each other (HM83). */
import { afterAll, expect, test } from "bun:test";
import { TestServer } from "../testkit/server.ts";
import { bugs, Terminal } from "../testkit/terminal.ts";

const speaks = ["--federation", "open", "--peer-insecure-loopback", "yes"];
const servers: TestServer[] = [];
const terminals: Terminal[] = [];

async function server(...more: readonly string[]): Promise<TestServer> {
  const made = new TestServer(...more);
  servers.push(made);
  await made.start();
  return made;
}

function terminal(): Terminal {
  const made = new Terminal();
  terminals.push(made);
  return made;
}

afterAll(async () => {
  for (const one of terminals) one.remove();
  await Promise.all(servers.map((one) => one.remove()));
});

test("[HM80] [HM83] [HM84] the server is killed, one goes here and one there, and they write on once each found the other at the meeting place", async () => {
  const [meet, two, three] = await Promise.all([
    server(...speaks, "--meeting-slips", "100"),
    server(...speaks),
    server(...speaks),
  ]);
  const home = await server("--meeting-places", meet.name);
  const [ann, ben] = [terminal(), terminal()];
  await ann.says("create", "--name", "Ann", home.invite);
  await ben.says("create", "--name", "Ben", home.invite);
  await ben.says("add", await ann.says("link"));
  await ann.says("accept", "Ben");
  await ben.says("chats");
  await ann.says("send", "Ben", "dinner at six");
  expect(await ben.says("read", "Ann")).toContain("dinner at six");
  expect((await ann.run(["meet", "no name"])).code).toBe(1);
  // Home says it some seconds after the sign-in; a person may say it as well.
  for (const one of [ann, ben]) expect(await one.says("meet", meet.name)).toContain(`Meeting places: ${meet.name}`);
  await home.kill();
  expect(await ann.says("move", two.invite, "--wait", "20")).toContain(`You are at ${two.name} now`);
  expect(await ben.says("move", three.invite, "--wait", "20")).toContain(`You are at ${three.name} now`);
  const found = await Promise.all([ann, ben].map((one) => one.says("meet", "--wait", "90")));
  for (const said of found) expect(said).toContain("Nobody is looked for");
  await ben.says("send", "Ann", "here I am", "--wait", "90");
  expect(await ann.says("read", "Ben", "--wait", "90")).toContain("here I am");
  expect(bugs).toEqual([]);
}, 240_000);
