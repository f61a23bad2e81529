/** An export, of real people's chats: what is in the zip, and how little is in memory. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import { type Person, World } from "@yanshu/testing";
import { BlobReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js/lib/zip-core-native.js";
import type { ExportedMessage, ExportedPost } from "./exported.ts";
import { safeName } from "./exported.ts";
import { readImport } from "./import/read-import.ts";
import { runImport } from "./import/run-import.ts";
import { type ExportSource, makeZip } from "./make-zip.ts";

setDefaultTimeout(60_000);

const words = {
  lang: "en",
  title: "Chats",
  moments: "Moments",
  gone: "gone",
  when: (ms: number) => new Date(ms).toISOString(),
  line: ({ kind }: { kind: string }) => kind,
};
const nowMs = Date.UTC(2026, 10, 25);

function collector() {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const out = new WritableStream<Uint8Array>({
    write: (piece) => {
      pieces.push(Uint8Array.from(piece));
    },
  });
  return { out, bytes: () => Buffer.concat(pieces) };
}

async function exported(world: World, person: Person): Promise<{ zip: Buffer; missing: number }> {
  const { out, bytes } = collector();
  const missing = await world.during(makeZip(person.api, out, words, nowMs));
  return { zip: bytes(), missing };
}

/** Paths to contents. */
async function unzipped(zip: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const reader = new ZipReader(new BlobReader(new Blob([Uint8Array.from(zip)])), { checkSignature: true });
  const files = new Map<string, Buffer>();
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    files.set(entry.filename, Buffer.from(await entry.getData(new Uint8ArrayWriter())));
  }
  return files;
}

test("[F-2i-7] [KP7] [KP8] all that was said is in the zip, as JSON, as a page without script, and with its files as they were", async () => {
  const world = new World({ seed: 950, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const file = new Uint8Array(2_300_000).map((_, at) => at * 7);
  await ann.api.sendFile(chat, { source: new Blob([file]), name: "../茉莉花?.pdf", type: "application/pdf" });
  const first = await ann.say(chat, `<script>alert("1")</script> & 吃了吗？`);
  await world.until("he reads it", () => ben.reads(chat).length > 1);
  await ben.api.react(chat, { author: ann.account, id: first }, "👍", true);
  for (let i = 0; i < 230; i++) {
    await ann.say(chat, `message ${i}`);
    if (i % 50 === 0) await world.pass(500);
  }
  await world.until("all is there", () => ben.reads(chat).includes("message 229"), 120_000);
  const { zip, missing } = await exported(world, ben); // The file is fetched while it is carried.
  expect(missing).toBe(0);
  const files = await unzipped(zip);
  const paths = [...files.keys()];
  const all = JSON.parse(textIn(files, "export.json"));
  expect(all).toMatchObject({ format: "yanshu-export", version: 1, name: "Ben", account: ben.account });
  expect(all.contacts).toMatchObject([{ name: "Ann", account: ann.account }]);
  const [{ folder }] = all.chats;
  const messages = textIn(files, `${folder}/messages.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportedMessage);
  expect(messages.filter(({ kind }) => kind === "text").map(({ text }) => text)).toEqual([...ben.reads(chat)]);
  const named = messages.find(({ files: some }) => some !== undefined)?.files?.[0];
  expect(Buffer.compare(files.get(named?.path ?? "") ?? Buffer.of(), Buffer.from(file))).toBe(0);
  expect(messages.find(({ id }) => id === first)?.reactions).toEqual([{ emoji: "👍", people: ["Ben"] }]);
  const page = textIn(files, `${folder}/index.html`);
  expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 吃了吗？");
  expect(page).not.toContain("<script");
  expect(paths.every((path) => !path.includes("..") && !path.startsWith("/"))).toBe(true);
  expect(textIn(files, "index.html")).toContain(encodeURIComponent(folder.split("/")[1]));
  expect(world.bugs()).toEqual([]);
});

test("[MO63] Moments are in the zip as they are shown: own posts, friends' within their window, what was said, pictures", async () => {
  const world = new World({ seed: 952, files: true });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  for (const other of [ben, cleo]) await world.befriend(ann, other);
  await world.befriend(ben, cleo);
  const looked = async () => {
    for (let round = 0; round < 2; round++)
      for (const one of [ann, ben, cleo]) await world.during(one.api.lookAtMoments()).then(() => world.pass(2_000));
  };
  const audience = { who: "all" } as const;
  const bytes = Uint8Array.from({ length: 3_000 }, (_, at) => at % 251);
  const picture = { type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
  await ben.api.setMomentsWindow(3);
  await ben.api.postMoment({ text: "an old one", pictures: [], audience });
  await looked();
  await world.pass(5 * 86_400_000);
  await ben.api.setMomentsWindow("all");
  const pictures = [{ ...picture, source: new Blob([bytes]) }];
  const link = { url: "javascript:alert(1)", title: "<b>" };
  const id = await world.during(ben.api.postMoment({ text: "</div><script>", pictures, link, audience }));
  await ann.api.postMoment({ text: "for me alone", pictures: [], audience: { who: "me" } });
  await looked();
  await ann.api.likeMoment(id);
  const said = await ann.api.commentMoment(id, "good & fine");
  await looked();
  await cleo.api.commentMoment(id, "yes", said);
  await looked();
  const { zip, missing } = await exported(world, ann);
  expect(missing).toBe(0);
  const files = await unzipped(zip);
  const { moments } = JSON.parse(textIn(files, "export.json"));
  expect(moments).toEqual({ folder: "moments", title: "Moments", posts: 2 });
  const posts = textIn(files, "moments/posts.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportedPost);
  // What Ben's window closed is not carried out, as it is not shown; own ones are for good.
  expect(posts.map(({ from, text, mine }) => [from, text, mine])).toEqual([
    ["Ben", "</div><script>", false],
    ["Ann", "for me alone", true],
  ]);
  expect(posts[1]?.audience).toEqual({ who: "me" });
  expect(posts[0]?.likes).toEqual(["Ann"]);
  expect(posts[0]?.comments.map(({ from, text, answers }) => [from, text, answers])).toEqual([
    ["Ann", "good & fine", undefined],
    ["Cleo", "yes", said],
  ]);
  expect(Buffer.compare(files.get(posts[0]?.files[0]?.path ?? "") ?? Buffer.of(), Buffer.from(bytes))).toBe(0);
  const page = textIn(files, "moments/index.html");
  for (const wrong of ["<script", "<b>", 'href="javascript']) expect(page).not.toContain(wrong);
  expect(page).toContain("good &amp; fine");
  expect(page).toContain(`src="media/00001%20photo.webp"`);
  expect(textIn(files, "index.html")).toContain('href="moments/index.html"');
  const secrets = ann.disk
    .all<{ secret: Uint8Array }>("SELECT secret FROM moments")
    .map(({ secret }) => Buffer.from(secret).toString("hex"));
  expect(secrets.length).toBeGreaterThan(1);
  expect(secrets.filter((one) => textIn(files, "moments/posts.jsonl").includes(one))).toEqual([]);
  expect(world.bugs()).toEqual([]);

  // On another server they are a chat to be read alone.
  const fresh = new World({ seed: 953, files: true });
  const again = await fresh.person("Ann");
  const brought = await readImport(new Blob([Uint8Array.from(zip)]), "yanshu.zip");
  const { conversations } = await fresh.during(runImport(again.api, brought, undefined));
  const chat = conversations.at(-1) ?? "";
  expect(again.view("chats").find((row) => row.conversation === chat)).toMatchObject({
    title: "Moments",
    state: "imported",
  });
  expect(
    again.items(chat).map(({ mine, from, body }) => [mine, from.name, body.kind === "text" ? body.text : body.kind]),
  ).toEqual([
    [false, "Ben", "file"],
    [false, "Ben", "</div><script>\n<b> javascript:alert(1)\n♥ Ann"],
    [true, "Ann", "↳ good & fine"],
    [false, "Cleo", "↳ yes"],
    [true, "Ann", "for me alone"],
  ]);
  expect(again.view("momentsFeed", { limit: 10 }).posts).toEqual([]);
  expect(fresh.bugs()).toEqual([]);
});

test("[KP8] what home keeps no more is named as missing, and everything else is there", async () => {
  const world = new World({ seed: 951, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.api.sendFile(chat, { source: new Blob([new Uint8Array(50_000)]), name: "a.pdf", type: "application/pdf" });
  await ann.say(chat, "look");
  await world.until("it is there", () => ben.reads(chat).includes("look"));
  await world.pass(31 * 86_400_000);
  const { zip, missing } = await exported(world, ben);
  expect(missing).toBe(1);
  const files = await unzipped(zip);
  const messages = [...files].find(([path]) => path.endsWith("messages.jsonl"))?.[1];
  expect(messages?.toString()).toContain('"missing":true');
  expect([...files.keys()].some((path) => path.includes("media"))).toBe(false);
});

test("[KP7] however much there is, a page of messages and a piece of a file at a time are in memory", async () => {
  const messages = 20_000;
  const fileBytes = 64 << 20;
  let [held, most, written] = [0, 0, 0];
  const source: ExportSource = {
    exportHead: async () => ({
      account: "aa",
      name: "Ann",
      server: "yan.test",
      contacts: [],
      chats: [{ conversation: "bb", kind: "direct", title: "Ben" }],
    }),
    exportPage: async (_, from, limit) => {
      const first = Math.max(1, from);
      const items = Array.from({ length: Math.min(limit, messages + 1 - first) }, (_, n) => item(first + n, fileBytes));
      return { items, hasOlder: false, hasNewer: first + limit <= messages };
    },
    exportMoments: async () => ({ posts: [] }),
    readFile: async (_, at, length) => {
      const piece = new Uint8Array(Math.min(length, fileBytes - at));
      held += piece.length;
      most = Math.max(most, held - written);
      return piece;
    },
  };
  const out = new WritableStream<Uint8Array>({
    write: (piece) => {
      written += piece.length;
    },
  });
  expect(await makeZip(source, out, words, nowMs)).toBe(0);
  expect(written).toBeGreaterThan(fileBytes);
  expect(most).toBeLessThan(8 << 20);
});

function textIn(files: ReadonlyMap<string, Buffer>, path: string): string {
  return files.get(path)?.toString() ?? "";
}

function item(order: number, bytes: number): TimelineItem {
  const face = { seal: "A", pigment: 1 } as never;
  const hasFile = order === 5;
  return {
    id: `${order}`,
    order,
    atMs: order,
    from: { account: "aa", name: "Ann", isMe: true, face },
    mine: true,
    state: "sent",
    body: hasFile
      ? { kind: "file", name: "a.bin", type: "application/x", file: { handle: "cc", bytes, expiresDay: 0 } }
      : { kind: "text", text: `message ${order}` },
  };
}

test("[KP8] a name in a path is never above, hidden, reserved or endless", () => {
  expect(safeName("../../etc/passwd")).toBe("_.._etc_passwd");
  expect(safeName("..")).toBe("_");
  expect(safeName("a\u0000b:c*?.txt")).toBe("a_b_c__.txt");
  expect(safeName(`${"长".repeat(300)}.pdf`)).toHaveLength(80);
  expect(safeName(`${"长".repeat(300)}.pdf`).endsWith(".pdf")).toBe(true);
});
