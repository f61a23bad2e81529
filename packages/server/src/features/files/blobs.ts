/**
 * Blobs: encrypted files, of which this server knows a random name, a size and a day (docs/spec/media.md ME1–ME8). Who
 * stores one shows upload tokens, which some account drew blinded; who reads one shows its name, which is told to
 * nobody but in messages. Pure over its ports: the gateway brings the HTTP.
 */
import {
  type BlobFault,
  type Bytes,
  blobCopy,
  blobCreate,
  blobDays,
  blobFaults,
  blobLimits,
  blobState,
  type CallArgs,
  type CallResult,
  decodeAs,
  encodeAs,
  equalBytes,
  evaluateTokens,
  fromHex,
  MalformedError,
  type Schema,
  toHex,
  tokensFor,
  type UploadToken,
  type UploadTokenKey,
  uploadTokenEpochAt,
  uploadTokenKey,
  utf8,
} from "@yanshu/wire";
import { BlobDiskFullError, type BlobRow, type BlobStore } from "../../blobs/store.ts";
import { Faults } from "../../core/faults.ts";
import { accept, done, type Outcome, type Refusal, refuse } from "../../core/outcome.ts";
import type { Clock, Pause, Random, SyncPrimitives } from "../../core/ports.ts";
import { dayMs, dayOf, minuteMs, RateLimit } from "../../core/rate.ts";
import type { HttpAnswer, HttpRequest } from "../../feature.ts";
import { LogFullError } from "../../log/log.ts";
import { layered } from "./layer.ts";
import type { FileLimits } from "./limits.ts";
import { TokenDesk } from "./tokens.ts";

/** What nobody went on uploading is dropped. */
const unfinishedDays = 7;
/** What was announced and not begun within a day. */
const unbegunDays = 2;
/** Of a file that others keep, read on as it is taken. */
const streamBytes = 256 * 1024;
const sweepMs = 3_600_000;
const sweepMax = 1_000;

class Fault extends Error {
  readonly code: BlobFault;
  constructor(code: BlobFault) {
    super(code);
    this.code = code;
  }
}

export type BlobPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly pause?: Pause | undefined;
  /** Where exceptions are counted; its own, if absent. */
  readonly faults?: Faults;
  /** Whether the disk has room for more; always, if absent. */
  readonly mayGrow?: () => boolean;
};

export class Blobs {
  private readonly store: BlobStore;
  private readonly ports: BlobPorts;
  private readonly faults: Faults;
  private readonly config: FileLimits;
  private readonly requests: RateLimit;
  private readonly begins: RateLimit;
  private readonly tokens: TokenDesk;
  /** False while the clock is not believed (docs/spec/delivery.md DS65). */
  private readonly mayExpire: () => boolean;
  /** Tokens that an account drew today. In memory: nothing on disk says who stores anything. */
  private readonly drawn = new Map<number, number>();
  private drawnDay = 0;
  private readonly keys = new Map<number, UploadTokenKey>();
  /** Blobs that are being written: one part at a time. */
  private readonly busy = new Set<string>();
  private stopSweeping: () => void = () => undefined;

  constructor(store: BlobStore, ports: BlobPorts, config: FileLimits, mayExpire: () => boolean = () => true) {
    this.mayExpire = mayExpire;
    this.faults = ports.faults ?? new Faults();
    this.store = store;
    this.ports = ports;
    this.config = config;
    this.requests = new RateLimit(config.blobRequestsPerMinute.prefix, minuteMs);
    this.begins = new RateLimit(config.blobBeginsPerDay.prefix, dayMs);
    this.tokens = new TokenDesk(store.index, { ...ports, keyOf: (epoch) => this.takenKey(epoch) }, config);
  }

  start(): void {
    this.stopSweeping = this.ports.clock.after(sweepMs, () => {
      this.sweep().catch((error) => this.faults.caught("sweeping files", error)); // It is swept an hour later.
      this.start();
    });
  }

  stop(): void {
    this.stopSweeping();
  }

  counts(): { readonly blobs: number; readonly blobBytes: number } {
    const { blobs, bytes } = this.store.index.counts();
    return { blobs, blobBytes: bytes };
  }

  terms(): CallResult<"blobTerms"> {
    const epoch = this.epoch();
    const { blobBytesMax: bytesMax, blobDays: days } = this.config;
    return { epoch, publicKey: this.key(epoch).publicKey, bytesMax, days };
  }

  /**
   * Why what an account drew is not signed, as far as looking tells; what may be counts from then on.
   *
   * @param most how many of the day's the account may have: they grow with its age (docs/spec/delivery.md DS141).
   * @checks ME3
   */
  drawRefusal(account: number, most: number, { epoch, blinded }: CallArgs<"blobTokens">): Refusal | undefined {
    if (epoch !== this.epoch()) return refuse("stale-epoch");
    if (blinded.length === 0) return refuse("malformed");
    const today = this.today();
    if (today !== this.drawnDay) this.drawn.clear();
    this.drawnDay = today;
    const count = (this.drawn.get(account) ?? 0) + blinded.length;
    if (count > most) return refuse("rate-limited");
    this.drawn.set(account, count);
    return undefined;
  }

  /**
   * Signs what was drawn; which tokens they will be, it cannot see. A dozen milliseconds of work for as many as one may
   * ask for at once.
   */
  sign({ epoch, blinded }: CallArgs<"blobTokens">): Outcome<CallResult<"blobTokens">> {
    try {
      return accept(evaluateTokens(this.key(epoch), blinded, this.ports.random));
    } catch {
      return refuse("malformed");
    }
  }

  isOurs(token: UploadToken, prefix: string | undefined): Promise<Outcome<Record<never, never>>> {
    return this.tokens.isOurs(token, prefix);
  }

  /** Tokens pay for what else nobody shall have without end, too. `bad-token`: one of them is none, or was spent. */
  async spend(tokens: readonly UploadToken[], prefix: string | undefined): Promise<Outcome<Record<never, never>>> {
    const checked = await this.tokens.check(tokens, prefix);
    // @checks ME3
    if (!checked.ok) return checked;
    // @checks ME3
    return this.store.index.spend(tokens) ? done : refuse("bad-token");
  }

  /** @checks ME1 */
  async answer(request: HttpRequest): Promise<HttpAnswer> {
    try {
      const { prefix } = request;
      if (prefix !== undefined && !this.requests.take(prefix, this.ports.clock.nowMs()))
        throw new Fault("rate-limited");
      return await this.route(request);
    } catch (error) {
      if (error instanceof Fault) return fault(error.code);
      if (error instanceof MalformedError) return fault("malformed");
      if (error instanceof BlobDiskFullError || error instanceof LogFullError) {
        this.faults.caught("a file", new LogFullError("no room left"));
        return fault("storage-full");
      }
      throw error;
    }
  }

  /** Removes what has had its time. */
  async sweep(): Promise<void> {
    if (!this.mayExpire()) return;
    for (;;) {
      const gone = this.store.index.expired(this.today(), sweepMax);
      for (const id of gone) await this.drop(id);
      if (gone.length < sweepMax) break;
    }
    for (const id of this.store.index.leaving(sweepMax)) await this.free(id);
    this.store.index.forgetSpent(this.epoch() - 1);
    this.store.index.tidy();
  }

  private async route(request: HttpRequest): Promise<HttpAnswer> {
    const [, id = "", action] = /^\/blobs\/([0-9a-f]{32})(\/state|\/copies|\/days)?$/.exec(request.path) ?? [];
    // @checks ME1
    if (id === "") throw new Fault("malformed");
    const { method } = request;
    if (action === "/state" && method === "GET") return state(this.find(id));
    if (action === "/copies" && method === "POST") return this.copy(id, request);
    if (action === "/days" && method === "POST") return this.keepLonger(id, request);
    // @checks ME1
    if (action !== undefined) throw new Fault("malformed");
    switch (method) {
      case "POST":
        return this.create(id, await read(request, blobCreate), request.prefix);
      case "PUT":
        return this.put(id, request);
      case "GET":
        return this.get(id, request);
      case "DELETE":
        this.mustOwn(this.find(id), request);
        await this.drop(id);
        return { status: 204, headers: {} };
      default:
        throw new Fault("malformed");
    }
  }

  /** @checks ME1, ME2, ME3 */
  private async create(
    id: string,
    wish: { bytes: number; ownerHash: Bytes; days: number; tokens: readonly UploadToken[] },
    prefix: string | undefined,
  ): Promise<HttpAnswer> {
    const held = this.store.index.find(id);
    if (held !== undefined) {
      // The answer was lost, or the owner comes back after a restart.
      if (held.bytes === wish.bytes && equalBytes(held.ownerHash, wish.ownerHash)) return state(held);
      throw new Fault("bad-owner");
    }
    // What is still to be removed would take it along.
    if (this.store.index.isLeaving(id)) throw new Fault("bad-owner");
    if (wish.bytes === 0) throw new Fault("malformed");
    this.mustHaveRoom();
    if (wish.bytes > this.config.blobBytesMax) throw new Fault("too-large");
    if (this.store.index.counts().bytes + wish.bytes > this.config.blobsBytesMax) throw new Fault("storage-full");
    if (wish.tokens.length !== tokensFor(wish.bytes)) throw new Fault("bad-token");
    const nowMs = this.ports.clock.nowMs();
    if (prefix !== undefined && !this.begins.has(prefix, nowMs)) throw new Fault("rate-limited");
    const checked = await this.tokens.check(wish.tokens, prefix);
    if (!checked.ok) throw new Fault(checked.code === "rate-limited" ? "rate-limited" : "bad-token");
    const days = Math.min(wish.days, this.config.blobDays);
    const row: BlobRow = {
      bytes: wish.bytes,
      written: 0,
      days,
      expiresDay: this.today() + Math.min(unbegunDays, days),
      ownerHash: wish.ownerHash,
    };
    if (!this.store.index.create(id, row, wish.tokens)) throw new Fault("bad-token");
    if (prefix !== undefined) this.begins.take(prefix, nowMs);
    return state(row);
  }

  /** @checks HO8 */
  private async keepLonger(id: string, request: HttpRequest): Promise<HttpAnswer> {
    const row = this.find(id);
    this.mustOwn(row, request);
    const { days, tokens } = await read(request, blobDays);
    if (row.written < row.bytes) throw new Fault("unknown-blob");
    const expiresDay = this.today() + Math.min(days, this.config.blobDays);
    if (expiresDay <= row.expiresDay) return state(row); // The answer was lost, or nothing is gained.
    this.mustHaveRoom();
    if (tokens.length !== tokensFor(row.bytes)) throw new Fault("bad-token");
    const checked = await this.tokens.check(tokens, request.prefix);
    if (!checked.ok) throw new Fault(checked.code === "rate-limited" ? "rate-limited" : "bad-token");
    if (!this.store.index.extend(id, expiresDay, tokens)) throw new Fault("bad-token");
    return state(this.find(id));
  }

  /** @checks ME4 */
  private async put(id: string, request: HttpRequest): Promise<HttpAnswer> {
    const row = this.find(id);
    this.mustOwn(row, request);
    const offset = request.header("upload-offset") ?? "";
    if (!/^\d{1,12}$/.test(offset)) throw new Fault("malformed");
    if (Number(offset) !== row.written || this.busy.has(id)) throw new Fault("wrong-offset");
    const room = Math.min(blobLimits.partBytesMax, row.bytes - row.written);
    if (Number(request.header("content-length") ?? 0) > room) throw new Fault("too-large");
    if (this.store.index.counts().bytes >= this.config.blobsBytesMax) throw new Fault("storage-full");
    this.mustHaveRoom();
    this.busy.add(id);
    try {
      const length = await this.writePart(id, row.written, request, room);
      if (length === 0) throw new Fault("malformed");
      return state(await this.advance(id, row, row.written + length));
    } finally {
      this.busy.delete(id);
    }
  }

  /** Answers how many bytes came. What the disk takes bit by bit is never in memory as a whole. */
  private async writePart(id: string, offset: number, request: HttpRequest, room: number): Promise<number> {
    const { disk } = this.store;
    if (request.chunks !== undefined && disk.writeStream !== undefined)
      return disk.writeStream(id, offset, upTo(room, request.chunks()));
    const bytes = await request.body(blobLimits.partBytesMax);
    // @checks ME4
    if (bytes.length > room) throw new Fault("too-large");
    if (bytes.length > 0) await disk.write(id, offset, bytes);
    return bytes.length;
  }

  private async advance(id: string, row: BlobRow, written: number): Promise<BlobRow> {
    const isWhole = written === row.bytes;
    const begun = row.written === 0 ? this.today() + Math.min(unfinishedDays, row.days) : row.expiresDay;
    const expiresDay = isWhole ? this.today() + row.days : begun;
    // @checks ME4
    if (!this.store.index.advance(id, { from: row.written, to: written }, expiresDay)) {
      if (this.store.index.find(id) !== undefined) throw new Fault("wrong-offset"); // Another server was faster.
      await this.drop(id); // Deleted meanwhile.
      throw new Fault("unknown-blob");
    }
    if (isWhole) await this.store.disk.finish(id, this.today());
    return { ...row, written, expiresDay };
  }

  private async get(id: string, request: HttpRequest): Promise<HttpAnswer> {
    const row = this.find(id);
    const [, first = "", last = ""] = /^bytes=(\d{1,12})-(\d{1,12})$/.exec(request.header("range") ?? "") ?? [];
    const from = Number(first);
    const end = Math.min(Number(last) + 1, row.written);
    // @checks ME5
    if (first === "" || end <= from || end - from > blobLimits.partBytesMax) throw new Fault("bad-range");
    const headers = {
      "content-type": "application/octet-stream",
      "content-range": `bytes ${from}-${end - 1}/${row.bytes}`,
      "cache-control": "no-store", // The device keeps it itself, and knows until when.
    };
    if (request.isStreamed === true) return { status: 206, headers, stream: this.streamed(id, from, end) };
    return { status: 206, headers, body: await this.store.disk.read(id, from, end - from) };
  }

  /** Read as it is taken: what nobody reads stays where it is. */
  private streamed(id: string, from: number, end: number): Blob | ReadableStream<Uint8Array> {
    const { disk } = this.store;
    if (disk.file !== undefined) return disk.file(id, from, end - from);
    let at = from;
    return new ReadableStream({
      pull: async (controller) => {
        if (at >= end) return controller.close();
        const bytes = await disk.read(id, at, Math.min(streamBytes, end - at));
        at += bytes.length;
        if (bytes.length === 0) controller.error(new Error("less is there than was"));
        else controller.enqueue(bytes);
      },
    });
  }

  /** The same file under another name and another layer: nobody has to upload it again. */
  private async copy(id: string, request: HttpRequest): Promise<HttpAnswer> {
    const source = this.find(id);
    // @checks ME8
    if (source.written < source.bytes) throw new Fault("unknown-blob");
    const { to, layer, ...wish } = await read(request, blobCopy);
    const target = toHex(to);
    await this.create(target, { ...wish, bytes: source.bytes }, request.prefix);
    // @checks ME8
    if (this.busy.has(target)) throw new Fault("wrong-offset");
    this.busy.add(target);
    try {
      let row = this.find(target);
      while (row.written < row.bytes) {
        const part = await this.store.disk.read(
          id,
          row.written,
          Math.min(blobLimits.partBytesMax, row.bytes - row.written),
        );
        // @checks ME8
        if (part.length === 0) throw new Fault("unknown-blob");
        await this.store.disk.write(target, row.written, layered(layer, row.written, part));
        row = await this.advance(target, row, row.written + part.length);
      }
      return state(row);
    } finally {
      this.busy.delete(target);
    }
  }

  /** @checks DS31 */
  private mustHaveRoom(): void {
    if (this.ports.mayGrow?.() === false) throw new Fault("storage-full");
  }

  /** @checks ME7 */
  private find(id: string): BlobRow {
    const row = this.store.index.find(id);
    if (row === undefined || row.expiresDay <= this.today()) throw new Fault("unknown-blob");
    return row;
  }

  /** @checks ME2 */
  private mustOwn(row: BlobRow, request: HttpRequest): void {
    const secret = request.header("blob-owner") ?? "";
    const isHex = /^[0-9a-f]{64}$/.test(secret);
    if (!isHex || !equalBytes(this.ports.primitives.sha256(fromHex(secret)), row.ownerHash))
      throw new Fault("bad-owner");
  }

  /** @checks ME3 */
  private takenKey(epoch: number): UploadTokenKey | undefined {
    const now = this.epoch();
    return epoch === now || epoch === now - 1 ? this.key(epoch) : undefined;
  }

  private async drop(id: string): Promise<void> {
    this.store.index.remove(id);
    await this.free(id);
  }

  private async free(id: string): Promise<void> {
    await this.store.disk.remove(id);
    this.store.index.freed(id);
  }

  private today(): number {
    return dayOf(this.ports.clock.nowMs());
  }

  private epoch(): number {
    return uploadTokenEpochAt(this.ports.clock.nowMs());
  }

  private key(epoch: number): UploadTokenKey {
    const known = this.keys.get(epoch);
    if (known !== undefined) return known;
    const made = uploadTokenKey(this.store.index.seed, epoch);
    // Tokens of this week and of the last come side by side.
    for (const held of this.keys.keys()) if (held < this.epoch() - 1) this.keys.delete(held);
    this.keys.set(epoch, made);
    return made;
  }
}

function state({ bytes, written, expiresDay }: BlobRow): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/cbor", "cache-control": "no-store" },
    body: encodeAs(blobState, { bytes, written, expiresDay }),
  };
}

function fault(code: BlobFault): HttpAnswer {
  return { status: blobFaults[code], headers: { "content-type": "text/plain" }, body: utf8(code) };
}

async function read<T>(request: HttpRequest, schema: Schema<T>): Promise<T> {
  const { requestBytesMax } = blobLimits;
  // @checks ME1
  if (Number(request.header("content-length") ?? 0) > requestBytesMax) throw new Fault("malformed");
  const body = await request.body(requestBytesMax);
  await request.turn?.();
  return decodeAs(schema, body, requestBytesMax);
}

/** @throws Fault once there is more. */
async function* upTo(bytesMax: number, chunks: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    // @checks ME4
    if (length > bytesMax) throw new Fault("too-large");
    yield chunk;
  }
}
