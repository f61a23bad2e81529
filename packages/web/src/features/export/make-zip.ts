/**
 * Makes the zip of an export (docs/spec/keeping.md KP7, KP8). It is streamed: at most a page of messages and a mebibyte
 * of a file are in memory at a time.
 */
import type { ClientApi, ExportedMoment, TimelineItem } from "@yanshu/client";
import { configure, ZipWriter } from "@zip.js/zip.js/lib/zip-core-native.js";
import {
  type Carried,
  type ExportedFile,
  type ExportedPost,
  exportFormat,
  exportVersion,
  filesOf,
  type LineWords,
  messageOf,
  safeName,
} from "./exported.ts";
import { escaped, messageHtml, pageHead, postHtml } from "./page.ts";

configure({ useWebWorkers: false });

export type ExportSource = Pick<ClientApi, "exportHead" | "exportPage" | "exportMoments" | "readFile">;

/** Texts in the reader's language. */
export type ExportWords = {
  readonly lang: string;
  readonly title: string;
  /** What Moments are called. */
  readonly moments: string;
  readonly gone: string;
  readonly when: (ms: number) => string;
  readonly line: LineWords;
};

export type ZipProgress = { readonly chats: number; readonly of: number; readonly bytes: number };

const momentsFolder = "moments";
const pageMessages = 200;
const stepBytes = 1 << 20;
/** Files are stored without compression, since most are compressed already. */
const stored = { level: 0 } as const;

/**
 * Resolves with the number of files that could not be read. Rejects with errors of `out` and `source`, and with the
 * reason of `stop`.
 */
export async function makeZip(
  source: ExportSource,
  out: WritableStream<Uint8Array>,
  words: ExportWords,
  nowMs: number,
  told: (told: ZipProgress) => void = () => undefined,
  stop?: AbortSignal,
): Promise<number> {
  const zip = new ZipWriter(out, { useCompressionStream: true });
  const head = await source.exportHead();
  let [bytes, missing] = [0, 0];
  const chats: { folder: string; title: string; kind: string; conversation: string }[] = [];

  /** Writes a file into the zip. Resolves with whether all of it could be read. */
  async function carry(path: string, { from }: Carried): Promise<boolean> {
    if ("inline" in from) {
      await zip.add(path, streamOf([from.inline]), stored);
      bytes += from.inline.length;
      return true;
    }
    const { handle, bytes: all } = from.file;
    // The first step is read before the entry is made, so that an unreadable file leaves no entry.
    const first = await source.readFile(handle, 0, stepBytes).catch(() => undefined);
    if (first === undefined) return false;
    let isWhole = true;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let [at, piece] = [0, first as Uint8Array]; piece.length > 0; ) {
        stop?.throwIfAborted();
        yield piece;
        at += piece.length;
        bytes += piece.length;
        if (at >= all) return;
        const next = await source.readFile(handle, at, stepBytes).catch(() => undefined);
        isWhole = next !== undefined;
        if (next === undefined) return;
        piece = next;
      }
    }
    await zip.add(path, streamOf(pieces()), stored);
    return isWhole;
  }

  async function* messages(conversation: string): AsyncGenerator<TimelineItem> {
    for (let from = Number.MIN_SAFE_INTEGER; ; ) {
      stop?.throwIfAborted();
      const { items, hasNewer } = await source.exportPage(conversation, from, pageMessages);
      yield* items;
      const last = items.at(-1);
      if (!hasNewer || last === undefined) return;
      from = last.order + 1;
    }
  }

  async function* moments(): AsyncGenerator<ExportedMoment> {
    for (let after: Parameters<ExportSource["exportMoments"]>[0]; ; ) {
      stop?.throwIfAborted();
      const page = await source.exportMoments(after);
      yield* page.posts;
      if (page.next === undefined) return;
      after = page.next;
    }
  }

  /** Writes the files that the items name into the folder. Resolves with the number of items, and with files by id. */
  async function carryFiles<T extends { readonly id: string }>(
    folder: string,
    items: AsyncIterable<T>,
    filesIn: (item: T) => readonly Carried[],
  ): Promise<{ readonly items: number; readonly files: ReadonlyMap<string, readonly ExportedFile[]> }> {
    const files = new Map<string, readonly ExportedFile[]>();
    let [count, file] = [0, 0];
    for await (const item of items) {
      count++;
      const carried: ExportedFile[] = [];
      for (const one of filesIn(item)) {
        const path = `${folder}/media/${String(++file).padStart(5, "0")} ${safeName(one.name)}`;
        const isHere = await carry(path, one);
        if (!isHere) missing++;
        carried.push({ path, name: one.name, type: one.type, ...(isHere ? {} : { missing: true }) });
      }
      if (carried.length > 0) files.set(item.id, carried);
    }
    return { items: count, files };
  }

  /** Writes the two lists of a folder: as JSON lines, by the name `list`, and as a page. */
  async function addLists<T>(
    [folder, list, title]: readonly [folder: string, list: string, title: string],
    items: () => AsyncIterable<T>,
    said: (item: T) => unknown,
    html: (item: T) => string,
  ): Promise<void> {
    const json = lines(items(), (item) => `${JSON.stringify(said(item))}\n`, "");
    await zip.add(`${folder}/${list}.jsonl`, streamOf(json));
    await zip.add(`${folder}/index.html`, streamOf(lines(items(), html, pageHead(title, words.lang))));
  }

  /** Resolves with the number of posts. */
  async function carryMoments(): Promise<number> {
    const filesIn = (post: ExportedMoment) =>
      post.files.map(({ name, type, file }) => ({ name, type, from: { file } }));
    const { items, files } = await carryFiles(momentsFolder, moments(), filesIn);
    if (items === 0) return 0;
    const said = (post: ExportedMoment): ExportedPost => ({ ...post, files: files.get(post.id) ?? [] });
    const html = (post: ExportedMoment) => postHtml(said(post), words.when, words.gone);
    await addLists([momentsFolder, "posts", words.moments], moments, said, html);
    return items;
  }

  for (const [n, { conversation, title, kind }] of head.chats.entries()) {
    const folder = `chats/${String(n + 1).padStart(4, "0")} ${safeName(title, 60)}`;
    chats.push({ folder, title, kind, conversation });
    told({ chats: n, of: head.chats.length, bytes });
    const { files } = await carryFiles(folder, messages(conversation), filesOf);
    const said = (item: TimelineItem) => messageOf(item, files.get(item.id) ?? [], words.line);
    const html = (item: TimelineItem) => messageHtml(said(item), words.when(item.atMs), words.gone);
    await addLists([folder, "messages", title], () => messages(conversation), said, html);
  }
  const posts = await carryMoments();
  const index = [...(posts > 0 ? [{ folder: momentsFolder, title: words.moments }] : []), ...chats].map(
    ({ folder, title }) =>
      `<li><a href="${escaped(folder.split("/").map(encodeURIComponent).join("/"))}/index.html">${escaped(title)}</a>\n`,
  );
  await zip.add("index.html", streamOf([utf8(`${pageHead(words.title, words.lang)}<ul>${index.join("")}</ul>`)]));
  const { chats: _, ...who } = head;
  const all = { format: exportFormat, version: exportVersion, at: new Date(nowMs).toISOString(), ...who, chats };
  const inIndex = posts > 0 && { moments: { folder: momentsFolder, title: words.moments, posts } };
  await zip.add("export.json", streamOf([utf8(JSON.stringify({ ...all, ...inIndex }, undefined, 1))]));
  await zip.close();
  told({ chats: head.chats.length, of: head.chats.length, bytes });
  return missing;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

async function* lines<T>(
  items: AsyncIterable<T>,
  line: (item: T) => string,
  before: string,
): AsyncGenerator<Uint8Array> {
  if (before !== "") yield utf8(before);
  for await (const item of items) yield utf8(line(item));
}

function streamOf(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}
