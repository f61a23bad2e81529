/** `yanshu live`: a terminal, an app that shows, and the real server with its rooms. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Device, openDevice } from "../device.ts";
import type { Io } from "../io.ts";
import { TestServer } from "../testkit/server.ts";
import { bugs, Terminal, until } from "../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];
let phone: Device;

/** Ben's app, which is open all the time. */
async function openPhone(): Promise<Device> {
  const io: Io = {
    out: () => undefined,
    err: () => undefined,
    input: async () => "",
    ask: async () => undefined,
    env: {},
    isTerminal: false,
    interrupted: new AbortController().signal,
    crypto: () => createBunCrypto(),
    mediaCipher: createMediaCipher,
    openDatabase: openBunDatabase,
    report: (error) => bugs.push(error),
  };
  return openDevice(io, ben.folder, undefined);
}

beforeAll(async () => {
  await server.start();
  await ann.says("create", "--name", "Ann", server.invite);
  await ben.says("create", "--name", "Ben", server.invite);
  await ann.says("add", await ben.says("link"), "--greeting", "hi");
  for (let tries = 0; tries < 20 && !(await ben.says("requests")).includes("Ann"); tries++);
  await ben.says("accept", "Ann");
  for (let tries = 0; tries < 20 && !(await ann.says("contacts")).includes("Ben"); tries++);
  await ann.says("group", "Home", "Ben");
  phone = await openPhone();
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
  let said = "";
  for (let tries = 0; tries < 20 && !said.includes("Ben is live"); tries++) said = await ann.says("live", "Home");
  expect(said).toMatch(/^Ben is live in Home since \d{4}-\d\d-\d\d \d\d:\d\d/);
  expect(JSON.parse(await ann.says("live", "--json"))).toMatchObject([{ live: named, title: "cake" }]);
  await phone.client.api.endLive();
  for (let tries = 0; tries < 20 && !said.includes("Nobody"); tries++) said = await ann.says("live");
  expect(said).toContain("Nobody is live");
});
