/**
 * Forwards files without a new upload (docs/spec/media.md ME8). The server copies each file under a fresh random name
 * and adds a fresh layer of encryption; the forwarded message names the copies. The stored ciphertexts share nothing.
 */
import { type BlobRef, blobsIn, type MediaBody, mediaFieldLimits, withBlobs } from "@yanshu/content";
import { addOwnBlob, readBlob, setBlobHave, setWritten } from "@yanshu/store";
import { type ContentId, type ConversationId, equalBytes, toHex, tokensFor } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { handleOf, hasChunk, learnBlobs, learnRefs } from "../files/blob-refs.ts";
import { blobServer } from "../files/server.ts";
import { chunkCount, chunkRange, cipherBytes } from "../files/stream.ts";
import { asShown, spent, takeTokens } from "../files/tokens.ts";
import { say } from "./outbox.ts";
import { rosterOf } from "./roster.ts";
import { mustBeOpen } from "./uploads.ts";

const triesMax = 3;
const daysWanted = 365;

/**
 * Sends `body` in another conversation, with copies of its files.
 *
 * @throws ClientError "file-gone" if the server no longer has one of them, "offline" if it cannot be reached.
 */
export async function forwardMedia(
  engine: Engine,
  body: MediaBody,
  to: ConversationId,
  /**
   * The members when the person pressed send: somebody who joins while the files are copied was not seen by them (SY2).
   */
  roster = rosterOf(engine, to),
): Promise<ContentId> {
  mustBeOpen(engine, to);
  const copies = new Map<string, BlobRef>();
  for (const ref of blobsIn(body)) copies.set(toHex(ref.id), await copyBlob(engine, ref));
  const said = withBlobs(body, (ref) => copies.get(toHex(ref.id)) ?? ref);
  const id = engine.db.transaction(() => {
    learnBlobs(engine, said);
    return say(engine, to, said, undefined, roster);
  });
  engine.schedule(to);
  for (const ref of blobsIn(body)) {
    const copy = copies.get(toHex(ref.id));
    if (copy !== undefined) await keepForBoth(engine, ref, copy).catch(engine.failed); // Else it is fetched.
  }
  return id;
}

/**
 * Copies a file at the server under a new random name; what this device has of the file serves the copy too. Undefined
 * if the server no longer has it. @throws ClientError "offline", "refused"
 */
export async function copyApart(engine: Engine, ref: BlobRef): Promise<BlobRef | undefined> {
  try {
    const copy = await copyBlob(engine, ref);
    engine.db.transaction(() => learnRefs(engine, [copy]));
    await keepForBoth(engine, ref, copy).catch(engine.failed); // Else it is fetched.
    return copy;
  } catch (error) {
    if (error instanceof ClientError && error.code === "file-gone") return undefined;
    throw error;
  }
}

/** Copies the stored chunks of a file to its copy: both are sealed with the same key, whatever layers home added. */
async function keepForBoth({ ports, db }: Engine, ref: BlobRef, copy: BlobRef): Promise<void> {
  const { media, crypto } = ports;
  const [from, to] = [ref, copy].map((one) => readBlob(db, handleOf(db, crypto.sha256, one)));
  if (media === undefined || from === undefined || to === undefined || equalBytes(from.handle, to.handle)) return;
  for (let index = 0; index < chunkCount(from.bytes); index++) {
    if (!hasChunk(from.have, index)) continue;
    const { from: at, length } = chunkRange(from.bytes, index);
    await media.files.write(toHex(to.handle), at, await media.files.read(toHex(from.handle), at, length));
  }
  db.transaction(() => setBlobHave(db, to.handle, from.have));
}

/** A copy of one file at the server, owned by this device. @throws ClientError as `forwardMedia`. */
async function copyBlob(engine: Engine, ref: BlobRef): Promise<BlobRef> {
  const { ports, db } = engine;
  const { media } = ports;
  if (media === undefined) throw new ClientError("storage");
  // Each copy adds a layer that readers must remove; no honest chain of forwards is that long.
  if ((ref.layers?.length ?? 0) >= mediaFieldLimits.layersMax) throw new ClientError("file-gone");
  const { random, sha256 } = ports.crypto;
  const home = blobServer(engine, media, ref.server);
  if (home === undefined) throw new ClientError("file-gone");
  await engine.link.whenReady("signed");
  const [to, layer, owner] = [random(16), random(32), random(32)];
  for (let tries = 0; tries < triesMax; tries++) {
    const tokens = await takeTokens(engine, tokensFor(cipherBytes(ref.bytes)));
    if (tokens === undefined) throw new ClientError("offline");
    const wish = { to, layer, ownerHash: sha256(owner), days: daysWanted, tokens: asShown(tokens) };
    const answer = await home.copy(ref.id, wish);
    if (answer.kind === "ok" || (answer.kind === "refused" && answer.why === "bad-token")) spent(engine, tokens);
    if (answer.kind === "ok") {
      db.transaction(() => {
        addOwnBlob(db, to, owner);
        setWritten(db, to, answer.value.written);
      });
      return { ...ref, id: to, expiresDay: answer.value.expiresDay, layers: [...(ref.layers ?? []), layer] };
    }
    if (answer.kind === "lost") continue; // Repeating the request makes no second copy.
    if (answer.why === "unknown-blob") throw new ClientError("file-gone");
    if (answer.why !== "bad-token") throw new ClientError("refused");
  }
  throw new ClientError("offline");
}
