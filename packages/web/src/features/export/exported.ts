/**
 * The contents of an export (docs/spec/keeping.md KP8): a message as JSON, with the paths of its files in the zip.
 * Pure.
 */
import type { ExportedMoment, FileView, SystemLine, TimelineItem } from "@yanshu/client";
import { type Body, fileNameOf, textOf } from "@yanshu/content";
import { saidOf } from "../../kit/message.ts";
import { isoTime } from "../../kit/time.ts";

export const exportFormat = "yanshu-export";
export const exportVersion = 1;

/** A file of a message: its bytes are in the message, or are read by its handle. */
export type Carried = {
  readonly name: string;
  readonly type: string;
  readonly from: { readonly inline: Uint8Array } | { readonly file: FileView };
};

/** One line of `messages.jsonl`. */
export type ExportedMessage = {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly from: string;
  readonly account: string;
  readonly mine: boolean;
  readonly kind: string;
  /** The text; for a message without text, a description in the reader's language. */
  readonly text: string;
  readonly quote?: { readonly from: string; readonly words: string };
  readonly edited?: true;
  readonly reactions?: readonly { readonly emoji: string; readonly people: readonly string[] }[];
  readonly files?: readonly ExportedFile[];
};

/** `missing`: the file could not be read when the export was made. */
export type ExportedFile = {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly missing?: true;
};

/** One line of `moments/posts.jsonl`. */
export type ExportedPost = Omit<ExportedMoment, "files"> & { readonly files: readonly ExportedFile[] };

/** The files of a message; of a picture with an original, only the original. */
export function filesOf({ body }: TimelineItem): readonly Carried[] {
  switch (body.kind) {
    case "photos":
      return body.pictures.flatMap(({ type, inline, file, original }): readonly Carried[] => {
        if (original !== undefined) return [named("photo", original.type, { file: original })];
        if (inline !== undefined) return [named("photo", type, { inline })];
        return file === undefined ? [] : [named("photo", type, { file })];
      });
    case "voice":
      if (body.inline !== undefined) return [named("voice", body.type, { inline: body.inline })];
      return body.file === undefined ? [] : [named("voice", body.type, { file: body.file })];
    case "video":
      return [named("video", body.type, { file: body.file })];
    case "file":
      return [{ name: body.name, type: body.type, from: { file: body.file } }];
    case "sticker":
      return body.picture === undefined ? [] : [named("sticker", body.picture.type, { inline: body.picture.bytes })];
    default:
      return [];
  }
}

function named(word: string, type: string, from: Carried["from"]): Carried {
  return { name: fileNameOf(word, type), type, from };
}

export type LineWords = (line: SystemLine) => string;

export function messageOf(item: TimelineItem, files: readonly ExportedFile[], lineWords: LineWords): ExportedMessage {
  const { body } = item;
  const quote = body.kind === "text" ? body.quote : undefined;
  return {
    id: item.id,
    at: isoTime(item.atMs),
    from: item.from.name,
    account: item.from.account,
    mine: item.mine,
    kind: body.kind,
    text: wordsOf(body, lineWords),
    ...(quote === undefined ? {} : { quote: { from: quote.from.name, words: quote.words } }),
    ...(item.isEdited === true ? { edited: true } : {}),
    ...(item.reactions === undefined || item.reactions.length === 0
      ? {}
      : {
          reactions: item.reactions.map(({ emoji, people }) => ({ emoji, people: people.map(({ name }) => name) })),
        }),
    ...(files.length === 0 ? {} : { files }),
  };
}

/** The whole text of a message, as for search and quotes; a description where there is no text. */
export function wordsOf(body: TimelineItem["body"], lineWords: LineWords): string {
  if (body.kind === "system") return lineWords(body.line);
  if (body.kind === "newer") return body.fallback ?? "";
  const said = saidOf(body.kind);
  if (said?.exported !== undefined) return said.exported(body as never);
  return textOf((said?.content?.(body as never) ?? body) as Body) ?? "";
}

/** A name as a path segment that is valid on every system; never empty, hidden or `..`. */
export function safeName(name: string, most = 80): string {
  const plain = name
    .normalize("NFC")
    .toWellFormed()
    .replaceAll(/[/\\:*?"<>|\p{Cc}\p{Cf}]/gu, "_")
    .trim()
    .replaceAll(/^\.+|[. ]+$/g, "");
  if (plain.length <= most) return plain === "" ? "_" : plain;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? "";
  return (plain.slice(0, most - ending.length).trimEnd() + ending).toWellFormed();
}
