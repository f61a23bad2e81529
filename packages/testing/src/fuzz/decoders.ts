/**
 * Decoders: everything that reads bytes of others, each with what it may answer, and the valid encodings that it begins
 * with.
 */
import {
  decodeBody,
  decodeHandedPart,
  decodeHandedPointer,
  decodeLinkCard,
  decodeMessage,
  decodeNote,
  decodeRecoveryRecord,
  decodeVaultSegment,
  encodeLinkCard,
} from "@yanshu/content";
import { decodeGroupState, openGroupEnvelope, openSealed, unpad } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { Blobs, defaultConfig, memoryBlobStore, nodePrimitives } from "@yanshu/server";
import {
  accountHistory,
  articleBodies,
  type Bytes,
  beginList,
  blobCopy,
  blobCreate,
  blobDays,
  blobLimits,
  blobState,
  type ChannelKind,
  channelBodies,
  decodeAs,
  decodeChannelEntry,
  decodeChannelInception,
  decodeClientFrame,
  decodeEnvelope,
  decodeLink,
  decodePackFile,
  decodePackFiles,
  decodePackHead,
  decodePackSaid,
  decodePostHeaderBytes,
  decodePublicHome,
  decodeResult,
  decodeServerFrame,
  decodeUsernameRecord,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  encodeFilmHead,
  encodeHeadsBegin,
  encodePackFile,
  encodePackFiles,
  encodePackHead,
  encodePackSaid,
  encodePostHeader,
  encodePublicHome,
  HeadsReader,
  limits,
  MalformedError,
  readArticle,
  readEntryBody,
  readUsername,
  requestOf,
  type Schema,
  takeHistory,
  utf8,
} from "@yanshu/wire";
import { type Corpus, callNames, everybodyListed } from "./corpus.ts";

export type Decoder = {
  readonly name: string;
  /**
   * Reads; throws MalformedError where it may, and nothing else. Undefined, or what it says of bytes that are none, is
   * an answer.
   */
  readonly read: (bytes: Bytes) => unknown;
  readonly seeds: readonly Bytes[];
  /** Costs so much more than the others that it gets one input in so many. */
  readonly every: number;
};

const seedsMax = 60;
const picture = { hash: new Uint8Array(32), mime: "image/webp", bytes: 9, width: 3, height: 3 } as const;
const link = { at: 0, length: 2, is: "link", to: "https://clinic.example/days" } as const;
const articles = [
  articleBodies.article.encode({
    title: "社区义诊",
    author: "刘医生",
    summary: "周六上午",
    cover: 0,
    blocks: [
      { is: "heading", text: "时间" },
      { is: "text", text: "周六上午八点", spans: [link, { at: 3, length: 2, is: "strong" }] },
      { is: "picture", text: "门口", picture: 0 },
      { is: "line", text: "" },
    ],
  }),
  articleBodies.article.encode({ title: "改期", of: new Uint8Array(32), blocks: [{ is: "quote", text: "周日" }] }),
];
const menus = [
  articleBodies.menu.encode({
    buttons: [
      { words: "挂号", to: "https://clinic.example/" },
      { words: "地址", article: new Uint8Array(32) },
    ],
  }),
];
const text = (bytes: Bytes) => new TextDecoder().decode(bytes);

const hash = new Uint8Array(32).fill(7);
const salt = hash.subarray(0, 16);
const signature = new Uint8Array(64);
const poster = { hash, mime: "image/webp", bytes: 900 };
const said = {
  channel: hash,
  prev: hash,
  day: 20_786,
  author: 0,
  films: [{ ...poster, mime: "video/mp4", width: 540, height: 960, durationMs: 9_000, loudness: 218, poster }],
};
const shown = channelBodies.film.encode({ text: "番茄红了", tags: ["种菜"] });
const signed = [
  encodeChannelSaid({ ...said, seq: 3, kind: "film", body: shown }),
  encodeChannelSaid({
    ...said,
    seq: 0,
    kind: "later",
    body: shown,
    inception: encodeChannelInception({ authors: [hash], salt }),
  }),
].map((bytes) => encodeChannelEntry(bytes, signature));
const bodies: Readonly<Record<string, Bytes>> = {
  film: shown,
  pictures: shown,
  comment: channelBodies.comment.encode({ entry: hash, text: "怎么种的？", to: hash }),
  profile: channelBodies.profile.encode({ name: "菜园", about: "六点", mirrors: ["north.example"] }),
  pin: channelBodies.pin.encode({ entries: [hash] }),
  hide: channelBodies.hide.encode({ entry: hash, isHidden: true }),
  authors: channelBodies.authors.encode({ keys: [hash] }),
  delete: channelBodies.delete.encode({ entry: hash }),
  move: channelBodies.move.encode({ home: "north.example" }),
};
const places = [{ hash, channel: hash, seq: 3 }];
const decisions = [{ target: hash, action: "remove" as const, reason: "有人的住址", appeal: "op@home.example" }];
const pack = encodePackSaid({
  home: "yan.test",
  n: 2,
  prev: hash,
  hour: 498_000,
  places,
  decisions,
  counts: [{ entry: hash, likes: 2, views: 40 }],
});
const packFile = encodePackFile({ said: pack, signature, entries: signed, roots: [] });

export async function decodersOf(corpus: Corpus): Promise<readonly Decoder[]> {
  const { member, pool, texts } = corpus;
  const made: Decoder[] = [];
  const add = async (name: string, read: Decoder["read"], every = 1, given: readonly Bytes[] = pool) => {
    const seeds: Bytes[] = [];
    for (const one of given) if (seeds.length < seedsMax && (await isTaken(read, one))) seeds.push(one);
    made.push({ name, read, seeds, every });
  };
  const words = texts.map(utf8);
  const shape =
    <T>(schema: Schema<T>) =>
    (bytes: Bytes) =>
      decodeAs(schema, bytes, blobLimits.requestBytesMax);
  await add("a client's frame", decodeClientFrame);
  await add("a server's frame", decodeServerFrame);
  for (const name of callNames) await add(`the answer to ${name}`, (bytes) => decodeResult(name, bytes), 4);
  await add("an envelope", decodeEnvelope);
  await add("a post's header", decodePostHeaderBytes, 1, pool.flatMap(headerIn));
  await add("the number of a request", (bytes) => requestOf(bytes));
  await add("a link or code", (bytes) => decodeLink(text(bytes)), 1, words);
  await add("a link's card", decodeLinkCard, 1, [
    encodeLinkCard({
      v: 1,
      salt: new Uint8Array(16),
      of: new Uint8Array(32),
      name: "外婆",
      faces: [{ seal: "外", pigment: 3 }],
      admitters: [{ at: new Uint8Array(48) }],
    }),
  ]);
  await add("a handle", (bytes) => readUsername(text(bytes)), 1, words);
  await add("a handle's record", decodeUsernameRecord);
  await add("an inception", (bytes) => beginList(nodePrimitives, bytes));
  await add("an entry of a device list", readEntryBody);
  await add("a device list", (bytes) => historyOf(bytes), 8, pool);
  await add("a wish to store a file", shape(blobCreate));
  await add("a wish to copy a file", shape(blobCopy));
  await add("a wish to keep a file for longer", shape(blobDays));
  await add("how much of a file is there", shape(blobState));
  await add("a request for a file", blobRequests(), 8, [utf8(requestLine)]);
  await add("a message", decodeMessage);
  await add("a body", decodeBody);
  await add("a note", decodeNote);
  await add("a segment of the vault", decodeVaultSegment);
  await add("a recovery record", decodeRecoveryRecord);
  await add("a part that is handed over", decodeHandedPart);
  await add("where a part lies", decodeHandedPointer);
  await add("padding", unpad);
  await add("a group's state", decodeGroupState);
  await add("an article", (bytes) => readArticle({ body: bytes, films: [picture] }), 1, articles);
  await add("an account's menu", articleBodies.menu.decode, 1, menus);
  const { sha256 } = nodePrimitives;
  await add("an entry of a channel", (bytes) => decodeChannelEntry(sha256, bytes), 1, signed);
  await add("a channel's inception", decodeChannelInception, 1, [encodeChannelInception({ authors: [hash], salt })]);
  for (const [kind, bytes] of Object.entries(bodies))
    await add(`an entry's body: ${kind}`, channelBodies[kind as ChannelKind].decode, 4, [bytes]);
  await add("a pack", decodePackSaid, 1, [pack]);
  await add("a pack with its entries", decodePackFile, 1, [packFile]);
  await add("several packs", decodePackFiles, 2, [encodePackFiles([packFile, packFile])]);
  await add("the newest pack", decodePackHead, 4, [encodePackHead({ n: 2, hash })]);
  await add("a home's name and key", decodePublicHome, 4, [encodePublicHome({ home: "yan.test", key: hash })]);
  await add("the heads of a page", headsOf, 2, [
    Buffer.concat([encodeHeadsBegin(hash, 1), encodeFilmHead({ film: hash, list: new Uint8Array(36), head: shown })]),
  ]);
  const { mls, group, own } = member;
  await add("a key package", (bytes) => mls.readKeyPackage(bytes), 64);
  await add("an MLS message", async (bytes) => accepted(await mls.receive(group, bytes, everybodyListed)), 64);
  await add("a Welcome", async (bytes) => accepted(await mls.join(bytes, own, everybodyListed)), 64);
  const crypto = createBunCrypto();
  const keys = { tag: crypto.random(16), key: crypto.random(32) };
  await add("a sealed envelope", (bytes) => openGroupEnvelope(crypto, keys, bytes), 8);
  const seal = await crypto.sealKeyPair();
  await add(
    "a note's envelope",
    (bytes) => openSealed(crypto, seal.privateKey, { purpose: "note", address: keys.tag }, bytes),
    64,
  );
  return made;
}

/** What opens with keys that are not there has no valid encoding here: it begins with envelopes of others. */
export const opensNothing = new Set(["a sealed envelope", "a note's envelope"]);

async function isTaken(read: Decoder["read"], bytes: Bytes): Promise<boolean> {
  try {
    return (await read(bytes)) !== undefined;
  } catch {
    return false;
  }
}

function accepted<T extends object>(answer: T): T | undefined {
  return "refused" in answer || ("kind" in answer && answer.kind === "refused") ? undefined : answer;
}

function headerIn(frame: Bytes): readonly Bytes[] {
  try {
    const decoded = decodeClientFrame(frame);
    return decoded.type === "post" ? [encodePostHeader(decoded.post.header)] : [];
  } catch {
    return [];
  }
}

/** The films of a bundle; undefined while it is not whole. */
function headsOf(bytes: Bytes): unknown {
  const reader = new HeadsReader();
  const films = reader.push(bytes);
  return reader.isWhole ? films : undefined;
}

/** Signatures and all, by somebody who never met the account. */
async function historyOf(bytes: Bytes): Promise<unknown> {
  const taken = await takeHistory(nodePrimitives, undefined, decodeAs(accountHistory, bytes, limits.frameBytesMax));
  return accepted(taken);
}

const requestLine = `GET\n/blobs/${"0a".repeat(16)}\nbytes=0-63\n12\n${"0b".repeat(32)}\nbody`;

/** Method, path and headers, one a line, as somebody may choose them; the rest is the body. */
function blobRequests(): Decoder["read"] {
  const clock = { nowMs: () => Date.UTC(2026, 10, 24), after: () => () => undefined };
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const blobs = new Blobs(memoryBlobStore(random(32)), { clock, random, primitives: nodePrimitives }, defaultConfig);
  return (bytes) => {
    const [method = "", path = "", range = "", offset = "", owner = "", ...rest] = text(bytes).split("\n");
    const headers: Readonly<Record<string, string>> = { range, "upload-offset": offset, "blob-owner": owner };
    return blobs.answer({
      method,
      path,
      header: (name) => headers[name] ?? null,
      body: async () => utf8(rest.join("\n")),
      prefix: undefined,
    });
  };
}

export const isRefusal = (error: unknown): boolean => error instanceof MalformedError;
