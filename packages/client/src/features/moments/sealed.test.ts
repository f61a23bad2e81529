import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, fromHex, toHex } from "@yanshu/wire";
import {
  bodySecret,
  bodySizes,
  cellBytes,
  cellKinds,
  type Friend,
  headerBytes,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  logPayload,
  meant,
  noWord,
  openBody,
  openBodyPart,
  openCell,
  openHeader,
  openWord,
  postIdOf,
  roundStep,
  sealBody,
  sealCell,
  sealHeader,
  sealWord,
  wayTo,
  wordIdOf,
  wordSecret,
  wordSizes,
  wordToSign,
} from "./sealed.ts";

const crypto = createBunCrypto();
const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const none = new Uint8Array();
const account = (byte: number) => filled(byte) as AccountId;
const [root, log, post, reply] = [filled(1), filled(2), filled(3), filled(4, 16)];
const posted = { author: account(10), secret: post };
const pair = await crypto.signatureKeyPair(filled(9));

async function signed(name: Bytes, text: string, kind: "comment" | "like" = "comment") {
  const word = { kind, id: filled(5, 16), about: noWord, reply: filled(6, 16), atMs: 1_795_000_000_123, text };
  const signature = await crypto.sign(pair.privateKey, wordToSign(crypto, account(7), posted, name, word));
  return { ...word, signature };
}

test("[MO1][MO2][MO4][MO6] cells, headers, words and bodies of vectors/moments.json are read as they stand there", async () => {
  const vectors = await Bun.file(new URL("../../../../../vectors/moments.json", import.meta.url)).json();
  const hex = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? toHex(one) : one)));
  const way = wayTo(crypto, root, 1, account(7));
  for (const { place, cell, value } of vectors.cells)
    expect(hex(await openCell(crypto, way, place, fromHex(value)))).toEqual(cell);
  expect(vectors.cells.length).toBeGreaterThan(3);
  for (const { headerName, header, name, word, bound, value } of vectors.words) {
    expect(toHex((await openHeader(crypto, log, fromHex(headerName), fromHex(header)))?.word ?? none)).toBe(name);
    const opened = await openWord(crypto, log, fromHex(name), fromHex(value), post, bound && fromHex(bound));
    expect(hex(opened)).toMatchObject(word);
    expect(await openWord(crypto, log, fromHex(name), fromHex(value), post, filled(9, 16))).toBeUndefined();
  }
  expect(new Set(vectors.words.map(({ word }: { word: { kind: string } }) => word.kind)).size).toBe(5);
  for (const { bytes, names, values } of vectors.bodies) {
    const first = await openBody(crypto, post, fromHex(names[0]), fromHex(values[0]));
    expect(hex(first?.names)).toEqual(names.slice(1));
    const parts = [first?.bytes ?? none];
    for (const [at, value] of values.slice(1).entries())
      parts.push((await openBodyPart(crypto, post, at + 1, fromHex(names[at + 1]), fromHex(value))) ?? none);
    expect(Buffer.concat(parts).toString("hex")).toBe(bytes);
  }
});

test("[MO4] a cell opens at its own place of its own way, and nowhere else; its size tells nothing", async () => {
  const way = wayTo(crypto, root, 1, account(7));
  const cell = { kind: cellKinds.log, flags: 0, day: 65_535, payload: logPayload(log, [filled(1, 16), filled(2, 16)]) };
  const value = await sealCell(crypto, way, 0, cell);
  expect(value.length).toBe(cellBytes);
  expect(await openCell(crypto, way, 0, value)).toEqual(cell);
  expect(await openCell(crypto, way, 1, value)).toBeUndefined();
  expect(await openCell(crypto, wayTo(crypto, root, 1, account(8)), 0, value)).toBeUndefined();
  expect(await openCell(crypto, wayTo(crypto, root, 2, account(7)), 0, value)).toBeUndefined();
  for (const length of [0, 28, 95, 97, 4_096])
    expect(await openCell(crypto, way, 0, filled(0, length))).toBeUndefined();
});

test("[MO4] a round is as large as a step of all friends, at most half as much again", () => {
  expect([0, 1, 64, 65, 96, 97, 129, 200, 500, 5_000].map(roundStep)).toEqual([
    64, 64, 64, 96, 96, 128, 192, 256, 512, 6_144,
  ]);
});

test("[MO6][MO8] a word needs the log's key and the post's secret, and for an answer that of what it answers", async () => {
  const name = holeName(crypto, wordSecret(crypto, root, log, 0));
  const word = await signed(name, "好看！");
  const plain = (await sealWord(crypto, log, name, post, undefined, word)) as Bytes;
  const answer = (await sealWord(crypto, log, name, post, reply, word)) as Bytes;
  expect(await openWord(crypto, log, name, plain, post, undefined)).toEqual(word);
  expect(await openWord(crypto, log, name, answer, post, reply)).toEqual(word);
  expect(await openWord(crypto, filled(8), name, plain, post, undefined)).toBeUndefined();
  expect(await openWord(crypto, log, name, plain, filled(8), undefined)).toBeUndefined();
  expect(await openWord(crypto, log, filled(8, 16), plain, post, undefined)).toBeUndefined();
  for (const wrong of [undefined, filled(8, 16)])
    expect(await openWord(crypto, log, name, answer, post, wrong)).toBeUndefined();
});

test("[MO6] a word has one of four sizes, and one that is too long is not sealed; every changed byte is noticed", async () => {
  const name = filled(1, 16);
  const sizes = await Promise.all(
    [0, 100, 200, 700, 1_800].map(
      async (length) =>
        (await sealWord(crypto, log, name, post, undefined, await signed(name, "a".repeat(length))))?.length,
    ),
  );
  expect(sizes).toEqual([256, 256, 512, 1_024, 2_048]);
  expect(await sealWord(crypto, log, name, post, undefined, await signed(name, "a".repeat(2_000)))).toBeUndefined();
  const value = (await sealWord(crypto, log, name, post, undefined, await signed(name, ""))) as Bytes;
  for (let at = 0; at < value.length; at += 5) {
    const changed = value.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(await openWord(crypto, log, name, changed, post, undefined)).toBeUndefined();
  }
  expect(wordSizes.length).toBe(4);
});

test("[MO6] the hint of a post is another for each log, and for each post", () => {
  const hints = [
    hintOf(crypto, log, posted),
    hintOf(crypto, filled(8), posted),
    hintOf(crypto, log, { ...posted, secret: filled(8) }),
    hintOf(crypto, log, { ...posted, author: account(8) }),
  ].map(toHex);
  expect(new Set(hints).size).toBe(4);
});

test("[MO32][MO33] ids are of their author: the same secret told by another names another post, and another word", () => {
  const ids = [
    postIdOf(crypto, posted),
    postIdOf(crypto, { ...posted, author: account(8) }),
    postIdOf(crypto, { ...posted, secret: filled(8) }),
    wordIdOf(crypto, account(7), filled(1, 16), reply),
    wordIdOf(crypto, account(8), filled(1, 16), reply),
    wordIdOf(crypto, account(7), filled(2, 16), reply),
    wordIdOf(crypto, account(7), filled(1, 16), filled(8, 16)),
  ].map(toHex);
  expect(new Set(ids).size).toBe(7);
});

test("[MO6] a header leads on, and opens with the log's key alone", async () => {
  const name = holeName(crypto, headSecret(crypto, root, log, 5));
  const header = { day: 7, hint: filled(1, 8), next: headsFrom(crypto, root, log, 6), word: filled(2, 16) };
  const value = await sealHeader(crypto, log, name, header);
  expect(value.length).toBe(headerBytes);
  expect(await openHeader(crypto, log, name, value)).toEqual(header);
  expect(await openHeader(crypto, filled(8), name, value)).toBeUndefined();
  expect(await openHeader(crypto, log, filled(8, 16), value)).toBeUndefined();
});

test("[MO2] a body of any length up to the limit stands in parts, and comes back whole", async () => {
  const nameOf = (part: number) => holeName(crypto, bodySecret(crypto, root, post, part));
  for (const length of [64, 900, 1_000, 4_000, 4_060, 12_000, 24_640, 46 * 1024 + 64]) {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    const parts = (await sealBody(crypto, post, nameOf, bytes)) as readonly Bytes[];
    for (const part of parts) expect(bodySizes as readonly number[]).toContain(part.length);
    const first = await openBody(crypto, post, nameOf(0), parts[0] as Bytes);
    const rest = await Promise.all(
      (first?.names ?? []).map((name, at) => openBodyPart(crypto, post, at + 1, name, parts[at + 1] as Bytes)),
    );
    expect(first?.names.map(toHex)).toEqual(parts.slice(1).map((_, at) => toHex(nameOf(at + 1))));
    expect(Buffer.concat([first?.bytes ?? [], ...rest.map((one) => one ?? [])] as Bytes[]).equals(bytes)).toBe(true);
    expect(await openBody(crypto, filled(8), nameOf(0), parts[0] as Bytes)).toBeUndefined();
  }
  expect(await sealBody(crypto, post, nameOf, new Uint8Array(49_000))).toBeUndefined();
});

test("[MO3] a post is for all, for some, for all but some, or for nobody; who is hidden from is never among them", () => {
  const friend = (byte: number, tags: readonly string[], isLeftOut = false): Friend => ({
    account: account(byte),
    tags,
    isLeftOut,
  });
  const friends = [friend(1, ["家人"]), friend(2, ["同事", "家人"]), friend(3, []), friend(4, ["家人"], true)];
  const who = (audience: Parameters<typeof meant>[0]) => meant(audience, friends).map(([byte]) => byte);
  expect(who({ who: "all", tags: [], people: [] })).toEqual([1, 2, 3]);
  expect(who({ who: "only", tags: ["家人"], people: [] })).toEqual([1, 2]);
  expect(who({ who: "only", tags: ["同事"], people: [account(3), account(4)] })).toEqual([2, 3]);
  expect(who({ who: "except", tags: ["同事"], people: [account(1)] })).toEqual([3]);
  expect(who({ who: "except", tags: [], people: [] })).toEqual([1, 2, 3]);
  expect(who({ who: "me", tags: [], people: [] })).toEqual([]);
});
