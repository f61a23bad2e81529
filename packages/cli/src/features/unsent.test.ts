/** What waits because somebody joined, in a terminal: a person says it goes all the same, or not at all. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal, until } from "../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
beforeAll(() => server.start());
afterAll(() => server.remove());

test("[HM99] [SY2] what was written before somebody joined waits, and goes by the next word of its author alone", async () => {
  const [ann, ben, dan] = [new Terminal(), new Terminal(), new Terminal()];
  await befriendAnnAndBen(ann, ben, server.invite);
  await dan.says("create", "--name", "Dan", server.invite);
  await dan.says("add", await ben.says("link"));
  await ben.saysAtLast("Dan", "requests");
  await ben.says("accept", "Dan");
  await dan.says("chats");
  await ben.says("group", "Family", "Ann");
  await ann.saysAtLast("Family", "chats");
  expect(await ann.says("resend", "Family")).toBe("Nothing waits for you in Family");
  await server.kill();
  for (const text of ["not for Dan", "for all of us", "and for Dan"])
    expect((await ann.run(["send", "Family", text, "--wait", "1"])).out).toContain("Waits in the outbox");
  await server.start();
  const app = await ben.app();
  const family = app.client.view("chats", []).find(({ title }) => title === "Family")?.conversation ?? "";
  const [to] = app.client.view("contacts", []).filter(({ name }) => name === "Dan");
  await app.client.api.addMembers(family as never, [to?.account as never]);
  await until("home has it", () => !app.client.isBusy());
  await app.caughtUp({ waitMs: 20_000, untilDone: true });
  await app.end();
  await ann.saysAtLast("waits: somebody joined", "read", "Family");
  const unsent = async () => (await ann.value<{ readonly unsent: number }>("status")).unsent;
  expect(await unsent()).toBe(3);
  expect(await ann.says("discard", "Family", "not for Dan")).toBe("It does not go to Family");
  expect((await ann.run(["discard", "Family", "Family"])).code).toBe(1);
  expect(await ann.says("resend", "Family", "--wait", "30")).toBe("Sent to Family: 2");
  expect((await ann.run(["discard", "Family", "for all"])).err).toContain("does not wait for you");
  const dans = await dan.saysAtLast("and for Dan", "read", "Family");
  expect(dans).toContain("for all of us");
  expect(dans).not.toContain("not for Dan");
  expect(bugs).toEqual([]);
  for (const one of [ann, ben, dan]) one.remove();
});
