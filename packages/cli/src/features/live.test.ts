/** `yanshu live`: a terminal, an app that shows, and the real server with its rooms. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Device } from "../device.ts";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal, until } from "../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];
/** Ben's app, which is open all the time. */
let phone: Device;

beforeAll(async () => {
  await server.start();
  await befriendAnnAndBen(ann, ben, server.invite);
  await ann.says("group", "Home", "Ben");
  phone = await ben.app();
});
afterAll(async () => {
  await phone.end();
  for (const one of [ann, ben]) one.remove();
  await server.remove();
  expect(bugs).toEqual([]);
});

test("[CA178] live names who is live, where and since when, and nobody once it is over", async () => {
  const view = () => phone.client.view("live", []);
  const group = () =>
    phone.client.view("chats", []).find(({ title, state }) => title === "Home" && state === "open")?.conversation;
  await until("Ben's app has the group", () => group() !== undefined && view().areThere);
  expect(await ann.says("live")).toContain("Nobody is live");
  const named = await phone.client.api.startLive(group() ?? "", "cake", "page");
  await until("it is told", () => view().showing?.isIn === true);
  const said = await ann.saysAtLast("Ben is live", "live", "Home");
  expect(said).toMatch(/^Ben is live in Home since \d{4}-\d\d-\d\d \d\d:\d\d/);
  expect(JSON.parse(await ann.says("live", "--json"))).toMatchObject([{ live: named, title: "cake" }]);
  await phone.client.api.endLive();
  expect(await ann.saysAtLast("Nobody", "live")).toContain("Nobody is live");
});
