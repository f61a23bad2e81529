/** Handles on the server: one an account, nobody's twice, and none that can be found by trying. */
import { expect, test } from "bun:test";
import { limits, type UploadToken } from "@yanshu/wire";
import { memoryBlobStore } from "../../blobs/memory.ts";
import type { ServerConfig } from "../../core/config.ts";
import { dayMs } from "../../core/rate.ts";
import type { Client } from "../../testkit/client.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { drawTokens } from "../../testkit/tokens.ts";

const filled = (value: number, length = 32) => new Uint8Array(length).fill(value);
const record = filled(9, limits.handleRecordBytes);
const maya = filled(1);

async function home(config: Partial<ServerConfig> = {}) {
  const made = new TestServer({ blobs: memoryBlobStore(filled(5)), config });
  const [ann, ben] = [await made.person("ann"), await made.person("ben")];
  return { home: made, ann: await ann.phone.signIn(made), ben: await ben.phone.signIn(made) };
}

async function tokens(made: TestServer, by: Client, count: number = limits.usernameTokens): Promise<UploadToken[]> {
  return drawTokens(await made.client(), by, count);
}

async function find(made: TestServer, by: Client, tag: Uint8Array) {
  return (await made.client()).call("findHandle", { tag, tokens: await tokens(made, by) });
}

test("[DS51] [DS52] a handle that was set is found, and a repeat changes nothing", async () => {
  const { home: made, ann, ben } = await home();
  for (let i = 0; i < 2; i++) await ann.call("setHandle", { handle: { tag: maya, record } });
  expect(await find(made, ben, maya)).toEqual({ record });
});

test("[DS51] one that somebody has is taken, found or not; nobody else's changes", async () => {
  const { home: made, ann, ben } = await home();
  await ann.call("setHandle", { handle: { tag: maya } });
  expect(await refusal(ben.call("setHandle", { handle: { tag: maya, record } }))).toBe("handle-taken");
  expect(await find(made, ben, maya)).toEqual({});
  await ben.call("setHandle", {});
  await ann.call("setHandle", { handle: { tag: maya, record } });
  expect(await find(made, ben, maya)).toEqual({ record });
});

test("[DS52] nobody there, not to be found, and given up are answered alike", async () => {
  const { home: made, ann, ben } = await home();
  await ann.call("setHandle", { handle: { tag: filled(2), record } });
  await ann.call("setHandle", { handle: { tag: maya } });
  for (const tag of [filled(3), maya, filled(2)]) expect(await find(made, ben, tag)).toEqual({});
});

test("[DS51] a handle that was given up rests for ninety days, for all but who had it", async () => {
  const { home: made, ann, ben } = await home();
  await ann.call("setHandle", { handle: { tag: maya, record } });
  await ann.call("setHandle", {});
  expect(await refusal(ben.call("setHandle", { handle: { tag: maya, record } }))).toBe("handle-taken");
  await ann.call("setHandle", { handle: { tag: maya, record } });
  await ann.call("setHandle", {});
  made.clock.jump((limits.handleRestDays + 1) * dayMs);
  await made.clock.pass(26 * 3_600_000); // The server believes a leap of the clock after a day (DS65).
  await ben.call("setHandle", { handle: { tag: maya, record } });
  expect(await find(made, ann, maya)).toEqual({ record });
});

test("[DS51] nobody hoards names: two changes, and then one waits", async () => {
  const { home: made, ann, ben } = await home();
  for (const value of [1, 2, 3]) await ann.call("setHandle", { handle: { tag: filled(value), record } });
  expect(await refusal(ann.call("setHandle", { handle: { tag: filled(4), record } }))).toBe("rate-limited");
  await ann.call("setHandle", { handle: { tag: filled(1), record } }); // What was one's own can be again.
  expect(await find(made, ben, filled(1))).toEqual({ record });
  expect(await find(made, ben, filled(3))).toEqual({});
});

test("[DS51] which names are taken is not found out by asking for them", async () => {
  const { home: made, ann, ben } = await home({ handleTriesPerDay: { account: 3 } });
  await ann.call("setHandle", { handle: { tag: maya, record } });
  for (let i = 0; i < 3; i++)
    expect(await refusal(ben.call("setHandle", { handle: { tag: maya } }))).toBe("handle-taken");
  for (const tag of [maya, filled(2)])
    expect(await refusal(ben.call("setHandle", { handle: { tag } }))).toBe("rate-limited");
  await ann.call("setHandle", { handle: { tag: maya, record } }); // What is one's own is not counted.
  made.clock.jump(dayMs);
  await ben.call("setHandle", { handle: { tag: filled(2) } });
});

test("[DS52] without tokens nothing is told of any name, and a token pays once", async () => {
  const { home: made, ann, ben } = await home();
  await ann.call("setHandle", { handle: { tag: maya, record } });
  const caller = await made.client();
  const four = await tokens(made, ben);
  const forged = four.map((token) => ({ ...token, output: filled(7, 64) }));
  const [first] = four;
  const twice = [first, first, first, first].flatMap((token) => (token === undefined ? [] : [token]));
  for (const tag of [maya, filled(2)])
    for (const shown of [[], four.slice(1), forged, twice])
      expect(await refusal(caller.call("findHandle", { tag, tokens: shown }))).toBe("bad-token");
  expect(await caller.call("findHandle", { tag: maya, tokens: four })).toEqual({ record });
  for (const tag of [maya, filled(2)])
    expect(await refusal(caller.call("findHandle", { tag, tokens: four }))).toBe("bad-token");
});

test("[DS52] a member tries so many names a day, and a prefix so many an hour", async () => {
  const { home: made, ann, ben } = await home({ blobTokensPerDay: 8, handleLooksPerHour: { prefix: 3 } });
  await ann.call("setHandle", { handle: { tag: maya, record } });
  expect(await find(made, ben, filled(2))).toEqual({});
  expect(await find(made, ben, maya)).toEqual({ record });
  expect(await refusal(tokens(made, ben))).toBe("rate-limited");
  for (const [prefix, code] of [
    ["10.0.0.1", "bad-token"],
    ["10.0.0.1", "bad-token"],
    ["10.0.0.1", "bad-token"],
    ["10.0.0.1", "rate-limited"],
    ["10.0.0.2", "bad-token"],
  ] as const)
    expect(await refusal((await made.client(prefix)).call("findHandle", { tag: maya, tokens: [] }))).toBe(code);
});

test("[DS52] who is signed in sets, and does not look", async () => {
  const { home: made, ann } = await home();
  const four = await tokens(made, ann);
  expect(await refusal(ann.call("findHandle", { tag: maya, tokens: four }))).toBe("signed-in-connection");
  expect(await refusal((await made.client()).call("setHandle", {}))).toBe("not-signed-in");
});

test("[DS52] a server that stores no files finds nobody", async () => {
  const made = new TestServer();
  const ann = await (await made.person("ann")).phone.signIn(made);
  await ann.call("setHandle", { handle: { tag: maya, record } });
  expect(await refusal((await made.client()).call("findHandle", { tag: maya, tokens: [] }))).toBe("unavailable");
});
