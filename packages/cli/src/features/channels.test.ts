/** `yanshu channels`: two terminals, and the real server. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sizeOfPicture } from "../picture-at.ts";
import { annAndBen } from "../testkit/ann-and-ben.ts";
import { measureFilm } from "./channels.ts";

setDefaultTimeout(120_000);
const { ann, ben, folder } = annAndBen("--pack-seconds", "1");

/** A box of a film with this name; numbers are 32 bits each. */
function box(name: string, ...inside: readonly (Uint8Array | number)[]): Uint8Array {
  const parts = inside.map((one) => {
    if (typeof one !== "number") return one;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, one);
    return bytes;
  });
  const all = Buffer.concat([new Uint8Array(4), new TextEncoder().encode(name), ...parts]);
  all.writeUInt32BE(all.length, 0);
  return new Uint8Array(all);
}

/** Of 12 seconds, upright, with a sound. */
const moov = Buffer.concat([
  box("mvhd", 0, 0, 0, 1_000, 12_000),
  box("trak", box("tkhd", 0, 0, 0, 0, 0)),
  box("trak", box("tkhd", 0, 0, 0, 540 << 16, 960 << 16), box("mdia", 0)),
]);

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
  expect(measureFilm(moov)).toEqual({ width: 540, height: 960, durationMs: 12_000 });
  for (let length = 0; length < 60; length++) expect(measureFilm(moov.subarray(0, length))).toBeUndefined();
  const clip = join(folder, "clip.mp4");
  writeFileSync(clip, Buffer.concat([box("ftyp", 0), box("mdat", new Uint8Array(90_000)), box("moov", moov)]));
  const path = join(folder, "tomato.webp");
  writeFileSync(path, webp(540, 960));
  const refused = await ann.run(["channels", "publish", "番茄", "--file", path]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("no channel of yours")]);
  expect(await ann.says("channels", "create", "外婆的菜园")).toContain("外婆的菜园");
  expect(await ann.says("channels", "publish", "番茄红了", "#种菜#", "--file", path)).toContain("番茄红了");
  expect(await ben.saysAtLast("番茄红了", "channels")).toContain("外婆的菜园");
  expect(await ann.says("channels", "publish", "浇水", "--file", clip)).toContain("浇水");
  expect(await ben.saysAtLast("浇水", "channels")).toContain("番茄红了");
  await ben.says("channels", "follow", "外婆的菜园");
  expect(await ben.says("channels", "following")).toContain("番茄红了");
  await ben.says("channels", "like", "番茄红了");
  expect((await ben.run(["channels", "comment", "番茄红了", "怎么种的"])).err).toContain("--name");
  await ben.says("channels", "comment", "番茄红了", "怎么种的", "--name", "老王");
  expect(await ann.saysAtLast("老王", "channels", "comments", "番茄红了")).toContain("老王: 怎么种的");
  expect(await ben.says("channels", "search", "#种菜")).toContain("番茄红了");
  expect(await ben.says("channels", "search", "南瓜")).toContain("Nothing here yet");
  expect(await ben.says("channels", "log")).toContain("home's page is the one that this device computes");
  await ann.says("channels", "delete", "番茄红了");
  let said = "番茄";
  for (let tries = 0; tries < 20 && said.includes("番茄"); tries++) said = await ben.says("channels");
  expect(said).not.toContain("番茄");
});

test("[TE1] [CH89] [CH93] [CH94] one terminal asks the other to be an author, which publishes in the channel, and is none any more", async () => {
  const path = join(folder, "choir.webp");
  writeFileSync(path, webp(720, 960));
  await ann.says("channels", "create", "诗班");
  expect(await ann.says("channels", "invite", "诗班", "Ben")).toContain("Ben");
  expect(await ben.saysAtLast("诗班", "channels", "mine")).toContain("Ann asks you to be an author of 诗班");
  expect(await ben.says("channels", "join", "诗班")).toContain("诗班");
  expect(await ann.saysAtLast("you", "channels", "authors", "诗班")).toContain("Ben");
  let mine = "";
  for (let tries = 0; tries < 30 && !/诗班 {2}0/.test(mine); tries++) {
    await ann.says("channels");
    mine = await ben.says("channels", "mine");
  }
  expect(mine).toMatch(/诗班 {2}0/);
  expect(await ben.says("channels", "publish", "排练", "--name", "诗班", "--file", path)).toContain("排练");
  expect(await ann.saysAtLast("排练", "channels")).toContain("诗班");
  expect(await ann.says("channels", "uninvite", "诗班", "Ben")).toContain("Ben");
  let refused = "";
  for (let tries = 0; tries < 30 && refused === ""; tries++)
    refused = (await ben.run(["channels", "publish", "再来", "--name", "诗班", "--file", path])).err;
  expect(refused).toContain("诗班");
  expect((await ann.run(["channels", "authors", "没有"])).code).toBe(1);
});

test("[TE1] [CH95] [CH96] a channel names a website in one terminal, and the other asks it, which gives no answer", async () => {
  await ann.says("channels", "create", "三中");
  expect((await ann.run(["channels", "domain", "三中", "printer.local"])).code).toBe(1);
  // A name that leads nowhere (RFC 6761).
  const named = await ann.says("channels", "domain", "三中", "school.invalid");
  expect(named).toContain("https://school.invalid/.well-known/yanshu-channel");
  const asked = await ann.run(["channels", "domain", "三中"]);
  expect([asked.code, asked.err, asked.out]).toEqual([
    0,
    expect.stringContaining("no answer"),
    expect.stringContaining("was not asked"),
  ]);
  expect(await ann.says("channels", "domain", "三中", "-")).toContain("names no domain");
  expect(await ann.says("channels", "domain", "三中")).toContain("names no domain");
});
