/**
 * Abuse: what somebody does to a server who keeps to no rule, all of it at once (docs/spec/delivery.md DS24, DS60,
 * DS126–DS136): messages, uploads and frames that never end, answers that nobody reads, tokens that cost to look at,
 * counts and switches of large vaults, an account that is deleted with one, lists and gates of nobody, calls that there
 * are not. Some come with an account, most without.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import {
  type Bytes,
  beginList,
  blobCreate,
  blobLimits,
  capabilityHashOf,
  encodeAs,
  encodeCall,
  encodeEntry,
  encodeParts,
  encodePost,
  entryBytes,
  gateBytes,
  gateIdOf,
  limits,
  messagesOf,
  nextEntryBody,
  type PostHeader,
  type Primitives,
  postHashOf,
  takeEntry,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { cpuSeconds } from "../process.ts";
import type { AbuseJob, AbuseKind, AbuseResult, ServerTarget } from "./jobs.ts";
import type { Peer } from "./peer.ts";
import { derive, greet, keyPair, makePerson, type Person, primitives, sha256, signed, signIn } from "./people.ts";
import { message, messageHead, openRaw, sendRaw } from "./raw-socket.ts";
import { drawTokens } from "./tokens.ts";

const mebi = 1 << 20;
const startsMs = 3_000;
const hello = encodeCall(1, "hello", { versions: [1] });

type Ground = {
  readonly server: ServerTarget;
  readonly port: number;
  /** False once it is enough. */
  readonly goesOn: () => boolean;
  readonly did: Record<string, number>;
  readonly random: (below: number) => number;
};

type Member = { readonly peer: Peer; readonly person: Person };

export async function runAbuse(job: AbuseJob): Promise<AbuseResult> {
  const { server } = job;
  const endMs = performance.now() + job.seconds * 1_000;
  const ground: Ground = {
    server,
    port: Number(new URL(server.url).port),
    goesOn: () => performance.now() < endMs,
    did: {},
    random: (below) => Math.floor(Math.random() * below),
  };
  const places = placesOf(16);
  const members: Member[] = [];
  const { peer, greeting } = await greet(server.url);
  peer.close();
  for (const index of job.members) {
    const person = makePerson("bench", index, greeting.domain);
    members.push({ person, peer: await signIn(server.url, person, 1) });
  }
  const [first, ...others] = members as [Member, ...Member[]];
  const tokens = await drawTokens(first.peer, server.url, 12);
  const blob = await storedBlob(ground, tokens.slice(0, 1));
  const halves = await begunBlobs(ground, tokens.slice(1, 9));
  const capability = await longList(first);
  const { peer: asking } = await greet(server.url);
  const { history } = await asking.call("claim", { capability });
  did(ground, "entries of a list that is claimed", history.entries.length);
  asking.close();
  const cpuBefore = cpuSeconds(process.pid);
  const floods: Readonly<Record<AbuseKind, () => readonly Promise<void>[]>> = {
    messages: () => places.map((from) => many(4, () => unfinishedMessages(ground, from))),
    uploads: () => places.map((from) => many(2, () => unfinishedUploads(ground, from, halves))),
    downloads: () => places.map((from) => many(2, () => unreadDownloads(ground, from, blob))),
    claims: () => places.map((from) => many(1, () => unreadClaims(ground, from, capability))),
    tokens: () => places.map((from) => many(1, () => oneToken(ground, from, tokens[9] as UploadToken))),
    lists: () => places.map((from) => many(1, () => uploadedLists(ground, from))),
    calls: () => places.map((from) => many(1, () => unknownCalls(ground, from))),
    gates: () => regionsOf(8).map((from) => gatesOfNobody(ground, from)),
    entries: () => places.map((from) => unsignedEntries(ground, from, first)),
    frames: () => members.map(({ peer }) => unfinishedFrames(ground, peer)),
    counts: () => [countsOfAll(ground, first.peer)],
    switches: () => others.map(({ peer }) => switchedVault(ground, peer)),
    deletions: () => [deletedAccount(ground, makePerson("bench", job.leaver, greeting.domain))],
  };
  await Promise.all(job.kinds.flatMap((kind) => floods[kind]()));
  return { did: ground.did, loadCpuSeconds: cpuSeconds(process.pid) - cpuBefore };
}

/** One after another until it is enough, so many at once; a fault of one is the next one's beginning. */
async function many(atOnce: number, once: () => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      await Bun.sleep(Math.random() * startsMs); // Nobody's clocks agree that well.
      await once();
    }),
  );
}

function placesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `203.0.113.${i + 1}`);
}

/** Of one IPv6 /48, in which whoever has it has 256 such places. */
function regionsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `2001:db8:7:${(i + 1).toString(16)}00::1`);
}

function did({ did: counts }: Ground, what: string, count = 1): void {
  counts[what] = (counts[what] ?? 0) + count;
}

/** A socket that has said hello; undefined when it is refused, which it waits for a little. */
async function greeted({ port }: Ground, from: string, waitMs: number): Promise<Socket | undefined> {
  const socket = await openRaw({ port, from });
  if (socket === undefined) await Bun.sleep(waitMs);
  else socket.write(message(hello));
  return socket;
}

/** One socket after another that reads and drops what comes; `flood` has each until it is closed or it is enough. */
async function flooding(
  ground: Ground,
  from: string,
  flood: (socket: Socket, goesOn: () => boolean) => Promise<void>,
): Promise<void> {
  while (ground.goesOn()) {
    const socket = await greeted(ground, from, 500);
    if (socket === undefined) continue;
    socket.resume();
    await flood(socket, () => ground.goesOn() && !socket.destroyed);
    socket.destroy();
  }
}

/**
 * Sockets that say hello, and then begin a message that never ends: of a mebibyte, which nobody may, and of as much as
 * one may.
 */
async function unfinishedMessages(ground: Ground, from: string): Promise<void> {
  const open = new Set<Socket>();
  while (ground.goesOn()) {
    // Four of these share a place, which has room for 64.
    if (open.size < 20) {
      const socket = await greeted(ground, from, 200);
      if (socket !== undefined) {
        open.add(socket);
        socket.on("close", () => open.delete(socket));
        const length = ground.random(4) === 0 ? mebi : limits.messageBytesMax;
        socket.write(messageHead(length, new Uint8Array(limits.messageBytesMax - 100)));
        did(ground, "unfinished messages");
      }
    } else await Bun.sleep(100);
    if (ground.random(50) === 0) open.values().next().value?.destroy();
  }
  for (const socket of open) socket.destroy();
}

/** With an account: large frames in pieces, each without its end. */
async function unfinishedFrames(ground: Ground, peer: Peer): Promise<void> {
  const [begin] = messagesOf(encodeCall(7, "vaultAppend", { at: 0, segment: new Uint8Array(896 * 1_024) })) as [Bytes];
  while (ground.goesOn() && peer.isOpen) {
    peer.send(begin);
    did(ground, "unfinished frames");
    await Bun.sleep(500);
  }
}

/** Three of four mebibytes of a part, and then nothing. */
async function unfinishedUploads(ground: Ground, from: string, halves: readonly Half[]): Promise<void> {
  const body = new Uint8Array(3 * mebi);
  while (ground.goesOn()) {
    const half = halves[ground.random(halves.length)] as Half;
    const headers = { ...half.headers, "Content-Length": `${4 * mebi}` };
    const socket = sendRaw({ port: ground.port, from }, `PUT /blobs/${half.id}`, headers, body);
    did(ground, "unfinished uploads");
    // Eight of them at any time, none together with the others' beginning.
    setTimeout(() => socket.destroy(), 3_000);
    await Bun.sleep(ground.random(750));
  }
}

async function unreadDownloads(ground: Ground, from: string, blob: string): Promise<void> {
  while (ground.goesOn()) {
    const range = { Range: `bytes=0-${4 * mebi - 1}` };
    const socket = sendRaw({ port: ground.port, from }, `GET /blobs/${blob}`, range, new Uint8Array());
    did(ground, "unread downloads");
    // Twenty-four of them at any time.
    setTimeout(() => socket.destroy(), 3_000);
    await Bun.sleep(ground.random(250));
  }
}

/** Draws a long device list again and again, and reads none of it. */
async function unreadClaims(ground: Ground, from: string, capability: Bytes): Promise<void> {
  const claims = Buffer.concat(
    Array.from({ length: 16 }, (_, i) => message(encodeCall(2 + i, "claim", { capability }))),
  );
  while (ground.goesOn()) {
    const sockets: Socket[] = [];
    for (let i = 0; i < 12; i++) {
      const socket = await greeted(ground, from, 0);
      if (socket === undefined) break;
      socket.pause();
      socket.write(claims);
      sockets.push(socket);
    }
    did(ground, "unread claims", sockets.length * 16);
    await Bun.sleep(2_000);
    for (const socket of sockets) socket.destroy();
  }
}

/** A wish for a large file that names one token seventy times; and one of seventy that somebody made up. */
async function oneToken(ground: Ground, from: string, token: UploadToken): Promise<void> {
  while (ground.goesOn()) {
    const isForged = ground.random(2) === 0;
    const forged = () => ({ epoch: token.epoch, input: randomBytes(32), output: randomBytes(64) });
    const wish = {
      bytes: blobLimits.bytesMax,
      ownerHash: new Uint8Array(32),
      days: 1,
      tokens: Array.from({ length: 70 }, () => (isForged ? forged() : token)),
    };
    await request(ground, from, "POST", `/blobs/${toHex(randomBytes(16))}`, encodeAs(blobCreate, wish));
    did(ground, isForged ? "forged tokens" : "tokens named seventy times");
    await Bun.sleep(20);
  }
}

/** Lists of one address that nobody has. */
function uploadedLists(ground: Ground, from: string): Promise<void> {
  return flooding(ground, from, async (socket, goesOn) => {
    for (let i = 0; i < 40 && goesOn(); i++) {
      const calls = Array.from({ length: 20 }, (_, n) =>
        message(encodeCall(2 + n, "uploadList", { addresses: [randomBytes(16)] })),
      );
      socket.write(Buffer.concat(calls));
      did(ground, "lists of one address", calls.length);
      await Bun.sleep(200);
    }
  });
}

function unknownCalls(ground: Ground, from: string): Promise<void> {
  const calls = Buffer.concat(Array.from({ length: 200 }, () => message(Uint8Array.of(1, 0, 0, 0, 9, 1, 120))));
  return flooding(ground, from, async (socket, goesOn) => {
    while (goesOn()) {
      socket.write(calls);
      did(ground, "unknown calls", 200);
      await Bun.sleep(100);
    }
    did(ground, "sockets closed for flooding");
  });
}

/** Gates that reach nobody, each with a list of its own. */
function gatesOfNobody(ground: Ground, from: string): Promise<void> {
  return flooding(ground, from, async (socket, goesOn) => {
    for (let i = 0; i < 900 && goesOn(); i++) {
      socket.write(message(gateFrame(2 + i)));
      did(ground, "gates of nobody");
      await Bun.sleep(10);
    }
  });
}

function gateFrame(request: number): Bytes {
  const founding = keyPair(randomBytes(32));
  const parts = encodeParts([{ target: { kind: "address", address: randomBytes(16) }, envelope: new Uint8Array(64) }]);
  const unsigned: Extract<PostHeader, { mode: "create" }> = {
    mode: "create",
    gate: gateIdOf(sha256, founding.publicKey),
    foundingKey: founding.publicKey,
    nextPostKey: randomBytes(32),
    nextTokenHash: randomBytes(32),
    signature: new Uint8Array(64),
  };
  const signature = signed(founding, gateBytes(unsigned, postHashOf(sha256, parts)));
  return encodePost(request, { ...unsigned, signature }, parts);
}

async function countsOfAll(ground: Ground, peer: Peer): Promise<void> {
  while (ground.goesOn() && peer.isOpen) {
    await Promise.allSettled([peer.call("everythingCounts", {}), peer.call("everythingCounts", {})]);
    did(ground, "counts of all that is kept");
    await Bun.sleep(200);
  }
}

/** Off, with all that was in it; on again, and as much into it as one may in a minute. */
async function switchedVault(ground: Ground, peer: Peer): Promise<void> {
  while (ground.goesOn() && peer.isOpen) {
    try {
      await peer.call("vaultSwitch", { isOn: false });
      await peer.call("vaultSwitch", { isOn: true });
      did(ground, "vaults switched");
      let { next } = await peer.call("vaultState", {});
      for (let i = 0; i < 200 && ground.goesOn(); i++)
        await peer.call("vaultAppend", { at: next++, segment: new Uint8Array(32 * 1_024) });
    } catch {
      await Bun.sleep(2_000); // Too often for now.
    }
  }
}

/** Once: the account is gone for good, and what was in its vault leaves the disk in steps (DS131). */
async function deletedAccount(ground: Ground, person: Person): Promise<void> {
  await Bun.sleep(startsMs);
  const peer = await signIn(ground.server.url, person, 1);
  await peer.call("deleteAccount", {});
  did(ground, "accounts deleted");
  while (ground.goesOn()) await Bun.sleep(500); // What it left goes meanwhile.
}

/** Entries that nobody signed, for an account with a long list. */
function unsignedEntries(ground: Ground, from: string, { person }: Member): Promise<void> {
  return flooding(ground, from, async (socket, goesOn) => {
    for (let i = 0; i < 100 && goesOn(); i++) {
      const entry = randomBytes(300);
      socket.write(message(encodeCall(2 + i, "appendEntries", { account: person.account, entries: [entry] })));
      did(ground, "unsigned entries");
      await Bun.sleep(100);
    }
  });
}

// ---- what it takes ----

type Half = { readonly id: string; readonly headers: Readonly<Record<string, string>> };

async function storedBlob(ground: Ground, tokens: readonly UploadToken[]): Promise<string> {
  const [half] = await begunBlobs(ground, tokens);
  const { id = "", headers = {} } = half ?? {};
  await request(ground, "198.51.100.1", "PUT", `/blobs/${id}`, new Uint8Array(4 * mebi), headers);
  return id;
}

async function begunBlobs(ground: Ground, tokens: readonly UploadToken[]): Promise<readonly Half[]> {
  const halves: Half[] = [];
  for (const token of tokens) {
    const [id, secret] = [toHex(randomBytes(16)), randomBytes(32)];
    const wish = { bytes: 4 * mebi, ownerHash: sha256(secret), days: 1, tokens: [token] };
    const status = await request(ground, "198.51.100.1", "POST", `/blobs/${id}`, encodeAs(blobCreate, wish));
    if (status !== 200) throw new Error(`a wish was refused: ${status}`);
    halves.push({ id, headers: { "upload-offset": "0", "blob-owner": toHex(secret) } });
  }
  return halves;
}

async function request(
  { port }: Ground,
  from: string,
  method: string,
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      body: body as Uint8Array<ArrayBuffer>,
      headers: { ...headers, "x-forwarded-for": from },
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** A capability of somebody whose device list is as long as home takes. */
async function longList({ peer, person }: Member): Promise<Bytes> {
  const capability = derive("bench capability", 0).slice(0, 16);
  await peer.call("capabilities", { add: [capabilityHashOf(sha256, capability)], remove: [] });
  await lengthen(peer, person);
  return capability;
}

const entriesPerCall = 50;
const entriesMax = 600;

async function lengthen(peer: Peer, person: Person): Promise<void> {
  const trusting: Primitives = { ...primitives, verify: () => true };
  let list = beginList(trusting, person.inception);
  const take = async (entry: Bytes) => {
    const step = await takeEntry(trusting, list, entry);
    if (step.kind === "refused") throw new Error(`an own entry: ${step.why}`);
    list = step.list;
  };
  // As it was registered: at another port, which its entry names.
  for (const entry of (await peer.call("ownEntries", { from: 0 })).entries) await take(entry);
  const change = { devices: [person.deviceKey.publicKey], homeServers: ["bench.example"] };
  while (list.entries.length < entriesMax) {
    const entries: Bytes[] = [];
    for (let i = 0; i < entriesPerCall; i++) {
      const body = nextEntryBody(list, change, person.root.publicKey);
      const entry = encodeEntry(body, signed(person.root, entryBytes(body)));
      await take(entry);
      entries.push(entry);
    }
    try {
      await peer.call("appendEntries", { account: person.account, entries });
    } catch (error) {
      if (list.entries.length > entriesPerCall + 1) return; // As long as it gets.
      throw error;
    }
  }
}
