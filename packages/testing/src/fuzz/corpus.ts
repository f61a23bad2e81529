/**
 * Corpus: valid encodings of all that travels, as real clients made them: a short life of four people, of which every
 * frame and everything that a device sealed is kept. What none of them makes in so short a time is made by hand.
 */
import { encodeHandedPart, encodeHandedPointer, encodeRecoveryRecord } from "@yanshu/content";
import {
  type Crypto,
  createMls,
  encodeGroupState,
  type Group,
  type Judge,
  type Mls,
  type OwnKeyPackage,
  randomConversationId,
  unpad,
} from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  accountHistory,
  type Bytes,
  blob,
  blobCopy,
  blobCreate,
  blobDays,
  blobState,
  type CallName,
  calls,
  decodeAs,
  decodeClientFrame,
  decodeResult,
  decodeServerFrame,
  deviceIdOf,
  encodeAs,
  encodeCall,
  encodeUsernameRecord,
  limits,
  list,
  struct,
  toHex,
  uploadTokenBytes,
} from "@yanshu/wire";
import { testFeatures } from "../features/index.ts";
import { chanceFrom } from "../world/chance.ts";
import type { WrapPorts } from "../world/person.ts";
import { World } from "../world/world.ts";

export type Corpus = {
  /** Bytes of any sort; each decoder begins with those that it takes. */
  readonly pool: readonly Bytes[];
  /** Links, and what people type. */
  readonly texts: readonly string[];
  /** One of two in a group, and by what they came in. */
  readonly member: Member;
};
export type Member = { readonly mls: Mls; readonly group: Group; readonly own: OwnKeyPackage };

export const everybodyListed: Judge = () => "listed";
const nowMs = Date.UTC(2026, 10, 24, 9);

export async function harvest(seed: number): Promise<Corpus> {
  const sealed: Bytes[] = [];
  const world = new World({ seed, files: true, wrapPorts: watching(sealed) });
  world.network.keepsTraffic = true;
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben], "一家人");
  await ann.api.setNewcomersSee(group, "all");
  const id = await ann.say(group, "吃了吗？ https://yan.example/a");
  await world.pass(2_000);
  const stage = { ann, ben, group, chat, message: { author: ann.account, id } };
  for (const feature of testFeatures) await feature.corpus?.(stage);
  await ann.api.setRemark(ben.account, "小本");
  const tablet = await world.linkDevice(ann);
  await world.during(ann.api.makeGroupLink(group, { days: 7 }));
  await world.until("there is a link", () => ann.view("conversation", group)?.link !== undefined);
  const groupLink = (await world.during(ann.api.groupLink(group))) ?? "";
  await cat.api.joinGroup(groupLink);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  await cat.say(group, "我来了");
  await world.during(ann.api.hasPasskey());
  await world.during(ann.api.homeCounts());
  await world.during(ann.api.homePage());
  const { words } = await ann.api.recoveryCard();
  await world.pass(120_000);
  const texts = [
    groupLink,
    await world.during(ann.api.myLink()),
    world.inviteLink,
    "@maya",
    "maya@yan.test:8080",
    words.join(" "),
  ];
  const disk = (sql: string) =>
    [ann, ben, cat, tablet].flatMap((one) =>
      one.disk.all<{ value: Uint8Array | null }>(sql).flatMap(({ value }) => value ?? []),
    );
  const inside = world.network.traffic.flatMap(insideOf);
  const { member, made } = await pair(seed);
  const pool = [
    ...world.network.traffic,
    ...inside,
    ...sealed,
    ...disk("SELECT message AS value FROM sent"),
    ...disk("SELECT body AS value FROM messages"),
    ...disk("SELECT bytes AS value FROM account_entries"),
    ...made,
    ...byHand(),
  ];
  return { pool: distinct(pool), texts, member };
}

/** What the device seals, before it does. */
function watching(sealed: Bytes[]): WrapPorts {
  const keep = (plaintext: Bytes) => sealed.push(Uint8Array.from(plaintext), ...unpadded(plaintext));
  return (ports) => ({
    ...ports,
    crypto: {
      ...ports.crypto,
      seal: (key, nonce, aad, plaintext) => {
        keep(plaintext);
        return ports.crypto.seal(key, nonce, aad, plaintext);
      },
      hpkeSeal: (key, info, plaintext) => {
        keep(plaintext);
        return ports.crypto.hpkeSeal(key, info, plaintext);
      },
    },
  });
}

const envelopeBody = struct({
  mls: blob(limits.frameBytesMax),
  histories: list(accountHistory, limits.listAddressesMax),
});

function unpadded(padded: Bytes): readonly Bytes[] {
  const inner = attempt(() => unpad(padded));
  if (inner === undefined) return [];
  const body = attempt(() => decodeAs(envelopeBody, inner, limits.frameBytesMax));
  return [inner, ...signedBytes.map((length) => inner.slice(length)), ...(body === undefined ? [] : [body.mls])];
}

/** What stands before what a device signed: a segment of the vault, a recovery record. */
const signedBytes = [104, 144];

/** What a frame carries: envelopes, answers, and what an answer names. */
function insideOf(frame: Bytes): readonly Bytes[] {
  const client = attempt(() => decodeClientFrame(frame));
  if (client?.type === "post") return client.post.parts.map(({ envelope }) => envelope);
  const server = attempt(() => decodeServerFrame(frame));
  if (server?.type === "push") return [server.push.envelope];
  if (server?.type !== "result") return [];
  const claim = attempt(() => decodeResult("claim", server.body));
  const { history, packages } = claim ?? { packages: [] };
  return [
    server.body,
    ...packages.flatMap((one) => one.package ?? []),
    ...(history === undefined ? [] : [history.inception, ...history.entries, encodeAs(accountHistory, history)]),
  ];
}

/** Two devices, a group, a Welcome to it, a message and a commit that the second would receive. */
async function pair(seed: number): Promise<{ readonly member: Member; readonly made: readonly Bytes[] }> {
  const crypto = createBunCrypto({ random: chanceFrom(seed).bytes });
  const mls = createMls(crypto, { nowMs: () => nowMs });
  const [one, other] = [await identityOf(crypto), await identityOf(crypto)];
  const own = await mls.keyPackage(other, deliveryOf(crypto), nowMs + 30 * 86_400_000);
  const state = {
    policyVersion: 1 as const,
    conversation: randomConversationId(crypto),
    kind: "group" as const,
    founding: 1,
    gate: crypto.random(32),
    gateServer: "yan.test",
    name: "一家人",
    roles: [{ account: one.credential.account, role: "owner" as const }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
  const founded = await mls.create(one, deliveryOf(crypto), state);
  const added = await mls.prepare(founded, { adds: [own.bytes] }, everybodyListed);
  if ("refused" in added || added.welcome === undefined) throw new Error("no Welcome");
  const joined = await mls.join(added.welcome, own, everybodyListed);
  if ("refused" in joined) throw new Error("not joined");
  const said = await mls.protect(added.next, new TextEncoder().encode("吃了吗？"));
  const renamed = await mls.prepare(added.next, { state: { ...state, name: "我们" } }, everybodyListed);
  if ("refused" in renamed) throw new Error("not renamed");
  const made = [added.welcome, added.commit, said.message, renamed.commit, own.bytes, encodeGroupState(state)];
  return { member: { mls, group: joined, own }, made };
}

async function identityOf(crypto: Crypto) {
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
  return { credential: { account: crypto.random(32), device, n: 0, entryHash: crypto.random(32) }, deviceKey };
}

function deliveryOf(crypto: Crypto) {
  return {
    server: "yan.test",
    address: crypto.random(16),
    sealKey: crypto.random(32),
    claimCap: crypto.random(16),
    features: [],
  };
}

function byHand(): readonly Bytes[] {
  const bytes = (length: number) => new Uint8Array(length).fill(7);
  const owned = { ownerHash: bytes(32), days: 30, tokens: [{ epoch: 1, input: bytes(32), output: bytes(64) }] };
  return [
    encodeUsernameRecord({ account: bytes(32), capability: bytes(16), name: "Maya" }),
    encodeAs(blobCreate, { bytes: 1_000, ...owned }),
    encodeAs(blobCopy, { to: bytes(16), layer: bytes(32), ...owned }),
    encodeAs(blobDays, { days: owned.days, tokens: owned.tokens }),
    encodeAs(blobState, { bytes: 1_000, written: 10, expiresDay: 20_000 }),
    encodeAs(calls.listed.result, { addresses: [bytes(16)] }),
    encodeAs(calls.askFamily.result, { state: "given", waitMs: 0, wrap: bytes(limits.familyWrapBytes) }),
    encodeCall(1, "putHoles", {
      tokens: owned.tokens,
      days: 30,
      holes: [
        { secret: bytes(32), value: bytes(96) },
        { secret: bytes(32), value: bytes(128), was: bytes(32) },
      ],
    }),
    encodeCall(2, "lookHoles", { starts: bytes(12) }),
    encodeCall(3, "readHoles", { names: bytes(32) }),
    encodeCall(4, "clearHoles", { secrets: bytes(32) }),
    encodeAs(calls.putHoles.result, { taken: [0, 7] }),
    encodeAs(calls.lookHoles.result, { found: bytes(2) }),
    encodeAs(calls.readSlips.result, { slips: [{ tag: bytes(16), box: bytes(100) }] }),
    encodeAs(calls.readHoles.result, { values: [bytes(96), bytes(0), bytes(256)] }),
    encodeCall(5, "channelAppend", { tokens: owned.tokens, entries: [bytes(300)] }),
    encodeCall(6, "filmBegin", { film: bytes(32), bytes: 40_000, list: bytes(64), tokens: owned.tokens }),
    encodeCall(7, "channelMark", {
      entry: bytes(32),
      what: "view",
      isOn: true,
      month: 684,
      mark: { input: bytes(32), output: bytes(64) },
    }),
    encodeAs(calls.channelTerms.result, {
      packKey: bytes(32),
      month: 684,
      markKeys: [bytes(uploadTokenBytes.publicKey)],
      filmBytesMax: 64 << 20,
      filmMsMax: 600_000,
      entriesPerDay: 50,
      packSeconds: 3_600,
      publishers: "members",
    }),
    encodeAs(calls.channelAt.result, { seq: 3, hash: bytes(32) }),
    encodeAs(calls.filmBegin.result, { chunks: 2, isWhole: false }),
    encodeAs(calls.channelMarks.result, {
      marks: [{ evaluated: bytes(uploadTokenBytes.blinded), proof: bytes(uploadTokenBytes.proof) }],
    }),
    encodeAs(calls.peerStates.result, { states: [{ server: "north.example", state: "away", awayMs: 60_000 }] }),
    encodeAs(calls.filePart.result, { status: 206, body: bytes(64) }),
    encodeAs(calls.uploadFarList.result, { hash: bytes(32), refused: ["north.example"] }),
    encodeAs(calls.homeState.result, {
      isArriving: true,
      record: bytes(200),
      leaving: { request: bytes(16), waitMs: 259_200_000 },
    }),
    encodeAs(calls.findHome.result, {
      account: bytes(32),
      history: { inception: bytes(80), entries: [bytes(200)] },
      record: bytes(200),
    }),
    encodeAs(calls.leave.result, { waitMs: 259_200_000 }),
    encodeAs(calls.pushTest.result, { outcome: "sent" }),
    encodeHandedPointer({ server: "yan.test", id: bytes(16), key: bytes(32), bytes: 1_000, expiresDay: 20_000 }),
    encodeHandedPart({ messages: [], people: [{ account: bytes(32), name: "外婆" }] }),
    encodeRecoveryRecord({
      keys: [{ epoch: 1, key: bytes(32) }],
      begins: [{ epoch: 1, at: 7 }],
      items: [],
      rights: [{ account: bytes(32), capabilities: [bytes(16)] }],
      groups: [],
      people: [{ account: bytes(32), name: "外婆", stampMs: 1 }],
      ownFounding: 1,
    }),
  ];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // Something else.
  }
}

function distinct(pool: readonly Bytes[]): readonly Bytes[] {
  return [
    ...new Map(pool.map((one) => [`${one.length} ${toHex(one.subarray(0, 64))}`, Uint8Array.from(one)])).values(),
  ];
}

/** Names of calls, for readers of their answers. */
export const callNames = Object.keys(calls) as readonly CallName[];
