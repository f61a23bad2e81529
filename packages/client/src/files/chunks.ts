/**
 * Chunks: those of a file that are here, and how the others come (docs/spec/media.md ME4, ME5). A chunk is kept as it
 * was sealed; it is on the device's disk before the store counts it, so that a crash fetches it again at worst.
 */
import { readBlob, type StoredBlob, setBlobHave } from "@yanshu/store";
import { type Bytes, concat, toHex } from "@yanshu/wire";
import type { ChunkAnswer } from "../api/transfers.ts";
import type { Engine } from "../core/engine.ts";
import type { MediaPorts } from "../ports.ts";
import { hasChunk, withChunk } from "./blob-refs.ts";
import { blobServer } from "./server.ts";
import { chunkBytes, chunkRange, openChunk, sealChunk, withoutLayers } from "./stream.ts";

/** Smaller steps while the line is slow, so that progress is seen. */
const stepBytesMin = 128 * 1024;

/** `moved` is told of bytes that came, for progress. */
export function createChunks(engine: Engine, media: MediaPorts, moved: (handle: Bytes, bytes: number) => void) {
  const { db } = engine;
  const coming = new Map<string, Promise<ChunkAnswer>>();
  let stepBytes = stepBytesMin;

  async function local(row: StoredBlob, index: number): Promise<Bytes | undefined> {
    if (!hasChunk(row.have, index)) return undefined;
    const { from, length } = chunkRange(row.bytes, index);
    const sealed = await media.files.read(toHex(row.handle), from, length);
    return openChunk(media.cipher, row.key, row.bytes, index, sealed);
  }

  async function fetched(row: StoredBlob, index: number): Promise<ChunkAnswer> {
    const { from, length } = chunkRange(row.bytes, index);
    const home = blobServer(engine, media, row.server);
    if (home === undefined) return { kind: "fault", why: "damaged" };
    const parts: Bytes[] = [];
    for (let at = 0; at < length; ) {
      const startMs = engine.ports.nowMs();
      const wanted = Math.min(stepBytes, length - at);
      const answer = await home.get(row.id, from + at, wanted);
      if (answer.kind === "lost") return { kind: "fault", why: "lost" };
      if (answer.kind === "refused") {
        const why = answer.why === "unknown-blob" ? "expired" : answer.why === "rate-limited" ? "lost" : "damaged";
        return { kind: "fault", why };
      }
      if (answer.value.length === 0 || answer.value.length > wanted) return { kind: "fault", why: "damaged" };
      parts.push(answer.value);
      at += answer.value.length;
      moved(row.handle, answer.value.length);
      stepBytes = nextStep(stepBytes, engine.ports.nowMs() - startMs, chunkBytes);
    }
    const sealed = await withoutLayers(media.cipher, row.layers, from, concat(...parts));
    const plain = await openChunk(media.cipher, row.key, row.bytes, index, sealed);
    if (plain === undefined) return { kind: "fault", why: "damaged" };
    await keep(row.handle, index, from, sealed);
    return { kind: "here", plain };
  }

  async function keep(handle: Bytes, index: number, from: number, sealed: Bytes): Promise<void> {
    await media.files.write(toHex(handle), from, sealed);
    db.transaction(() => {
      const now = readBlob(db, handle); // Other chunks may have come meanwhile.
      if (now !== undefined) setBlobHave(db, handle, withChunk(now.have, index));
    });
  }

  return {
    /** The file's own bytes of one chunk: from here, or from the server and then here. */
    async open(handle: Bytes, index: number): Promise<ChunkAnswer> {
      const row = readBlob(db, handle);
      if (row === undefined) return { kind: "fault", why: "expired" };
      const plain = await local(row, index);
      if (plain !== undefined) return { kind: "here", plain };
      const name = `${toHex(handle)} ${index}`;
      const known = coming.get(name);
      if (known !== undefined) return known;
      const work = fetched(row, index).finally(() => coming.delete(name));
      coming.set(name, work);
      return work;
    },
    /** Takes one chunk of a file that is being sent in. */
    async take(row: StoredBlob, index: number, part: Bytes): Promise<void> {
      const sealed = await sealChunk(media.cipher, row.key, row.bytes, index, part);
      await keep(row.handle, index, chunkRange(row.bytes, index).from, sealed);
    },
    /** Ciphertext as it is stored at the server. */
    sealed: (handle: Bytes, from: number, length: number) => media.files.read(toHex(handle), from, length),
  };
}

/** Steps of about a third of a second. */
export function nextStep(bytes: number, tookMs: number, max: number): number {
  if (tookMs < 300) return Math.min(max, bytes * 2);
  return tookMs > 1_200 ? Math.max(stepBytesMin, bytes / 2) : bytes;
}
