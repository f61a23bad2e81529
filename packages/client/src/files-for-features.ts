/** Files, as features send, forward and read them (feature.ts). */

import { addOwnBlob, readBlob, readOwnBlob, setBlobHave, setBlobWish } from "@yanshu/store";
import { type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import type { Engine } from "./core/engine.ts";
import { ClientError } from "./errors.ts";
import type { FeatureFiles } from "./feature.ts";
import { forgetRefs, handleOf, learnBlobs, learnRefs } from "./files/blob-refs.ts";
import { blobsOf, canBeFetchedAgain, heldBytes } from "./files/held.ts";
import { keepLonger } from "./files/renew.ts";
import { chunkBytes } from "./files/stream.ts";
import { createTransfers } from "./files/transfers.ts";
import { copyApart, forwardMedia } from "./messages/forward-files.ts";
import { rosterOf } from "./messages/roster.ts";
import { mustBeOpen, mustHaveMedia, onStored, outgoing, sendWithFiles } from "./messages/uploads.ts";

/** What one call of `read` returns at most. */
const readBytesMax = 4 << 20;

export function startTransfers(engine: Engine): Engine["transfers"] {
  const { media } = engine.ports;
  return media && createTransfers(engine, media, () => onStored(engine));
}

export function filesForFeatures(engine: Engine): FeatureFiles {
  const { db } = engine;

  function handleIn(hex: string): Bytes {
    const handle = /^[0-9a-f]{32}$/.test(hex) ? fromHex(hex) : undefined;
    if (handle === undefined || readBlob(db, handle) === undefined) throw new ClientError("file-gone");
    return handle;
  }

  return {
    outgoing: (source) => outgoing(engine, source),
    roster: (conversation) => {
      mustBeOpen(engine, conversation);
      return rosterOf(engine, conversation);
    },
    send: async (conversation, body, files, roster) =>
      toHex(await sendWithFiles(engine, conversation, body, files, roster)),
    forward: async (body, to, roster) => toHex(await forwardMedia(engine, body, to, roster)),
    move: (hex) => {
      const handle = handleIn(hex);
      const transfers = mustHaveMedia(engine);
      const { state, direction } = transfers.view(hex);
      if (state === "here" || state === "moving" || state === "waiting") return;
      transfers.wish(handle, direction === "up" ? "send" : "fetch");
    },
    pause: (hex) => {
      const handle = handleIn(hex);
      const { state } = mustHaveMedia(engine).view(hex);
      if (state === "moving" || state === "waiting") mustHaveMedia(engine).wish(handle, "paused");
    },
    of: (body) => blobsOf(engine, body),
    held: heldBytes,
    isFetchable: (file) => canBeFetchedAgain(engine, file),
    removeHere: async ({ handle, have }) => {
      // The store first: a crash in between leaves a file that nobody counts, and the next fetch writes it over.
      db.transaction(() => setBlobHave(db, handle, new Uint8Array(have.length)));
      await engine.ports.media?.files.remove(toHex(handle));
      engine.changed(`blob:${toHex(handle)}`);
    },
    learn: (body) => learnBlobs(engine, body),
    mayUpload: () => engine.transfers !== undefined,
    upload: async (files) => {
      if (files.length === 0) return;
      const transfers = mustHaveMedia(engine);
      const handles = files.map(({ ref }) => handleOf(db, engine.ports.crypto.sha256, ref));
      db.transaction(() => {
        learnRefs(
          engine,
          files.map(({ ref }) => ref),
          "paused",
        );
        for (const [place, { ref, source }] of files.entries())
          transfers.begin(handles[place] as Bytes, ref.id, source);
      });
      // All of it is taken in first: what was chosen may be gone in a moment.
      for (const handle of handles) await transfers.stageAll(handle);
      for (const handle of handles) transfers.wish(handle, "send");
    },
    areStored: (refs) => {
      const rows = refs.map((ref) => readBlob(db, handleOf(db, engine.ports.crypto.sha256, ref)));
      if (rows.some((row) => row === undefined || row.fault !== null)) return "failed";
      return rows.every((row) => row?.wish === "none");
    },
    sendAgain: (refs) => {
      const transfers = mustHaveMedia(engine);
      const handles = refs.map((ref) => handleOf(db, engine.ports.crypto.sha256, ref));
      if (!handles.every((handle) => transfers.canSend(handle))) throw new ClientError("source-gone");
      for (const handle of handles) {
        const row = readBlob(db, handle);
        if (row !== undefined && (row.wish !== "none" || row.fault !== null)) transfers.wish(handle, "send");
      }
    },
    sendKept: (refs) => {
      const { crypto } = engine.ports;
      const transfers = mustHaveMedia(engine);
      const fresh = refs.filter(({ id }) => readOwnBlob(db, id) === undefined);
      const handles = fresh.map((ref) => handleOf(db, crypto.sha256, ref));
      if (!handles.every((handle) => transfers.canSend(handle))) return false;
      // Both or none: after a crash in between, what was not sent would count as being there.
      db.transaction(() => {
        for (const { id } of fresh) addOwnBlob(db, id, crypto.random(32));
        for (const handle of handles) setBlobWish(db, handle, "send");
      });
      if (handles.length > 0) transfers.schedule();
      return true;
    },
    learnRefs: (refs) => learnRefs(engine, refs),
    copyApart: (ref) => copyApart(engine, ref),
    forgetRefs: (refs, where) => forgetRefs(engine, refs, where),
    keepLonger: async (named) => {
      if (engine.transfers !== undefined) await keepLonger(engine, engine.transfers, named);
    },
    keep: ({ ref, source }) => mustHaveMedia(engine).keep(handleOf(db, engine.ports.crypto.sha256, ref), source),
    read: async (hex, offset, length) => {
      const handle = handleIn(hex);
      const all = readBlob(db, handle)?.bytes ?? 0;
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0)
        throw new ClientError("refused");
      const end = Math.min(all, offset + Math.min(length, readBytesMax));
      const parts: Bytes[] = [];
      for (let at = offset; at < end; ) {
        const index = Math.floor(at / chunkBytes);
        const answer = await mustHaveMedia(engine).open(handle, index);
        if (answer.kind === "fault") throw new ClientError(answer.why === "lost" ? "offline" : "file-gone");
        const part = answer.plain.subarray(at - index * chunkBytes, end - index * chunkBytes);
        if (part.length === 0) break;
        parts.push(part);
        at += part.length;
      }
      return concat(...parts);
    },
  };
}
