/**
 * What an export holds of Moments (docs/spec/moments.md MO63): own posts, those of friends that are shown still, and
 * what was said on them, as plain values without keys, the oldest first.
 */
import { fileNameOf } from "@yanshu/content";
import type { MomentRow } from "@yanshu/store";
import { type Bytes, fromHex, toHex } from "@yanshu/wire";
import type { ReadContext } from "../../feature.ts";
import type { ExportedMoment, MomentCursor, MomentPictureView, MomentView } from "./types.ts";
import { dayMs, dayOf } from "./values.ts";
import { exportSql, readPosts } from "./views.ts";

const together = 100;

export function exportedPage(
  read: ReadContext,
  after: MomentCursor | undefined,
): { readonly posts: readonly ExportedMoment[]; readonly next?: MomentCursor } {
  if (read.own === undefined) return { posts: [] };
  const rows = read.database.all<MomentRow>(
    exportSql,
    read.own.account as Bytes,
    dayOf(read.nowMs),
    after?.atMs ?? Number.MIN_SAFE_INTEGER,
    after === undefined ? new Uint8Array() : fromHex(after.id),
    together,
  );
  const last = rows.at(-1);
  return {
    posts: readPosts(read, rows).map(exportedOf),
    ...(last && rows.length === together && { next: { atMs: last.at_ms, id: toHex(last.id) } }),
  };
}

/** Calendars end there, in every time zone: a later time is written as the last. */
const endMs = 8.64e15 - dayMs;
const iso = (ms: number) => new Date(Math.min(ms, endMs)).toISOString();

function exportedOf(view: MomentView): ExportedMoment {
  const { id, author, atMs, text, link, place, likes, comments, mine, pictures, video } = view;
  return {
    id,
    at: iso(atMs),
    from: author.name,
    account: author.account,
    mine: mine !== undefined,
    kind: "moment",
    text,
    ...(link && { link }),
    ...(place && { place }),
    ...(mine && { audience: mine.audience }),
    likes: likes.map(({ name }) => name),
    comments: comments.map(({ id: word, by, answers, text: said, atMs: saidMs }) => ({
      id: word,
      at: iso(saidMs),
      from: by.name,
      account: by.account,
      mine: by.isMe,
      text: said,
      ...(answers && { answers: answers.id }),
    })),
    files: [...pictures.map((one) => fileOf("photo", one)), ...(video === undefined ? [] : [fileOf("video", video)])],
  };
}

function fileOf(word: string, { type, file }: MomentPictureView): ExportedMoment["files"][number] {
  return { name: fileNameOf(word, type), type, file };
}
