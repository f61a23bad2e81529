/**
 * Transfers: files on their way, both ways, a few at a time (docs/spec/media.md ME4, ME6). What is wanted stands in the
 * store, so that each goes on where it stopped: after a lost line, and after a restart.
 */
import {
  addOwnBlob,
  type OwnBlob,
  readBlob,
  readOwnBlob,
  type StoredBlob,
  setBlobExpiry,
  setBlobWish,
  setWritten,
  wishedBlobs,
} from "@yanshu/store";
import { type Bytes, fromHex, toHex, tokensFor } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { Source, TransferView } from "../api/media.ts";
import type { Transfers } from "../api/transfers.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import type { Cancel, MediaPorts } from "../ports.ts";
import { countChunks, dayNow, hasChunk } from "./blob-refs.ts";
import { createChunks, nextStep } from "./chunks.ts";
import { type Progress, startProgress } from "./progress.ts";
import { blobServer } from "./server.ts";
import { chunkBytes, chunkCount, cipherBytes, sealedChunkBytes } from "./stream.ts";
import { asShown, spent, takeTokens } from "./tokens.ts";

const atOnceMax = 3;
const retryMsMin = 1_000;
const retryMsMax = 60_000;
const putBytesMin = 128 * 1024;
const putBytesMax = 4 << 20;
/** As long as the server keeps anything: it decides. */
const daysWanted = 365;

/** `stop`: paused or forgotten meanwhile. */
type Outcome = "done" | "retry" | "stop" | { readonly fault: string };

export function createTransfers(engine: Engine, media: MediaPorts, stored: (handle: Bytes) => void): Transfers {
  const { db, ports } = engine;
  const running = new Map<Hex, Progress>();
  const sources = new Map<Hex, Source>();
  const staging = new Map<string, Promise<boolean>>();
  const waiting = new Map<Hex, Cancel>();
  const failures = new Map<Hex, number>();
  let stopped = false;
  const chunks = createChunks(engine, media, (handle, bytes) => moved(handle, bytes));

  function moved(handle: Bytes, bytes: number): void {
    const name = toHex(handle);
    running.get(name)?.moved(bytes, ports.nowMs());
    engine.changed(`blob:${name}`);
  }

  /** Starts what is wanted and has room. */
  function schedule(): void {
    if (stopped || engine.own === undefined) return;
    for (const { handle, wish } of wishedBlobs(db)) {
      const name = toHex(handle);
      if (running.size >= atOnceMax) return;
      if (running.has(name) || waiting.has(name)) continue;
      running.set(name, startProgress(ports.nowMs()));
      engine.changed(`blob:${name}`);
      const work = wish === "send" ? send(handle) : fetch(handle);
      void work.then(
        (outcome) => ended(handle, outcome),
        (error: unknown) => {
          engine.failed(error);
          ended(handle, "retry");
        },
      );
    }
  }

  function ended(handle: Bytes, outcome: Outcome): void {
    const name = toHex(handle);
    running.delete(name);
    if (outcome === "retry" && !stopped) {
      const tries = (failures.get(name) ?? 0) + 1;
      failures.set(name, tries);
      const ms = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(tries - 1, 10)) * (0.5 + ports.chance() / 2);
      waiting.set(
        name,
        ports.after(ms, () => {
          waiting.delete(name);
          schedule();
        }),
      );
    } else {
      failures.delete(name);
      if (typeof outcome === "object") db.transaction(() => setBlobWish(db, handle, "none", outcome.fault));
      if (outcome === "done") sources.delete(name);
      if (outcome !== "stop" && outcome !== "retry") stored(handle);
    }
    engine.changed(`blob:${name}`);
    schedule();
  }

  async function fetch(handle: Bytes): Promise<Outcome> {
    const bytes = readBlob(db, handle)?.bytes ?? 0;
    for (let index = 0; index < chunkCount(bytes); index++) {
      const row = readBlob(db, handle);
      if (stopped || row?.wish !== "fetch") return "stop";
      if (hasChunk(row.have, index)) continue;
      const answer = await chunks.open(handle, index);
      if (answer.kind === "here") failures.delete(toHex(handle));
      else return answer.why === "lost" ? "retry" : { fault: answer.why };
    }
    db.transaction(() => setBlobWish(db, handle, "none"));
    return "done";
  }

  async function send(handle: Bytes): Promise<Outcome> {
    const first = readBlob(db, handle);
    if (first === undefined) return "stop";
    const own = readOwnBlob(db, first.id);
    if (own === undefined) return "stop";
    let { written } = own;
    if (own.created === 0) {
      const created = await create(first, own);
      if (typeof created !== "number") return created;
      written = created;
    }
    let putBytes = putBytesMin;
    for (const all = cipherBytes(first.bytes); written < all; ) {
      const row = readBlob(db, handle);
      const home = row && blobServer(engine, media, row.server);
      if (stopped || row?.wish !== "send" || home === undefined) return "stop";
      if (!(await isStaged(row, written, putBytes))) return { fault: "interrupted" };
      const part = await chunks.sealed(handle, written, Math.min(putBytes, all - written));
      const startMs = ports.nowMs();
      const answer = await home.put(row.id, own.owner, written, part);
      if (answer.kind === "lost") return "retry";
      if (answer.kind === "refused") {
        if (answer.why !== "wrong-offset" && answer.why !== "rate-limited") return { fault: answer.why };
        if (answer.why === "rate-limited") return "retry";
        const created = await create(row, own); // Asks how far it is.
        if (typeof created !== "number") return created;
        written = created;
        continue;
      }
      failures.delete(toHex(handle));
      written = answer.value.written;
      const { expiresDay } = answer.value;
      db.transaction(() => {
        setWritten(db, row.id, written);
        setBlobExpiry(db, handle, expiresDay);
      });
      moved(handle, part.length);
      putBytes = nextStep(putBytes, ports.nowMs() - startMs, putBytesMax);
    }
    db.transaction(() => setBlobWish(db, handle, "none"));
    return "done";
  }

  /** Tells the server of it, paid with tokens; answers how much of it is there already. */
  async function create(row: StoredBlob, own: OwnBlob): Promise<number | Outcome> {
    const bytes = cipherBytes(row.bytes);
    const home = blobServer(engine, media, row.server);
    if (home === undefined) return "stop";
    for (let tries = 0; tries < 3; tries++) {
      const tokens = own.created === 1 ? [] : await takeTokens(engine, tokensFor(bytes));
      if (tokens === undefined) return "retry";
      const answer = await home.create(row.id, {
        bytes,
        ownerHash: ports.crypto.sha256(own.owner),
        days: daysWanted,
        tokens: asShown(tokens),
      });
      if (answer.kind === "lost") return "retry";
      if (answer.kind === "ok" || answer.why === "bad-token") spent(engine, tokens);
      if (answer.kind === "ok") {
        const { written } = answer.value;
        db.transaction(() => setWritten(db, row.id, written));
        return written;
      }
      // Spent before an answer that was lost, or drawn under a key that is no more: others are drawn.
      if (answer.why === "rate-limited") return "retry";
      if (answer.why !== "bad-token") return { fault: answer.why };
    }
    return "retry";
  }

  /** Whether the ciphertext from `from` on is here; takes it in from the source as far as it is not. */
  async function isStaged(row: StoredBlob, from: number, length: number): Promise<boolean> {
    const last = Math.min(chunkCount(row.bytes) - 1, Math.floor((from + length - 1) / sealedChunkBytes));
    for (let index = Math.floor(from / sealedChunkBytes); index <= last; index++)
      if (!(await stage(row.handle, index))) return false;
    return true;
  }

  /** Once for each chunk: what is sealed twice must not have changed in between. */
  function stage(handle: Bytes, index: number): Promise<boolean> {
    const name = `${toHex(handle)} ${index}`;
    const known = staging.get(name);
    if (known !== undefined) return known;
    const work = takeIn(handle, index).finally(() => staging.delete(name));
    staging.set(name, work);
    return work;
  }

  async function takeIn(handle: Bytes, index: number): Promise<boolean> {
    const row = readBlob(db, handle);
    if (row === undefined) return false;
    if (hasChunk(row.have, index)) return true;
    const source = sources.get(toHex(handle));
    if (source === undefined) return false;
    const end = Math.min(row.bytes, (index + 1) * chunkBytes);
    try {
      const part = new Uint8Array(await source.slice(Math.min(index * chunkBytes, end), end).arrayBuffer());
      await chunks.take(row, index, part);
      return true;
    } catch (error) {
      engine.failed(error); // The person moved or changed the file, or the disk is full.
      return false;
    }
  }

  return {
    schedule,
    stop(): void {
      stopped = true;
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
    wake(): void {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
      failures.clear();
      schedule();
    },
    begin(handle: Bytes, id: Bytes, source: Source): void {
      addOwnBlob(db, id, ports.crypto.random(32));
      sources.set(toHex(handle), source);
    },
    async keep(handle: Bytes, source: Source): Promise<void> {
      sources.set(toHex(handle), source);
      try {
        const count = chunkCount(readBlob(db, handle)?.bytes ?? 0);
        for (let index = 0; index < count; index++) if (!(await stage(handle, index))) throw new ClientError("storage");
      } finally {
        sources.delete(toHex(handle));
      }
    },
    async stageAll(handle: Bytes): Promise<boolean> {
      const row = readBlob(db, handle);
      for (let index = 0; row !== undefined && index < chunkCount(row.bytes); index++)
        if (stopped || !(await stage(handle, index))) return false;
      return row !== undefined;
    },
    canSend(handle: Bytes): boolean {
      const row = readBlob(db, handle);
      if (row === undefined) return false;
      return countChunks(row.have) === chunkCount(row.bytes) || sources.has(toHex(handle));
    },
    wish(handle: Bytes, wish: "fetch" | "send" | "paused"): void {
      db.transaction(() => setBlobWish(db, handle, wish));
      const name = toHex(handle);
      waiting.get(name)?.();
      waiting.delete(name);
      engine.changed(`blob:${name}`);
      schedule();
    },
    open: chunks.open,
    view(name: Hex): TransferView {
      const row = readBlob(db, fromHex(name));
      if (row === undefined) return { state: "away", direction: "down", done: 0, total: 0, expiresDay: 0 };
      return viewOf(row, running.get(name));
    },
  };

  function viewOf(row: StoredBlob, progress: Progress | undefined): TransferView {
    const own = readOwnBlob(db, row.id);
    const count = chunkCount(row.bytes);
    const isUp = own !== undefined && own.written < cipherBytes(row.bytes);
    const held = countChunks(row.have);
    const share = isUp ? own.written / cipherBytes(row.bytes) : (held + (progress?.partial() ?? 0)) / count;
    const base = {
      direction: isUp ? ("up" as const) : ("down" as const),
      done: Math.min(row.bytes, Math.round(share * row.bytes)),
      total: row.bytes,
      expiresDay: row.expires_day,
    };
    if (row.fault !== null) return { ...base, state: row.fault === "expired" ? "expired" : "failed" };
    if (!isUp && held === count) return { ...base, state: "here", done: row.bytes };
    if (row.wish === "paused") return { ...base, state: "paused" };
    if (row.wish === "none") {
      const isGone = row.expires_day > 0 && row.expires_day <= dayNow(engine);
      return { ...base, state: isGone ? "expired" : "away" };
    }
    if (progress === undefined) return { ...base, state: "waiting" };
    const bytesPerSecond = progress.bytesPerSecond(ports.nowMs());
    return bytesPerSecond === undefined ? { ...base, state: "moving" } : { ...base, state: "moving", bytesPerSecond };
  }
}
