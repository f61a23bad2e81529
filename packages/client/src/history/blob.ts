/**
 * History parts at home (docs/spec/groups.md GR32.3): a part is a blob like any file, under a key of its own, small
 * enough to upload and fetch at once. Each new upload uses a fresh key, so that no key seals two contents.
 */
import { type HandedPointer, handedLimits } from "@yanshu/content";
import { type Bytes, concat, tokensFor } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { blobServer } from "../files/server.ts";
import { chunkBytes, chunkCount, chunkRange, cipherBytes, openChunk, sealChunk } from "../files/stream.ts";
import { asShown, spent, takeTokens } from "../files/tokens.ts";
import type { MediaPorts } from "../ports.ts";

/** The longest time that home may grant; home decides. */
const daysWanted = 365;
const triesMax = 3;

/** Uploads a part. `lost`: may be tried again. `refused`: home does not accept it. */
export async function putPart(
  engine: Engine,
  media: MediaPorts,
  plain: Bytes,
  /** The blob's id and key. Never the same for two contents. */
  where?: { readonly id: Bytes; readonly key: Bytes },
): Promise<HandedPointer | "lost" | "refused"> {
  const { random, sha256 } = engine.ports.crypto;
  const { server } = ownOf(engine);
  const home = blobServer(engine, media, server);
  if (home === undefined) return "refused";
  const { id, key } = where ?? { id: random(16), key: random(32) };
  const owner = random(32);
  const sealed = await sealPart(media, key, plain);
  for (let tries = 0; tries < triesMax; tries++) {
    const tokens = await takeTokens(engine, tokensFor(sealed.length));
    if (tokens === undefined) return "lost";
    const wish = { bytes: sealed.length, ownerHash: sha256(owner), days: daysWanted, tokens: asShown(tokens) };
    const created = await home.create(id, wish);
    if (created.kind === "lost") return "lost";
    if (created.kind === "ok" || created.why === "bad-token") spent(engine, tokens);
    if (created.kind === "refused") {
      if (created.why === "bad-token") continue;
      return created.why === "rate-limited" ? "lost" : "refused";
    }
    const put = await home.put(id, owner, 0, sealed);
    if (put.kind === "ok" && put.value.written === sealed.length)
      return { server, id, key, bytes: plain.length, expiresDay: put.value.expiresDay };
    void home.remove(id, owner); // The upload starts again, under another key.
    return put.kind === "lost" || put.kind === "ok" || put.why === "rate-limited" ? "lost" : "refused";
  }
  return "lost";
}

async function sealPart({ cipher }: MediaPorts, key: Bytes, plain: Bytes): Promise<Bytes> {
  const sealed: Bytes[] = [];
  for (let index = 0; index < chunkCount(plain.length); index++) {
    const part = plain.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    sealed.push(await sealChunk(cipher, key, plain.length, index, part));
  }
  return concat(...sealed);
}

/** Fetches and decrypts a part. `gone`: home no longer has it, or it is not what was uploaded. */
export async function fetchPart(
  engine: Engine,
  media: MediaPorts,
  pointer: HandedPointer,
): Promise<Bytes | "lost" | "gone"> {
  const { id, key, bytes, server } = pointer;
  const home = blobServer(engine, media, server);
  if (home === undefined || bytes === 0 || bytes > handedLimits.bytesMax) return "gone";
  const all = cipherBytes(bytes);
  const sealed = new Uint8Array(all);
  for (let at = 0; at < all; ) {
    // Another home sends it in several answers (PE50).
    const answer = await home.get(id, at, all - at);
    if (answer.kind === "lost" || (answer.kind === "refused" && answer.why === "rate-limited")) return "lost";
    if (answer.kind === "refused" || answer.value.length === 0 || answer.value.length > all - at) return "gone";
    sealed.set(answer.value, at);
    at += answer.value.length;
  }
  const plain: Bytes[] = [];
  for (let index = 0; index < chunkCount(bytes); index++) {
    const { from, length } = chunkRange(bytes, index);
    const chunk = await openChunk(media.cipher, key, bytes, index, sealed.slice(from, from + length));
    if (chunk === undefined) return "gone";
    plain.push(chunk);
  }
  return concat(...plain);
}
