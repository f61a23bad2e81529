/** Files in messages: there and back, through lost lines, crashes and a server that dies. */
import { expect, test } from "bun:test";
import type { FileView, Hex, Source, TransferView } from "@yanshu/client";
import { type BodyOf, decodeBody } from "@yanshu/content";
import { fromHex, toHex } from "@yanshu/wire";
import { countBlocks } from "./blocks.ts";
import type { Person } from "./person.ts";
import { crypto, sayInTheDark } from "./turned.ts";
import { World } from "./world.ts";

function bytesOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (state * 1_103_515_245 + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
const sourceOf = (bytes: Uint8Array): Source => new Blob([bytes as Uint8Array<ArrayBuffer>]);

function fileIn(person: Person, chat: Hex): FileView | undefined {
  const body = person.items(chat).findLast((item) => item.body.kind === "file")?.body;
  return body?.kind === "file" ? body.file : undefined;
}

function transfer(person: Person, file: FileView | undefined): TransferView {
  return person.view("transfer", file?.handle ?? "");
}

async function readAll(world: World, person: Person, file: FileView | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = 0; file !== undefined && at < file.bytes; ) {
    const part = await world.during(person.api.readFile(file.handle, at, 700_000));
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

const stateOf = (person: Person, chat: Hex) => person.items(chat).findLast((item) => item.mine)?.state;

test("[ME5] [ME6] a file arrives as it was sent, and the server holds nothing of it", async () => {
  const world = new World({ files: true });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const file = bytesOf(3_000_000, 7);
  await ann.api.sendFile(chat, { source: sourceOf(file), name: "茉莉花/四声部.pdf", type: "application/pdf" });
  await world.until("it arrives", () => fileIn(ben, chat) !== undefined);
  const item = ben.items(chat).at(-1);
  expect(item?.body).toMatchObject({ kind: "file", name: "茉莉花_四声部.pdf", type: "application/pdf" });
  expect(ben.view("chats")[0]?.preview).toMatchObject({ kind: "file", text: "茉莉花_四声部.pdf" });
  const got = fileIn(ben, chat);
  expect(transfer(ben, got).state).toBe("away");
  await ben.api.moveFile(got?.handle ?? "");
  await world.until("it is here", () => transfer(ben, got).state === "here");
  expect(Buffer.compare(await readAll(world, ben, got), file)).toBe(0);
  // A range from the middle, over the border of two chunks.
  const middle = await ben.api.readFile(got?.handle ?? "", 1_048_000, 1_000);
  expect(toHex(middle)).toBe(toHex(file.subarray(1_048_000, 1_049_000)));
  // The sender reads its own without asking anybody.
  world.network.cutOff(ann.device);
  expect(Buffer.compare(await readAll(world, ann, fileIn(ann, chat)), file)).toBe(0);
  const held = [...(world.blobs?.files.values() ?? [])];
  expect(held).toHaveLength(1);
  expect(Buffer.from(held[0] ?? []).includes(file.subarray(500, 532))).toBeFalse();
  expect(world.bugs()).toEqual([]);
});

test("[ME4] an upload goes on after a lost line, a dead server, and a crash of the device", async () => {
  const world = new World({ files: true, seed: 5 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const file = bytesOf(4_500_000, 11);
  const puts = () => [...(world.blobs?.files.values() ?? [])].reduce((sum, bytes) => sum + bytes.length, 0);
  await ann.api.sendFile(chat, { source: sourceOf(file), name: "big.bin", type: "" });
  expect(stateOf(ann, chat)).toBe("sending");
  await world.until("some of it is there", () => puts() > 200_000);
  world.network.cutOff(ann.device);
  await world.pass(5_000);
  world.network.letBack(ann.device);
  const before = puts();
  await world.until("it goes on", () => puts() > before + 200_000);
  world.crashServer();
  await world.pass(3_000);
  world.startServer();
  const then = puts();
  await world.until("and on", () => puts() > then + 200_000);
  ann.crash();
  await world.pass(1_000);
  await ann.switchOn();
  await world.until("it arrives", () => fileIn(ben, chat) !== undefined);
  expect(stateOf(ann, chat)).toBe("sent");
  expect(Buffer.compare(await readAll(world, ben, fileIn(ben, chat)), file)).toBe(0);
  expect(ben.items(chat).filter((item) => item.body.kind === "file")).toHaveLength(1);
  expect(world.bugs()).toEqual([]);
});

test("[ME4] a download is paused, goes on, and survives a crash without fetching a chunk twice", async () => {
  const world = new World({ files: true, seed: 6 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const file = bytesOf(6_000_000, 13);
  await ann.api.sendFile(chat, { source: sourceOf(file), name: "film.bin", type: "" });
  await world.until("it arrives", () => fileIn(ben, chat) !== undefined);
  const got = fileIn(ben, chat);
  const handle = got?.handle ?? "";
  await ben.api.moveFile(handle);
  await world.until("some of it is here", () => transfer(ben, got).done > 1_000_000);
  await ben.api.pauseFile(handle);
  await world.pass(2_000);
  expect(transfer(ben, got).state).toBe("paused");
  const at = transfer(ben, got).done;
  await world.pass(10_000);
  expect(transfer(ben, got).done).toBe(at);
  await ben.api.moveFile(handle);
  await world.until("more of it is here", () => transfer(ben, got).done > 3_000_000);
  ben.crash();
  const kept = ben.files?.get(handle)?.size ?? 0;
  expect(kept).toBeGreaterThanOrEqual(2);
  await ben.switchOn();
  await world.until("it is here", () => transfer(ben, got).state === "here");
  expect(Buffer.compare(await readAll(world, ben, got), file)).toBe(0);
});

test("[ME5] a file sent twice, and by two people, shares no block of 16 bytes on the server", async () => {
  const world = new World({ files: true, seed: 8 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const file = bytesOf(1_200_000, 17);
  for (const one of [ann, ben, ann]) {
    await one.api.sendFile(chat, { source: sourceOf(file), name: "same.bin", type: "" });
    await world.until("it is sent", () => stateOf(one, chat) === "sent");
  }
  const held = [...(world.blobs?.files.values() ?? [])];
  expect(held).toHaveLength(3);
  expect(countBlocks(held).repeated).toBe(0);
});

test("[ME7] a file that is kept no more says so; one that was fetched stays", async () => {
  const world = new World({ files: true, config: { blobDays: 3 } });
  const [ann, ben, cat] = [await world.person("ann"), await world.person("ben"), await world.person("cat")];
  const group = await world.group(ann, [ben, cat], "Files");
  await ann.api.sendFile(group, { source: sourceOf(bytesOf(50_000, 3)), name: "a.bin", type: "" });
  await world.until("it arrives", () => [ben, cat].every((one) => fileIn(one, group) !== undefined));
  const got = fileIn(ben, group);
  await ben.api.moveFile(got?.handle ?? "");
  await world.until("it is here", () => transfer(ben, got).state === "here");
  await world.pass(3 * 86_400_000);
  expect(transfer(cat, fileIn(cat, group)).state).toBe("expired");
  const failure = await world.during(
    cat.api.readFile(fileIn(cat, group)?.handle ?? "", 0, 10).catch((error: unknown) => error),
  );
  expect(failure).toMatchObject({ code: "file-gone" });
  expect((await readAll(world, ben, got)).length).toBe(50_000);
});

test("[ME6] a message that waits for its file is dropped, and nothing of it stays anywhere", async () => {
  const world = new World({ files: true, seed: 9 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const id = await ann.api.sendFile(chat, { source: sourceOf(bytesOf(5_000_000, 3)), name: "no.bin", type: "" });
  await world.until("some of it is there", () => world.server.counts().blobs === 1);
  await ann.api.discard(id);
  await world.until("the server dropped it", () => world.server.counts().blobs === 0);
  await world.pass(5_000);
  expect(ann.files?.size).toBe(0);
  expect(fileIn(ann, chat)).toBeUndefined();
  expect(fileIn(ben, chat)).toBeUndefined();
  await ann.say(chat, "never mind");
  await world.until("words go on", () => ben.reads(chat).includes("never mind"));
});

for (const how of ["recalled", "deleted", "cleared away"] as const)
  test(`[ME6] [AC3] a message that waits for its file and is ${how} leaves nothing, and nobody hears of it`, async () => {
    const world = new World({ files: true, seed: 10 });
    const [ann, ben] = [await world.person("ann"), await world.person("ben")];
    const chat = await world.befriend(ann, ben);
    const before = ben.items(chat).length;
    const id = await ann.api.sendFile(chat, { source: sourceOf(bytesOf(5_000_000, 3)), name: "no.bin", type: "" });
    await world.until("some of it is there", () => world.server.counts().blobs === 1);
    if (how === "recalled") await ann.api.recall(chat, id);
    else if (how === "deleted") await ann.api.deleteMessages(chat, [{ author: ann.account, id }]);
    else await ann.api.deleteChat(chat, "here");
    await world.pass(5_000);
    expect(ann.disk.all("SELECT 1 FROM uploads")).toEqual([]);
    expect([ann.files?.size, world.blobs?.files.size]).toEqual([0, 0]);
    expect(ben.items(chat).length).toBe(before);
    await ann.say(chat, "never mind");
    await world.until("words go on", () => ben.reads(chat).includes("never mind"));
  });

test("[ME8] a file is forwarded without being uploaded again, and the copy shares nothing with it at rest", async () => {
  const world = new World({ files: true, seed: 12 });
  const [ann, ben, cat] = [await world.person("ann"), await world.person("ben"), await world.person("cat")];
  const [withBen, withCat] = [await world.befriend(ann, ben), await world.befriend(ben, cat)];
  const file = bytesOf(2_500_000, 21);
  await ann.api.sendFile(withBen, { source: sourceOf(file), name: "song.mp3", type: "audio/mpeg" });
  await world.until("it arrives", () => fileIn(ben, withBen) !== undefined);
  const item = ben.items(withBen).at(-1);
  const message = { conversation: withBen, author: item?.from.account ?? "", id: item?.id ?? "" };
  await world.during(ben.api.forwardMedia(message, withCat));
  await world.until("it goes on", () => fileIn(cat, withCat) !== undefined);
  expect(Buffer.compare(await readAll(world, cat, fileIn(cat, withCat)), file)).toBe(0);
  // It lies elsewhere, so it is another one, which is not fetched again by who has it here.
  expect(fileIn(ben, withCat)?.handle).not.toBe(fileIn(ben, withBen)?.handle ?? "none");
  await world.during(ben.api.moveFile(fileIn(ben, withBen)?.handle ?? ""));
  await world.until("ben has it", () => transfer(ben, fileIn(ben, withBen)).state === "here");
  await world.during(ben.api.forwardMedia(message, withCat));
  expect(transfer(ben, fileIn(ben, withCat)).state).toBe("here");
  // And on: a layer on a layer.
  const dan = await world.person("dan");
  const further = await world.befriend(cat, dan);
  const second = cat.items(withCat).at(-1);
  await world.during(
    cat.api.forwardMedia({ conversation: withCat, author: second?.from.account ?? "", id: second?.id ?? "" }, further),
  );
  await world.until("and on", () => fileIn(dan, further) !== undefined);
  expect(Buffer.compare(await readAll(world, dan, fileIn(dan, further)), file)).toBe(0);
  const held = [...(world.blobs?.files.values() ?? [])];
  expect(held.map(({ length }) => length)).toEqual(Array(4).fill(held[0]?.length));
  expect(countBlocks(held).repeated).toBe(0);
});

test("[ME6] a recall takes the file from everybody and from the server; deleting it here leaves it to others", async () => {
  const world = new World({ files: true, seed: 14 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  const send = async (name: string) => {
    const id = await ann.api.sendFile(chat, { source: sourceOf(bytesOf(30_000, 4)), name, type: "" });
    await world.until("it arrives", () => ben.items(chat).some((item) => item.id === id));
    const file = fileIn(ben, chat);
    await ben.api.moveFile(file?.handle ?? "");
    await world.until("it is here", () => transfer(ben, file).state === "here");
    return id;
  };
  const first = await send("one.bin");
  const second = await send("two.bin");
  expect(ben.files?.size).toBe(2);
  await ann.api.deleteMessages(chat, [{ author: ann.account, id: first }]);
  await world.pass(2_000);
  expect([ann.files?.size, ben.files?.size, world.blobs?.files.size]).toEqual([1, 2, 2]);
  await ann.api.recall(chat, second);
  await world.pass(3_000);
  expect([ann.files?.size, ben.files?.size, world.blobs?.files.size]).toEqual([0, 1, 1]);
});

test("[ME14] [WE43] a place arrives where it was, south and west too", async () => {
  const world = new World({ seed: 15 });
  const [ann, ben] = [await world.person("ann"), await world.person("ben")];
  const chat = await world.befriend(ann, ben);
  await ann.api.sendLocation(chat, { lat: -33.8568, lon: -151.2153, name: " 歌剧院 " });
  await world.until("it arrives", () => ben.items(chat).some(({ body }) => body.kind === "location"));
  expect(ben.items(chat).at(-1)?.body).toEqual({
    kind: "location",
    lat: expect.closeTo(-33.8568, 6),
    lon: expect.closeTo(-151.2153, 6),
    name: "歌剧院",
  });
  expect(ben.view("chats")[0]).toMatchObject({ preview: { kind: "location", text: "歌剧院" } });
  await ann.api.sendLocation(chat, { name: "教会二楼" });
  const newest = () => ben.items(chat).at(-1)?.body;
  await world.until("the name alone too", () => (newest() as { name?: string } | undefined)?.name === "教会二楼");
  expect(newest()).toEqual({ kind: "location", name: "教会二楼" });
  await expect(ann.api.sendLocation(chat, { name: " " })).rejects.toMatchObject({ code: "empty" });
  await expect(ann.api.sendLocation(chat, { lat: 1, name: "" })).rejects.toMatchObject({ code: "refused" });
  await expect(ann.api.sendLocation(chat, { lat: 91, lon: 0, name: "" })).rejects.toMatchObject({ code: "refused" });
});

/** What a message of somebody's says of its file, as their own device and every reader's know it. */
function messageOf(person: Person, chat: Hex): BodyOf<"file"> {
  const row = person.disk.get<{ body: Uint8Array }>(
    "SELECT body FROM messages WHERE conversation = ? AND kind = 'file' ORDER BY position DESC LIMIT 1",
    fromHex(chat),
  );
  const body = row && decodeBody(row.body);
  if (body?.kind !== "file") throw new Error("no file");
  return body;
}

test("[ME6] a person who names another's file in a message of theirs, and recalls that, takes it from nobody", async () => {
  const world = new World({ files: true, seed: 131 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const board = await world.group(ann, [ben, mal], "Board");
  const file = bytesOf(200_000, 9);
  await ann.api.sendFile(board, { source: sourceOf(file), name: "plan.pdf", type: "application/pdf" });
  await world.until("it arrives", () => fileIn(ben, board) !== undefined && fileIn(mal, board) !== undefined);
  await world.pass(5_000);
  const copied = messageOf(mal, board);
  const id = await sayInTheDark(world, mal, board, [copied]);
  await world.until("Ann has it", () => ann.items(board).filter(({ body }) => body.kind === "file").length === 2);
  await sayInTheDark(
    world,
    mal,
    board,
    [{ kind: "recall", id: id[0] ?? new Uint8Array(16) }],
    1,
    world.clock.nowMs(),
    1,
  );
  await world.until("it is recalled", () => ann.lines(board).includes("recalled"));
  await world.pass(5_000);
  expect(world.blobs?.files.size).toBe(1);
  const got = fileIn(ben, board);
  await ben.api.moveFile(got?.handle ?? "");
  await world.until("Ben has it", () => transfer(ben, got).state === "here");
  expect(world.bugs()).toEqual([]);
});

test("[ME2] [ME6] nobody but home is asked for a file, whatever its message says, and no owner's secret goes elsewhere", async () => {
  const asked = new Set<string>();
  const world = new World({
    files: true,
    seed: 132,
    wrapPorts: (ports) => {
      const { media } = ports;
      if (media === undefined) return ports;
      const request: typeof media.request = (server, what) => {
        asked.add(server);
        return media.request(server, what);
      };
      return { ...ports, media: { ...media, request } };
    },
  });
  const [ann, mal] = [await world.person("Ann"), await world.person("Mal")];
  const chat = await world.befriend(ann, mal);
  await ann.api.sendFile(chat, { source: sourceOf(bytesOf(9_000, 3)), name: "a.pdf", type: "application/pdf" });
  await world.until("it arrives", () => fileIn(mal, chat) !== undefined);
  await world.pass(5_000);
  const { blob, ...said } = messageOf(mal, chat);
  const elsewhere = { ...blob, server: "evil.test", key: crypto.random(32) };
  await sayInTheDark(world, mal, chat, [{ ...said, kind: "file", blob: elsewhere }]);
  await world.until("Ann sees it", () => ann.items(chat).filter(({ body }) => body.kind === "file").length === 2);
  const got = fileIn(ann, chat);
  await ann.api.moveFile(got?.handle ?? "").catch(() => undefined);
  await world.pass(10_000);
  expect(transfer(ann, got).state).toBe("failed");
  expect([...asked]).toEqual(["yan.test"]);
});

test("[ME6] a person who knows a file's key puts nothing else in its place in another's message", async () => {
  let key: Uint8Array | undefined;
  const world = new World({
    files: true,
    seed: 133,
    wrapPorts: (ports, { name }) => {
      if (name !== "Mal") return ports;
      const random = (length: number) => (length === 32 && key !== undefined ? key : ports.crypto.random(length));
      return { ...ports, crypto: { ...ports.crypto, random } };
    },
  });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const [withMal, withBen, between] = [
    await world.befriend(ann, mal),
    await world.befriend(ann, ben),
    await world.befriend(mal, ben),
  ];
  const [file, other] = [bytesOf(9_000, 3), bytesOf(9_000, 4)];
  await ann.api.sendFile(withMal, { source: sourceOf(file), name: "plan.pdf", type: "application/pdf" });
  await world.until("Mal has its key", () => fileIn(mal, withMal) !== undefined);
  await world.pass(5_000);
  key = messageOf(mal, withMal).blob.key;
  await mal.api.sendFile(between, { source: sourceOf(other), name: "other.pdf", type: "application/pdf" });
  await world.until("Ben has that message", () => fileIn(ben, between) !== undefined);
  const item = ann.items(withMal).findLast(({ body }) => body.kind === "file");
  const message = { conversation: withMal, author: item?.from.account ?? "", id: item?.id ?? "" };
  await world.during(ann.api.forwardMedia(message, withBen));
  await world.until("Ben has Ann's", () => fileIn(ben, withBen) !== undefined);
  expect(Buffer.compare(await readAll(world, ben, fileIn(ben, between)), other)).toBe(0);
  expect(Buffer.compare(await readAll(world, ben, fileIn(ben, withBen)), file)).toBe(0);
});
