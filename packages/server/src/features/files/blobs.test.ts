/** Blobs over all stores: written in parts, read in ranges, copied, deleted, gone in time. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BlobCreate,
  type Bytes,
  blindToken,
  blobCopy,
  blobCreate,
  blobDays,
  blobLimits,
  blobState,
  decodeAs,
  encodeAs,
  finishTokens,
  fromUtf8,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { openBlobIndex, openBlobStore } from "../../blobs/bun.ts";
import { s3Disk } from "../../blobs/bun-s3.ts";
import { memoryBlobStore } from "../../blobs/memory.ts";
import type { BlobStore } from "../../blobs/store.ts";
import { defaultConfig, type ServerConfig } from "../../core/config.ts";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs } from "../../core/rate.ts";
import { LogFullError } from "../../log/log.ts";
import { openPostgresLog } from "../../log/postgres/bun.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { hasPostgres, PostgresCluster } from "../../testkit/postgres.ts";
import { realBucket, S3Fake } from "../../testkit/s3.ts";
import { Blobs } from "./blobs.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

class Shelf {
  readonly clock = new ManualClock();
  readonly store: BlobStore;
  blobs: Blobs;
  private readonly config: ServerConfig;

  constructor(store: BlobStore, config: Partial<ServerConfig> = {}) {
    this.store = store;
    this.config = { ...defaultConfig, ...config };
    this.blobs = this.open();
  }

  open(): Blobs {
    return new Blobs(this.store, { clock: this.clock, random, primitives: nodePrimitives }, this.config);
  }

  tokens(count: number, account = 1): readonly UploadToken[] {
    const { epoch, publicKey } = this.blobs.terms();
    const blinded = Array.from({ length: count }, () => blindToken(random));
    const wish = { epoch, blinded: blinded.map((one) => one.blinded) };
    const answer = this.blobs.drawRefusal(account, this.config.blobTokensPerDay, wish) ?? this.blobs.sign(wish);
    if (!answer.ok) throw new Error(answer.code);
    const outputs = finishTokens(publicKey, blinded, answer.value) ?? [];
    return blinded.map(({ input }, place) => ({ epoch, input, output: outputs[place] as Bytes }));
  }

  async ask(method: string, path: string, headers: Record<string, string> = {}, body: Bytes = new Uint8Array()) {
    const answer = await this.blobs.answer({
      method,
      path,
      header: (name) => headers[name] ?? null,
      body: async () => body,
      prefix: "home",
    });
    const isState = answer.headers["content-type"] === "application/cbor";
    return {
      ...answer,
      fault: answer.status >= 400 ? fromUtf8(answer.body ?? new Uint8Array()) : undefined,
      state: isState ? decodeAs(blobState, answer.body as Bytes, 100) : undefined,
    };
  }

  async create(bytes: number, over: Partial<BlobCreate> = {}) {
    const id = toHex(random(16));
    const secret = random(32);
    const wish = {
      bytes,
      ownerHash: nodePrimitives.sha256(secret),
      days: 30,
      tokens: over.tokens ?? this.tokens(1),
      ...over,
    };
    const create = () => this.ask("POST", `/blobs/${id}`, {}, encodeAs(blobCreate, wish));
    const put = (offset: number, part: Bytes, owner = secret) =>
      this.ask("PUT", `/blobs/${id}`, { "upload-offset": `${offset}`, "blob-owner": toHex(owner) }, part);
    const get = (from: number, to: number, of = id) =>
      this.ask("GET", `/blobs/${of}`, { range: `bytes=${from}-${to - 1}` });
    const remove = (owner = secret) => this.ask("DELETE", `/blobs/${id}`, { "blob-owner": toHex(owner) });
    return { id, secret, wish, create, put, get, remove, first: await create() };
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }
}

const folder = mkdtempSync(join(tmpdir(), "yanshu-blobs-"));
let shelves = 0;
let cluster: PostgresCluster;
let bucket: S3Fake;
const nextFolder = () => join(folder, `${shelves++}`);

beforeAll(async () => {
  bucket = new S3Fake();
  if (hasPostgres) cluster = await PostgresCluster.begin();
}, 60_000);
afterAll(async () => {
  if (hasPostgres) cluster.end();
  await bucket.end();
  rmSync(folder, { recursive: true });
});

function inBucket(path = nextFolder(), place = realBucket() ?? bucket.place): BlobStore {
  const { index, close } = openBlobIndex(path, true);
  return { index, disk: s3Disk(place, index), close };
}

/** One of several servers that share the index in this database. */
function shared(url: string): BlobStore {
  const log = openPostgresLog(url);
  return { index: log.blobs, disk: s3Disk(realBucket() ?? bucket.place, log.blobs), close: () => log.close() };
}

const stores: readonly (readonly [string, boolean, () => BlobStore])[] = [
  ["in memory", true, () => memoryBlobStore(random(32))],
  ["in a folder", true, () => openBlobStore(nextFolder())],
  ["in a bucket", true, () => inBucket()],
  ["in a bucket, the index in PostgreSQL", hasPostgres, () => shared(cluster.database())],
];

for (const [name, isHere, open] of stores) {
  describe.skipIf(!isHere)(name, () => {
    test("[ME4] an upload that died goes on where it stopped, and is read in ranges", async () => {
      const shelf = new Shelf(open());
      const file = random(100_000);
      const blob = await shelf.create(file.length);
      expect(blob.first.state).toEqual({ bytes: 100_000, written: 0, expiresDay: expect.any(Number) });
      expect((await blob.put(0, file.subarray(0, 60_000))).state?.written).toBe(60_000);
      shelf.blobs = shelf.open(); // The server was started anew.
      expect((await blob.create()).state?.written).toBe(60_000);
      expect((await blob.put(0, file.subarray(0, 60_000))).fault).toBe("wrong-offset");
      expect((await shelf.ask("GET", `/blobs/${blob.id}/state`)).state?.written).toBe(60_000);
      expect((await blob.put(60_000, file.subarray(60_000))).state?.written).toBe(100_000);
      const range = await blob.get(50_000, 70_000);
      expect(range.status).toBe(206);
      expect(range.headers["content-range"]).toBe("bytes 50000-69999/100000");
      expect(range.body).toEqual(file.subarray(50_000, 70_000));
      expect((await blob.get(99_990, 200_000)).body).toEqual(file.subarray(99_990));
      expect((await blob.get(100_000, 100_001)).fault).toBe("bad-range");
      expect((await blob.get(0, blobLimits.partBytesMax + 1)).status).toBe(206); // Cut at its end.
    });

    test("[ME2] nobody but the owner writes or deletes it, and a name is taken once", async () => {
      const shelf = new Shelf(open());
      const blob = await shelf.create(10);
      expect((await blob.put(0, random(10), random(32))).fault).toBe("bad-owner");
      expect((await blob.put(0, random(11))).fault).toBe("too-large");
      expect((await blob.put(0, random(10))).state?.written).toBe(10);
      const stolen = encodeAs(blobCreate, { ...blob.wish, ownerHash: random(32), tokens: shelf.tokens(1) });
      expect((await shelf.ask("POST", `/blobs/${blob.id}`, {}, stolen)).fault).toBe("bad-owner");
      expect((await blob.remove(random(32))).fault).toBe("bad-owner");
      expect((await blob.remove()).status).toBe(204);
      expect((await blob.get(0, 10)).fault).toBe("unknown-blob");
      expect(shelf.blobs.counts()).toEqual({ blobs: 0, blobBytes: 0 });
    });

    test("[ME3] storing costs tokens, each once, of this week or the last", async () => {
      const shelf = new Shelf(open(), { blobTokensPerDay: 8 });
      const tokens = shelf.tokens(1);
      expect((await shelf.create(10, { tokens: [] })).first.fault).toBe("bad-token");
      expect((await shelf.create(10, { tokens })).first.state?.bytes).toBe(10);
      expect((await shelf.create(10, { tokens })).first.fault).toBe("bad-token");
      const [one] = shelf.tokens(1);
      const double = [one, one] as UploadToken[];
      expect((await shelf.create(17 << 20, { tokens: double })).first.fault).toBe("bad-token");
      expect((await shelf.create(17 << 20, { tokens: shelf.tokens(2) })).first.state?.written).toBe(0);
      const [old] = shelf.tokens(1);
      expect(() => shelf.tokens(5)).toThrow("rate-limited");
      await shelf.pass(7 * dayMs);
      expect((await shelf.create(10, { tokens: [old as UploadToken] })).first.state?.bytes).toBe(10);
      const [late] = shelf.tokens(1);
      await shelf.pass(14 * dayMs);
      expect((await shelf.create(10, { tokens: [late as UploadToken] })).first.fault).toBe("bad-token");
    });

    test("[ME3] [DS52] tokens that pay for something else are spent, all or none", async () => {
      const shelf = new Shelf(open());
      const [one, two, three] = shelf.tokens(3) as [UploadToken, UploadToken, UploadToken];
      const isTaken = async (...tokens: UploadToken[]) => (await shelf.blobs.spend(tokens, "home")).ok;
      expect(await isTaken(one, two)).toBe(true);
      expect(await isTaken(three, two)).toBe(false);
      expect(await isTaken(three, three)).toBe(false);
      expect(await isTaken({ ...three, output: one.output })).toBe(false);
      expect(await isTaken(three)).toBe(true);
    });

    test("[ME7] a blob goes after its days, an unfinished one after a week", async () => {
      const shelf = new Shelf(open(), { blobDays: 30 });
      const [whole, part] = [await shelf.create(10, { days: 365 }), await shelf.create(10)];
      await whole.put(0, random(10));
      await part.put(0, random(5));
      await shelf.pass(8 * dayMs);
      expect((await part.get(0, 5)).fault).toBe("unknown-blob");
      expect((await whole.get(0, 10)).status).toBe(206);
      await shelf.pass(22 * dayMs);
      expect((await whole.get(0, 10)).fault).toBe("unknown-blob");
      await shelf.blobs.sweep();
      expect(shelf.blobs.counts()).toEqual({ blobs: 0, blobBytes: 0 });
    });

    test("[ME7] there is an end to the room: one blob, all of them, and requests", async () => {
      const shelf = new Shelf(open(), { blobBytesMax: 100, blobsBytesMax: 150, blobRequestsPerMinute: { prefix: 5 } });
      expect((await shelf.create(101)).first.fault).toBe("too-large");
      const whole = await shelf.create(100);
      await whole.put(0, random(100));
      expect((await shelf.create(100)).first.fault).toBe("storage-full");
      expect((await shelf.create(0)).first.fault).toBe("malformed");
      expect((await shelf.create(10)).first.fault).toBe("rate-limited");
    });

    test("[ME8] a copy has another name, and shares no block of 16 bytes with its original", async () => {
      const shelf = new Shelf(open());
      const file = random(5_000_003);
      const blob = await shelf.create(file.length);
      await blob.put(0, file.subarray(0, 4_000_000));
      await blob.put(4_000_000, file.subarray(4_000_000));
      const [to, layer] = [random(16), random(32)];
      const wish = { to, layer, ownerHash: random(32), days: 30, tokens: shelf.tokens(1) };
      const copy = () => shelf.ask("POST", `/blobs/${blob.id}/copies`, {}, encodeAs(blobCopy, wish));
      expect((await copy()).state?.written).toBe(file.length);
      expect((await copy()).state?.written).toBe(file.length); // Asking again changes nothing.
      const from = 1_048_576 + 16;
      const body = (await blob.get(from, from + 64, toHex(to))).body as Bytes;
      const key = await crypto.subtle.importKey("raw", layer, "AES-CTR", false, ["decrypt"]);
      const counter = new Uint8Array(16);
      new DataView(counter.buffer).setBigUint64(8, BigInt(from / 16));
      const opened = await crypto.subtle.decrypt({ name: "AES-CTR", counter, length: 64 }, key, body.slice());
      expect(new Uint8Array(opened)).toEqual(file.slice(from, from + 64));
      const blocks = new Set<string>();
      for (let at = 0; at + 16 <= file.length; at += 16) blocks.add(toHex(file.subarray(at, at + 16)));
      const whole = (await blob.get(0, 4 << 20, toHex(to))).body as Bytes;
      let shared = 0;
      for (let at = 0; at + 16 <= whole.length; at += 16) if (blocks.has(toHex(whole.subarray(at, at + 16)))) shared++;
      expect(shared).toBe(0);
    });

    test("[HO8] its owner keeps a whole file for longer, for tokens as storing it costs; a lost answer costs nothing", async () => {
      const shelf = new Shelf(open(), { blobDays: 30 });
      const [blob, part] = [await shelf.create(10), await shelf.create(10)];
      await blob.put(0, random(10));
      await part.put(0, random(5));
      const keep = (of: typeof blob, days: number, tokens: readonly UploadToken[], owner = of.secret) =>
        shelf.ask("POST", `/blobs/${of.id}/days`, { "blob-owner": toHex(owner) }, encodeAs(blobDays, { days, tokens }));
      await shelf.pass(20 * dayMs);
      const [one, two, three] = shelf.tokens(3) as [UploadToken, UploadToken, UploadToken];
      const begun = Math.floor(shelf.clock.nowMs() / dayMs);
      expect((await keep(blob, 30, [one], random(32))).fault).toBe("bad-owner");
      expect((await keep(blob, 30, [])).fault).toBe("bad-token");
      expect((await keep(blob, 30, [one, two])).fault).toBe("bad-token");
      expect((await keep(blob, 30, [{ ...one, output: two.output }])).fault).toBe("bad-token");
      expect((await keep(blob, 365, [one])).state?.expiresDay).toBe(begun + 30); // As long as home keeps any.
      expect((await keep(blob, 365, [one])).state?.expiresDay).toBe(begun + 30);
      expect((await keep(blob, 3, [])).state?.expiresDay).toBe(begun + 30); // Never shorter.
      await shelf.pass(25 * dayMs);
      expect((await blob.get(0, 10)).status).toBe(206);
      expect((await keep(blob, 30, [one])).fault).toBe("bad-token");
      expect((await keep(part, 30, [two])).fault).toBe("unknown-blob");
      await shelf.pass(5 * dayMs);
      expect((await keep(blob, 30, [three])).fault).toBe("unknown-blob");
    });

    test("[HO8] a file that is not whole is not kept for longer", async () => {
      const shelf = new Shelf(open());
      const part = await shelf.create(10);
      await part.put(0, random(5));
      const body = encodeAs(blobDays, { days: 30, tokens: shelf.tokens(1) });
      const owner = { "blob-owner": toHex(part.secret) };
      expect((await shelf.ask("POST", `/blobs/${part.id}/days`, owner, body)).fault).toBe("unknown-blob");
    });

    test("[ME1] what is no name, no method and no body is malformed", async () => {
      const shelf = new Shelf(open());
      for (const [method, path] of [
        ["GET", "/blobs/../../etc/passwd"],
        ["GET", "/blobs/ABCDEF00112233445566778899aabbcc"],
        ["PATCH", `/blobs/${toHex(random(16))}`],
        ["DELETE", `/blobs/${toHex(random(16))}/state`],
        ["POST", `/blobs/${toHex(random(16))}`],
      ] as const)
        expect((await shelf.ask(method, path, {}, random(50))).fault).toBe("malformed");
    });
  });
}

test("[DS128] what is uploaded goes to the disk as it comes, and what is read is not taken into memory", async () => {
  const path = nextFolder();
  const shelf = new Shelf(openBlobStore(path));
  const file = random(3 << 20);
  const blob = await shelf.create(file.length);
  const onDisk = () => Bun.file(join(path, blob.id.slice(0, 2), blob.id)).size;
  const sizes: number[] = [];
  async function* chunks(upTo = file.length) {
    for (let at = 0; at < upTo; at += 1 << 20) {
      sizes.push(at === 0 ? 0 : onDisk());
      yield file.subarray(at, at + (1 << 20));
    }
    if (upTo < file.length) throw new Error("the line broke");
  }
  const put = (body: AsyncIterable<Bytes>) =>
    shelf.blobs.answer({
      method: "PUT",
      path: `/blobs/${blob.id}`,
      header: (name) => ({ "upload-offset": "0", "blob-owner": toHex(blob.secret) })[name] ?? null,
      body: () => Promise.reject(new Error("never as a whole")),
      chunks: () => body,
      prefix: "home",
    });
  async function* more() {
    yield file;
    yield file.subarray(0, 1);
  }
  expect(fromUtf8((await put(more())).body ?? new Uint8Array())).toBe("too-large");
  await expect(put(chunks(2 << 20))).rejects.toThrow("the line broke");
  expect((await shelf.ask("GET", `/blobs/${blob.id}/state`)).state?.written).toBe(0);
  expect((await put(chunks())).status).toBe(200);
  expect(sizes).toEqual([0, 1 << 20, 0, 1 << 20, 2 << 20]);
  const read = await shelf.blobs.answer({
    method: "GET",
    path: `/blobs/${blob.id}`,
    header: () => "bytes=5-2000004",
    body: async () => new Uint8Array(),
    isStreamed: true,
    prefix: "home",
  });
  expect(read.body).toBeUndefined();
  expect(new Uint8Array(await new Response(read.stream as Blob).arrayBuffer())).toEqual(file.slice(5, 2_000_005));
});

test("[DS130] a body that says that it is too long is refused before any of it is read", async () => {
  const shelf = new Shelf(memoryBlobStore(random(32)));
  const blob = await shelf.create(100);
  for (const [method, path, length] of [
    ["POST", `/blobs/${toHex(random(16))}`, 40_000],
    ["PUT", `/blobs/${blob.id}`, 101],
    ["PUT", `/blobs/${toHex(random(16))}`, 10],
  ] as const) {
    const answer = await shelf.blobs.answer({
      method,
      path,
      header: (name) =>
        ({ "content-length": `${length}`, "upload-offset": "0", "blob-owner": toHex(blob.secret) })[name] ?? null,
      body: () => Promise.reject(new Error("it was read")),
      prefix: "home",
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
});

test("[DS129] what was announced and not sent takes no room from others, is limited by place, and is forgotten soon", async () => {
  const shelf = new Shelf(memoryBlobStore(random(32)), { blobsBytesMax: 1_000, blobBeginsPerDay: { prefix: 12 } });
  const wishes = [];
  for (let i = 0; i < 10; i++) wishes.push(await shelf.create(900));
  const honest = await shelf.create(1_000);
  expect((await honest.put(0, random(600))).state?.written).toBe(600);
  expect((await shelf.create(900)).first.fault).toBe("storage-full"); // It would not fit now.
  expect((await honest.put(600, random(400))).state?.written).toBe(1_000);
  expect((await wishes[0]?.put(0, random(900)))?.fault).toBe("storage-full");
  await honest.remove();
  expect((await shelf.create(10)).first.status).toBe(200);
  expect((await shelf.create(10)).first.fault).toBe("rate-limited");
  await shelf.pass(3 * dayMs);
  await shelf.blobs.sweep();
  expect(shelf.blobs.counts()).toEqual({ blobs: 0, blobBytes: 0 });
});

test("[DS131] a token that is named seventy times, was spent, or is of another week is not computed on; of false ones few are", async () => {
  const store = memoryBlobStore(random(32));
  let pauses = 0;
  const clock = new ManualClock();
  const ports = { clock, random, primitives: nodePrimitives, pause: async () => void pauses++ };
  const shelf = new Shelf(store, { wrongTokensPerMinute: { prefix: 3 } });
  shelf.blobs = new Blobs(store, ports, { ...defaultConfig, wrongTokensPerMinute: { prefix: 3 } });
  const [one, two] = shelf.tokens(2) as [UploadToken, UploadToken];
  const spend = async (...tokens: UploadToken[]) => {
    const outcome = await shelf.blobs.spend(tokens, "home");
    return outcome.ok ? "ok" : outcome.code;
  };
  expect(await spend(...Array.from({ length: 70 }, () => one))).toBe("bad-token");
  expect(await spend({ ...one, epoch: one.epoch - 2 })).toBe("bad-token");
  expect(pauses).toBe(0);
  expect(await spend(one, two)).toBe("ok");
  expect(pauses).toBe(2); // Others were served after each.
  expect(await spend(one)).toBe("bad-token");
  const forged = () => ({ epoch: one.epoch, input: random(32), output: random(64) });
  expect([await spend(forged()), await spend(forged()), await spend(forged()), await spend(forged())]).toEqual([
    "bad-token",
    "bad-token",
    "bad-token",
    "rate-limited",
  ]);
  expect(await shelf.blobs.spend(shelf.tokens(1), "elsewhere")).toMatchObject({ ok: true });
  await clock.pass(60_000);
  expect(await spend(...shelf.tokens(1))).toBe("ok");
});

test("[ME7] a file's times say no more than the day", async () => {
  const path = join(folder, "times");
  const shelf = new Shelf(openBlobStore(path));
  const blob = await shelf.create(10);
  await blob.put(0, random(10));
  expect(readdirSync(join(path, blob.id.slice(0, 2)))).toEqual([blob.id]);
  const { mtimeMs, atimeMs } = await Bun.file(join(path, blob.id.slice(0, 2), blob.id)).stat();
  expect([mtimeMs % dayMs, atimeMs % dayMs]).toEqual([0, 0]);
});

test("[ME20] [DS34] an index of the version before is brought forward, with what stands in it", async () => {
  const path = nextFolder();
  const shelf = new Shelf(openBlobStore(path));
  const blob = await shelf.create(1_000);
  const file = random(1_000);
  await blob.put(0, file);
  shelf.store.close();
  const database = new Database(join(path, "index.db"));
  database.run("DROP TABLE blob_parts; DROP TABLE leaving_blobs; DROP TABLE blob_totals; PRAGMA user_version = 1");
  database.close();
  const again = new Shelf(openBlobStore(path));
  expect(again.blobs.counts()).toEqual({ blobs: 1, blobBytes: 1_000 });
  expect((await again.ask("GET", `/blobs/${blob.id}`, { range: "bytes=0-999" })).body).toEqual(file);
  expect((await again.ask("DELETE", `/blobs/${blob.id}`, { "blob-owner": toHex(blob.secret) })).status).toBe(204);
  expect(again.blobs.counts()).toEqual({ blobs: 0, blobBytes: 0 });
});

test("[ME20] [ME21] while the bucket is away files wait, and what was deleted goes when it is back", async () => {
  const s3 = new S3Fake();
  const shelf = new Shelf(inBucket(nextFolder(), s3.place));
  const blob = await shelf.create(100_000);
  await blob.put(0, random(60_000));
  s3.trouble = "slow down";
  await expect(blob.put(60_000, random(40_000))).rejects.toThrow(/^the bucket: SlowDown$/);
  await expect(blob.get(0, 10)).rejects.toThrow("SlowDown");
  expect((await shelf.ask("GET", `/blobs/${blob.id}/state`)).state?.written).toBe(60_000);
  await expect(blob.remove()).rejects.toThrow("SlowDown");
  expect((await blob.get(0, 10)).fault).toBe("unknown-blob");
  expect((await blob.create()).fault).toBe("bad-owner");
  shelf.blobs = shelf.open(); // A crash forgets it no more than the fault did.
  await expect(shelf.blobs.sweep()).rejects.toThrow("SlowDown");
  expect(s3.bytes(blob.id)).toBe(60_000);
  s3.trouble = "none";
  await shelf.blobs.sweep();
  expect([s3.objects.size, shelf.store.index.leaving(1)]).toEqual([0, []]);
  s3.trouble = "no room";
  const next = await shelf.create(10);
  expect((await next.put(0, random(10))).fault).toBe("storage-full");
  await s3.end();
}, 20_000);

test("[ME21] many parts are read as one, and all of their objects go, however many pages name them", async () => {
  const s3 = new S3Fake();
  const shelf = new Shelf(inBucket(nextFolder(), s3.place));
  const file = random(130_000);
  const blob = await shelf.create(file.length);
  for (let at = 0; at < file.length; at += 10_000) await blob.put(at, file.subarray(at, at + 10_000));
  expect((await blob.get(9_990, 75_001)).body).toEqual(file.subarray(9_990, 75_001));
  expect(s3.bytes(blob.id)).toBe(130_000);
  expect([...s3.objects.keys()].every((key) => /^home\/[0-9a-f]{32}\/\d+-\d+$/.test(key))).toBe(true);
  s3.objects.set(`home/${blob.id}/0-777`, random(777)); // Never acknowledged: its server died.
  expect((await blob.remove()).status).toBe(204);
  expect(s3.objects.size).toBe(0);
  await s3.end();
});

describe.skipIf(!hasPostgres)("by several servers", () => {
  test("[ME22] an upload begun at one goes on at another, of two writers one counts, and a token pays once", async () => {
    const url = cluster.database();
    const [one, other] = [new Shelf(shared(url)), new Shelf(shared(url))];
    const file = random(60_000);
    const tokens = one.tokens(1);
    const blob = await one.create(file.length, { tokens });
    expect((await blob.put(0, file.subarray(0, 20_000))).state?.written).toBe(20_000);
    expect((await other.create(10, { tokens })).first.fault).toBe("bad-token");
    const put = (at: Shelf, from: number, to: number) =>
      at.ask(
        "PUT",
        `/blobs/${blob.id}`,
        { "upload-offset": `${from}`, "blob-owner": toHex(blob.secret) },
        file.subarray(from, to),
      );
    const both = await Promise.all([put(one, 20_000, 30_000), put(other, 20_000, 40_000)]);
    expect(both.map(({ fault, state }) => fault ?? state?.written).filter((it) => it === "wrong-offset")).toHaveLength(
      1,
    );
    const written = both.find(({ state }) => state !== undefined)?.state?.written as number;
    expect((await put(other, written, 60_000)).state?.written).toBe(60_000);
    for (const shelf of [one, other])
      expect((await shelf.ask("GET", `/blobs/${blob.id}`, { range: "bytes=0-59999" })).body).toEqual(file);
    expect(other.blobs.counts()).toEqual({ blobs: 1, blobBytes: 60_000 });
    expect((await other.ask("DELETE", `/blobs/${blob.id}`, { "blob-owner": toHex(blob.secret) })).status).toBe(204);
    expect((await one.ask("GET", `/blobs/${blob.id}`, { range: "bytes=0-9" })).fault).toBe("unknown-blob");
    for (const { store } of [one, other]) store.close();
  }, 30_000);
});

test("[ME3] tokens are drawn of this week alone, and not none of them", () => {
  const shelf = new Shelf(memoryBlobStore(random(32)));
  const { epoch } = shelf.blobs.terms();
  const { blinded } = blindToken(random);
  const draw = (...wish: readonly [number, readonly Bytes[]]) =>
    shelf.blobs.drawRefusal(1, 10, { epoch: wish[0], blinded: [...wish[1]] });
  expect(draw(epoch + 1, [blinded])).toMatchObject({ code: "stale-epoch" });
  expect(draw(epoch, [])).toMatchObject({ code: "malformed" });
  expect(draw(epoch, [blinded])).toBeUndefined();
});

test("[ME4] a part has a place and holds something, and of two at one place the second is not taken", async () => {
  const shelf = new Shelf(memoryBlobStore(random(32)));
  const blob = await shelf.create(10);
  const owner = { "blob-owner": toHex(blob.secret) };
  for (const offset of ["", "0x0", "00000000000000"])
    expect((await shelf.ask("PUT", `/blobs/${blob.id}`, { ...owner, "upload-offset": offset }, random(5))).fault).toBe(
      "malformed",
    );
  expect((await blob.put(0, new Uint8Array())).fault).toBe("malformed");
  const { promise: first, resolve: come } = Promise.withResolvers<Bytes>();
  const put = (body: () => Promise<Bytes>) =>
    shelf.blobs.answer({
      method: "PUT",
      path: `/blobs/${blob.id}`,
      header: (name) => ({ ...owner, "upload-offset": "0" })[name] ?? null,
      body,
      prefix: "home",
    });
  for (const owner of ["", "zz", toHex(blob.secret).toUpperCase()])
    expect((await shelf.ask("PUT", `/blobs/${blob.id}`, { "upload-offset": "0", "blob-owner": owner })).fault).toBe(
      "bad-owner",
    );
  const slow = put(() => first);
  const second = await put(() => Promise.reject(new Error("it was read")));
  expect(fromUtf8(second.body ?? new Uint8Array())).toBe("wrong-offset");
  come(random(10));
  expect((await slow).status).toBe(200);
});

test("[ME5] without a range, or for more than one part, nothing is read", async () => {
  const shelf = new Shelf(memoryBlobStore(random(32)));
  const blob = await shelf.create(blobLimits.partBytesMax + 1);
  await blob.put(0, new Uint8Array(blobLimits.partBytesMax));
  await blob.put(blobLimits.partBytesMax, new Uint8Array(1));
  expect((await shelf.ask("GET", `/blobs/${blob.id}`)).fault).toBe("bad-range");
  expect((await blob.get(0, blobLimits.partBytesMax + 1)).fault).toBe("bad-range");
  expect((await blob.get(1, blobLimits.partBytesMax + 1)).status).toBe(206);
});

test("[ME8] what is not whole is not copied, nor by two at once, nor what the disk lost", async () => {
  const store = memoryBlobStore(random(32));
  const shelf = new Shelf(store);
  const blob = await shelf.create(10);
  const wish = { to: random(16), layer: random(32), ownerHash: random(32), days: 30, tokens: shelf.tokens(1) };
  const copy = (over: object = {}) =>
    shelf.ask("POST", `/blobs/${blob.id}/copies`, {}, encodeAs(blobCopy, { ...wish, ...over }));
  await blob.put(0, random(5));
  expect((await copy()).fault).toBe("unknown-blob");
  await blob.put(5, random(5));
  const [reads, mayRead] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { read } = store.disk;
  Object.assign(store.disk, {
    read: async (...asked: Parameters<typeof read>) => {
      reads.resolve();
      await mayRead.promise;
      await Bun.sleep(0);
      return read(...asked);
    },
  });
  const first = copy();
  await reads.promise;
  expect((await copy()).fault).toBe("wrong-offset");
  mayRead.resolve();
  expect((await first).state?.written).toBe(10);
  (store.files as Map<string, Bytes>).delete(blob.id);
  expect((await copy({ to: random(16), tokens: shelf.tokens(1) })).fault).toBe("unknown-blob");
});

test("[DS31] where the disk may not grow, or the log is full, a file is refused as such", async () => {
  const store = memoryBlobStore(random(32));
  const shelf = new Shelf(store);
  const [blob, spare] = [await shelf.create(10), shelf.tokens(2)];
  let mayGrow = false;
  const ports = { clock: shelf.clock, random, primitives: nodePrimitives, mayGrow: () => mayGrow };
  shelf.blobs = new Blobs(store, ports, defaultConfig);
  expect((await shelf.create(10, { tokens: spare.slice(0, 1) })).first.fault).toBe("storage-full");
  expect((await blob.put(0, random(10))).fault).toBe("storage-full");
  const whole = { bytes: 10, written: 10, days: 1, expiresDay: 99_999, ownerHash: nodePrimitives.sha256(blob.secret) };
  store.index.create("f".repeat(32), { ...whole, expiresDay: Math.floor(shelf.clock.nowMs() / dayMs) + 1 }, []);
  const longer = encodeAs(blobDays, { days: 30, tokens: [spare[1] as UploadToken] });
  const owner = { "blob-owner": toHex(blob.secret) };
  expect((await shelf.ask("POST", `/blobs/${"f".repeat(32)}/days`, owner, longer)).fault).toBe("storage-full");
  mayGrow = true;
  Object.assign(store.index, {
    advance: () => {
      throw new LogFullError("no room");
    },
  });
  expect((await blob.put(0, random(10))).fault).toBe("storage-full");
});
