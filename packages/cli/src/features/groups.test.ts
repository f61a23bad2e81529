/** A group in terminals: who is in it, and who is removed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "../testkit/terminal.ts";

const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];

beforeAll(() => server.start(), 30_000);

afterAll(async () => {
  for (const one of [ann, ben]) one.remove();
  await server.remove();
});

test("[WE330] [GR19] a terminal tells who is in a group and who strayed, and sends away whom its person names", async () => {
  await befriendAnnAndBen(ann, ben, server.invite);
  await ann.says("group", "Family", "Ben", "--wait", "60");
  await ben.saysAtLast("Ann", "members", "Family");
  expect(await ann.value<{ members: unknown[]; strays: unknown[] }>("members", "Family")).toMatchObject({
    members: [{ role: "owner" }, { role: "member" }],
    strays: [],
  });
  expect(await ben.run(["remove", "Family", "Ann"])).toMatchObject({ code: 1 });
  expect(await ann.says("remove", "Family", "Ben", "--wait", "60")).toContain("Ben is removed from Family");
  await ben.saysAtLast("You are no longer in this group", "read", "Family");
  expect(bugs).toEqual([]);
}, 180_000);
