/** Pictures, voice, video and files (docs/spec/media.md): sent, forwarded, shown; their bytes are read in ranges. */
import {
  type BlobRef,
  decodeBody,
  fileLimits,
  forwardOf,
  givenProgramType,
  isMedia,
  type MediaBody,
  mediaFieldLimits,
  type Picture,
  photoLimits,
} from "@yanshu/content";
import { isVoiceHeard, markVoiceHeard } from "@yanshu/store";
import { type Bytes, fromHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureFiles,
  type Hex,
  idOf,
  type MediaItemBody,
  type Outgoing,
  type PictureToSend,
  type ShowContext,
  type Source,
  type TransferView,
  type VideoType,
  type VoiceType,
} from "../feature.ts";

/** Each `send…` resolves with the message's id once it shows on screen; its files are uploaded, and then it is sent. */
type MediaApi = {
  /** @param file `isPassedOn`: a program that this account does not give, for somebody else did (PR88). */
  readonly sendFile: (
    conversation: Hex,
    file: { readonly source: Source; readonly name: string; readonly type: string; readonly isPassedOn?: boolean },
  ) => Promise<Hex>;
  readonly sendPhotos: (
    conversation: Hex,
    photos: { readonly pictures: readonly PictureToSend[]; readonly caption: string },
  ) => Promise<Hex>;
  readonly sendVoice: (
    conversation: Hex,
    voice: { readonly source: Source; readonly type: VoiceType; readonly ms: number; readonly waveform: Bytes },
  ) => Promise<Hex>;
  readonly sendVideo: (
    conversation: Hex,
    video: {
      readonly source: Source;
      readonly type: VideoType;
      readonly ms: number;
      readonly width: number;
      readonly height: number;
      readonly placeholder: Bytes;
      readonly poster: Bytes;
    },
  ) => Promise<Hex>;
  /**
   * Forwards a message with pictures, voice, video or a file without a new upload (ME8). Waits until home has made the
   * copies.
   */
  readonly forwardMedia: (
    message: { readonly conversation: Hex; readonly author: Hex; readonly id: Hex },
    to: Hex,
  ) => Promise<Hex>;
  /** Downloads a whole file, or resumes its transfer in either direction. */
  readonly moveFile: (handle: Hex) => Promise<void>;
  readonly pauseFile: (handle: Hex) => Promise<void>;
  /** Reads `length` bytes from `offset`, at most 4 MiB; downloads them if needed. Fewer at the end of the file. */
  readonly readFile: (handle: Hex, offset: number, length: number) => Promise<Bytes>;
  readonly markHeard: (conversation: Hex, id: Hex) => Promise<void>;
};

function itemOf(context: ShowContext, body: MediaBody): MediaItemBody {
  switch (body.kind) {
    case "photos":
      return {
        kind: "photos",
        caption: body.caption,
        pictures: body.pictures.map(({ blob, original, ...rest }) => ({
          ...rest,
          ...(blob === undefined ? {} : { file: context.fileOf(blob) }),
          ...(original === undefined ? {} : { original: { type: original.type, ...context.fileOf(original.blob) } }),
        })),
      };
    case "voice": {
      const { blob, ...rest } = body;
      const heard = context.row.mine || isVoiceHeard(context.database, context.row.conversation, context.row.id);
      return { ...rest, ...(blob === undefined ? {} : { file: context.fileOf(blob) }), heard };
    }
    case "video": {
      const { blob, ...rest } = body;
      return { ...rest, file: context.fileOf(blob) };
    }
    case "file": {
      const { blob, ...rest } = body;
      return { ...rest, file: context.fileOf(blob) };
    }
  }
}

async function pictureOf(
  files: FeatureFiles,
  { source, type, width, height, placeholder, original }: PictureToSend,
  isInline: boolean,
  sent: Outgoing[],
): Promise<Picture> {
  const bytes = await bytesOrFile(files, source, isInline, sent);
  if (original === undefined) return { type, width, height, placeholder, ...bytes };
  const { blob } = (await bytesOrFile(files, original.source, false, sent)) as { blob: BlobRef };
  return { type, width, height, placeholder, ...bytes, original: { type: original.type, blob } };
}

async function bytesOrFile(files: FeatureFiles, source: Source, isInline: boolean, sent: Outgoing[]) {
  if (source.size === 0) throw new ClientError("empty");
  if (isInline) return { inline: new Uint8Array(await source.slice(0, source.size).arrayBuffer()) };
  const file = files.outgoing(source);
  sent.push(file);
  return { blob: file.ref };
}

/** Shortens a file name and keeps its extension. */
function shortened(name: string): string {
  const max = fileLimits.nameMax;
  if (name.length <= max) return name === "" ? "file" : name;
  const ending = /\.[^.]{1,12}$/.exec(name)?.[0] ?? "";
  return (name.slice(0, max - ending.length).trimEnd() + ending).toWellFormed();
}

function typeOf(type: string): string {
  const isOne = /^[\w.+-]+\/[\w.+-]+$/.test(type) && type.length <= fileLimits.typeMax && type !== givenProgramType;
  return isOne ? type : "application/octet-stream";
}

export const media = clientFeature({
  kinds: ["photos", "voice", "video", "file"],

  show: { photos: itemOf, voice: itemOf, video: itemOf, file: itemOf },

  views: {
    transfer: {
      topics: (handle: Hex) => [`blob:${handle}`],
      read: ({ transfer }, handle: Hex): TransferView => transfer(handle),
    },
  },

  api: ({ db, files, changedIn }): MediaApi => ({
    async sendFile(conversation, { source, name, type, isPassedOn = false }) {
      const file = files.outgoing(source);
      const clean = name.toWellFormed().replaceAll(/[/\\\p{Cc}]/gu, "_");
      const called = shortened(clean);
      const is = /\.ymp$/i.test(called) && !isPassedOn ? givenProgramType : typeOf(type);
      const body = { kind: "file", name: called, type: is, blob: file.ref } as const;
      return files.send(idOf(conversation), body, [file]);
    },

    async sendPhotos(chat, { pictures, caption }) {
      if (pictures.length === 0) throw new ClientError("empty");
      if (pictures.length > photoLimits.picturesMax || caption.length > photoLimits.captionMax)
        throw new ClientError("too-long");
      const conversation = idOf(chat);
      const roster = files.roster(conversation);
      const outgoing: Outgoing[] = [];
      let inlineLeft: number = mediaFieldLimits.inlineTotalBytesMax;
      const sent: Picture[] = [];
      for (const one of pictures) {
        const isInline = one.source.size <= Math.min(mediaFieldLimits.inlineBytesMax, inlineLeft);
        if (isInline) inlineLeft -= one.source.size;
        sent.push(await pictureOf(files, one, isInline, outgoing));
      }
      const body = { kind: "photos", pictures: sent, caption: caption.trim().toWellFormed() } as const;
      return files.send(conversation, body, outgoing, roster);
    },

    async sendVoice(chat, { source, type, ms, waveform }) {
      const conversation = idOf(chat);
      const roster = files.roster(conversation);
      const outgoing: Outgoing[] = [];
      const bytes = await bytesOrFile(files, source, source.size <= mediaFieldLimits.inlineBytesMax, outgoing);
      return files.send(conversation, { kind: "voice", type, ms, waveform, ...bytes }, outgoing, roster);
    },

    async sendVideo(conversation, { source, ...video }) {
      const file = files.outgoing(source);
      return files.send(idOf(conversation), { kind: "video", ...video, blob: file.ref }, [file]);
    },

    async forwardMedia({ conversation, author, id }, to) {
      const row = db.get<{ body: Bytes }>(
        "SELECT body FROM messages WHERE conversation = ? AND author = ? AND id = ?",
        idOf(conversation),
        fromHex(author),
        fromHex(id),
      );
      const said = row && decodeBody(row.body);
      const body = said && isMedia(said) ? forwardOf(said) : undefined;
      if (body === undefined || !isMedia(body)) throw new ClientError("file-gone");
      return files.forward(body, idOf(to));
    },

    moveFile: async (handle) => files.move(handle),
    pauseFile: async (handle) => files.pause(handle),
    readFile: files.read,

    async markHeard(chat, id) {
      const conversation = idOf(chat);
      db.transaction(() => markVoiceHeard(db, conversation, fromHex(id)));
      changedIn(conversation);
    },
  }),
});
