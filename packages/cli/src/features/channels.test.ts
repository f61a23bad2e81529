/** `yanshu channels`: two terminals, and the real server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "../testkit/terminal.ts";
import { sizeOfPicture } from "./channels.ts";

setDefaultTimeout(120_000);
const server = new TestServer("--pack-seconds", "1");
const [ann, ben] = [new Terminal(), new Terminal()];
const folder = mkdtempSync(join(tmpdir(), "yanshu-channels-"));

beforeAll(async () => {
  await server.start();
  await befriendAnnAndBen(ann, ben, server.invite);
});
afterAll(async () => {
  for (const one of [ann, ben]) one.remove();
  rmSync(folder, { recursive: true });
  await server.remove();
  expect(bugs).toEqual([]);
});

/** A WebP of that size, as far as its head says so. */
function webp(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(3_000);
  bytes.set([...new TextEncoder().encode("RIFF")], 0);
  bytes.set([...new TextEncoder().encode("WEBPVP8X")], 8);
  bytes.set([(width - 1) & 255, (width - 1) >> 8, 0, (height - 1) & 255, (height - 1) >> 8, 0], 24);
  return bytes;
}

test("[TE1] [CH41] [CH44] a picture is published in one terminal and seen in the other, which follows, likes and comments it", async () => {
  expect(sizeOfPicture(webp(540, 960))).toEqual({ width: 540, height: 960 });
  expect(sizeOfPicture(new Uint8Array(40))).toBeUndefined();
  const path = join(folder, "tomato.webp");
  writeFileSync(path, webp(540, 960));
  const refused = await ann.run(["channels", "publish", "番茄", "--file", path]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("no channel of yours")]);
  expect(await ann.says("channels", "create", "外婆的菜园")).toContain("外婆的菜园");
  expect(await ann.says("channels", "publish", "番茄红了", "#种菜#", "--file", path)).toContain("番茄红了");
  expect(await ben.saysAtLast("番茄红了", "channels")).toContain("外婆的菜园");
  await ben.says("channels", "follow", "外婆的菜园");
  expect(await ben.says("channels", "following")).toContain("番茄红了");
  await ben.says("channels", "like", "1");
  expect((await ben.run(["channels", "comment", "1", "怎么种的"])).err).toContain("--name");
  await ben.says("channels", "comment", "1", "怎么种的", "--name", "老王");
  expect(await ann.saysAtLast("老王", "channels", "comments", "1")).toContain("老王: 怎么种的");
  expect(await ben.says("channels", "search", "#种菜")).toContain("番茄红了");
  expect(await ben.says("channels", "search", "南瓜")).toContain("Nothing here yet");
  expect(await ben.says("channels", "log")).toContain("home's page is the one that this device computes");
  await ann.says("channels", "delete", "1");
  let said = "番茄";
  for (let tries = 0; tries < 20 && said.includes("番茄"); tries++) said = await ben.says("channels");
  expect(said).not.toContain("番茄");
});
