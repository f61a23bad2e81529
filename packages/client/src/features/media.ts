/** Media: pictures, voice, video and files, as screens ask for them (docs/spec/media.md). */
import { type BlobRef, decodeBody, isMedia, mediaLimits, type Picture } from "@yanshu/content";
import { markVoiceHeard, readBlob, readUploads } from "@yanshu/store";
import { type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { MediaApi, PictureToSend, Source } from "../api/media.ts";
import { type Engine, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";
import { rosterOf } from "../sync/roster.ts";
import { forwardMedia } from "./media/copy.ts";
import { mustBeOpen, mustHaveMedia, type Outgoing, onStored, outgoing, sendWithFiles } from "./media/sending.ts";
import { chunkBytes } from "./media/stream.ts";
import { createTransfers } from "./media/transfers.ts";

/** What one call of `readFile` answers at most. */
const readBytesMax = 4 << 20;

export function startTransfers(engine: Engine): Engine["transfers"] {
  const { media } = engine.ports;
  return media && createTransfers(engine, media, () => onStored(engine));
}

export function isSendingFiles({ db }: Engine): boolean {
  return readUploads(db).length > 0;
}

export function mediaApi(engine: Engine): MediaApi {
  const { db } = engine;

  function handleIn(hex: Hex): Bytes {
    const handle = /^[0-9a-f]{32}$/.test(hex) ? fromHex(hex) : undefined;
    if (handle === undefined || readBlob(db, handle) === undefined) throw new ClientError("file-gone");
    return handle;
  }

  return {
    async sendFile(conversation, { source, name, type }) {
      const file = outgoing(engine, source);
      const clean = name.toWellFormed().replaceAll(/[/\\\p{Cc}]/gu, "_");
      const body = { kind: "file", name: shortened(clean), type: typeOf(type), blob: file.ref } as const;
      return toHex(await sendWithFiles(engine, idOf(conversation), body, [file]));
    },

    async sendPhotos(conversation, { pictures, caption }) {
      if (pictures.length === 0) throw new ClientError("empty");
      if (pictures.length > mediaLimits.picturesMax || caption.length > mediaLimits.captionMax)
        throw new ClientError("too-long");
      mustBeOpen(engine, idOf(conversation));
      const roster = rosterOf(engine, idOf(conversation));
      const files: Outgoing[] = [];
      let inlineLeft: number = mediaLimits.inlineTotalBytesMax;
      const sent: Picture[] = [];
      for (const one of pictures) {
        const isInline = one.source.size <= Math.min(mediaLimits.inlineBytesMax, inlineLeft);
        if (isInline) inlineLeft -= one.source.size;
        sent.push(await pictureOf(one, isInline, files));
      }
      const body = { kind: "photos", pictures: sent, caption: caption.trim().toWellFormed() } as const;
      return toHex(await sendWithFiles(engine, idOf(conversation), body, files, roster));
    },

    async sendVoice(conversation, { source, type, ms, waveform }) {
      const roster = rosterOf(engine, idOf(conversation));
      const files: Outgoing[] = [];
      const bytes = await bytesOrFile(source, source.size <= mediaLimits.inlineBytesMax, files);
      const body = { kind: "voice", type, ms, waveform, ...bytes } as const;
      return toHex(await sendWithFiles(engine, idOf(conversation), body, files, roster));
    },

    async sendVideo(conversation, { source, ...video }) {
      const file = outgoing(engine, source);
      return toHex(
        await sendWithFiles(engine, idOf(conversation), { kind: "video", ...video, blob: file.ref }, [file]),
      );
    },

    async forwardMedia({ conversation, author, id }, to) {
      const row = db.get<{ body: Bytes }>(
        "SELECT body FROM messages WHERE conversation = ? AND author = ? AND id = ?",
        idOf(conversation),
        fromHex(author),
        fromHex(id),
      );
      const body = row && decodeBody(row.body);
      if (body === undefined || !isMedia(body)) throw new ClientError("file-gone");
      return toHex(await forwardMedia(engine, body, idOf(to)));
    },

    async moveFile(hex) {
      const handle = handleIn(hex);
      const transfers = mustHaveMedia(engine);
      const { state, direction } = transfers.view(hex);
      if (state === "here" || state === "moving" || state === "waiting") return;
      transfers.wish(handle, direction === "up" ? "send" : "fetch");
    },

    async pauseFile(hex) {
      const handle = handleIn(hex);
      const { state } = mustHaveMedia(engine).view(hex);
      if (state === "moving" || state === "waiting") mustHaveMedia(engine).wish(handle, "paused");
    },

    async readFile(hex, offset, length) {
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

    async markHeard(conversation, id) {
      db.transaction(() => markVoiceHeard(db, idOf(conversation), fromHex(id)));
      engine.changed(topicOf(idOf(conversation)));
    },
  };

  async function pictureOf(one: PictureToSend, isInline: boolean, files: Outgoing[]): Promise<Picture> {
    const { type, width, height, placeholder, original } = one;
    const bytes = await bytesOrFile(one.source, isInline, files);
    if (original === undefined) return { type, width, height, placeholder, ...bytes };
    const { blob } = (await bytesOrFile(original.source, false, files)) as { blob: BlobRef };
    return { type, width, height, placeholder, ...bytes, original: { type: original.type, blob } };
  }

  async function bytesOrFile(source: Source, isInline: boolean, files: Outgoing[]) {
    if (source.size === 0) throw new ClientError("empty");
    if (isInline) return { inline: new Uint8Array(await source.slice(0, source.size).arrayBuffer()) };
    const file = outgoing(engine, source);
    files.push(file);
    return { blob: file.ref };
  }
}

/** Its ending stays: it says what the file is. */
function shortened(name: string): string {
  const max = mediaLimits.fileNameMax;
  if (name.length <= max) return name === "" ? "file" : name;
  const ending = /\.[^.]{1,12}$/.exec(name)?.[0] ?? "";
  return (name.slice(0, max - ending.length).trimEnd() + ending).toWellFormed();
}

function typeOf(type: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) && type.length <= mediaLimits.fileTypeMax
    ? type
    : "application/octet-stream";
}
