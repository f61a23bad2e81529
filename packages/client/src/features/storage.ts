/**
 * Storage: the bytes of each chat on this device, and files that can be deleted here because the server has them too
 * (docs/spec/keeping.md KP5, KP6). The figures count messages and stored chunks; nothing is estimated.
 */
import { databaseBytes } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import { clientFeature, type Face, type FeatureContext, type Hex, idOf } from "../feature.ts";

export type StorageKind = "photos" | "videos" | "voice" | "files" | "text";

/** Bytes on this device. */
export type StorageOf = Readonly<Record<StorageKind, number>> & {
  readonly all: number;
  /** Of files that home has too, so that they can be fetched again. */
  readonly clearable: number;
};

export type StorageChat = StorageOf & {
  readonly conversation: Hex;
  readonly title: string;
  readonly faces: readonly Face[];
};

export type StorageReport = StorageOf & {
  /** The largest first; empty ones are left out. */
  readonly chats: readonly StorageChat[];
  /** Of the database itself: messages, keys, and indexes. */
  readonly database: number;
  /** Home's limits for files: days of storage, and bytes per file. Absent if home cannot be asked. */
  readonly home?: { readonly days: number; readonly fileBytesMax: number };
};

type StorageApi = {
  readonly storage: () => Promise<StorageReport>;
  /** Deletes files that can be fetched again, of one chat or of all. Resolves with the number of bytes freed. */
  readonly clearFiles: (conversation?: Hex) => Promise<number>;
};

type Sum = { -readonly [Key in keyof StorageOf]: StorageOf[Key] };
const kindOf: Readonly<Record<string, StorageKind>> = {
  photos: "photos",
  video: "videos",
  voice: "voice",
  file: "files",
};

const empty = (): Sum => ({ photos: 0, videos: 0, voice: 0, files: 0, text: 0, all: 0, clearable: 0 });

type Row = { readonly conversation: Bytes; readonly kind: string; readonly body: Bytes };

const mediaSql = "SELECT conversation, kind, body FROM messages WHERE kind IN ('photos', 'video', 'voice', 'file')";
const bytesSql = "SELECT conversation, kind, sum(length(body)) AS bytes FROM messages GROUP BY conversation, kind";

function measure({ db, files }: FeatureContext) {
  const byChat = new Map<Hex, { readonly id: Bytes; readonly sum: Sum }>();
  const all = empty();
  const counted = new Set<Hex>();
  const sumOf = (id: Bytes): Sum => {
    const key = toHex(id);
    const held = byChat.get(key) ?? { id, sum: empty() };
    byChat.set(key, held);
    return held.sum;
  };
  const add = (sum: Sum, kind: StorageKind, bytes: number, clearable: number) => {
    sum[kind] += bytes;
    sum.all += bytes;
    sum.clearable += clearable;
  };
  for (const { conversation, kind, bytes } of db.all<Row & { bytes: number }>(bytesSql)) {
    add(sumOf(conversation), kindOf[kind] ?? "text", bytes, 0);
    add(all, kindOf[kind] ?? "text", bytes, 0);
  }
  for (const { conversation, kind, body } of db.all<Row>(mediaSql)) {
    const sum = sumOf(conversation);
    for (const row of files.of(body)) {
      const bytes = files.held(row);
      const clearable = files.isFetchable(row) ? bytes : 0;
      add(sum, kindOf[kind] ?? "files", bytes, clearable);
      // A file in two chats is stored once.
      if (counted.has(toHex(row.handle))) continue;
      counted.add(toHex(row.handle));
      add(all, kindOf[kind] ?? "files", bytes, clearable);
    }
  }
  return { byChat, all };
}

export const storage = clientFeature({
  api: (context): StorageApi => ({
    async storage() {
      const { db, server, read } = context;
      const { byChat, all } = measure(context);
      const heads = read().heads([...byChat.values()].map(({ id }) => id));
      const chats = [...byChat].flatMap(([conversation, { sum }]) => {
        const head = heads.get(conversation);
        return head === undefined || sum.all === 0 ? [] : [{ ...sum, conversation, ...head }];
      });
      const terms = await server.callUnnamed("blobTerms", {});
      return {
        ...all,
        chats: chats.sort((a, b) => b.all - a.all).map(({ kind: _, ...chat }) => chat),
        database: databaseBytes(db),
        ...(terms?.kind === "ok" ? { home: { days: terms.value.days, fileBytesMax: terms.value.bytesMax } } : {}),
      };
    },

    async clearFiles(hex) {
      const { db, files } = context;
      const conversation = hex === undefined ? null : idOf(hex);
      const done = new Set<Hex>();
      let freed = 0;
      for (const { body } of db.all<Row>(`${mediaSql} AND (?1 IS NULL OR conversation = ?1)`, conversation)) {
        for (const file of files.of(body)) {
          const bytes = files.held(file);
          if (done.has(toHex(file.handle)) || bytes === 0 || !files.isFetchable(file)) continue;
          done.add(toHex(file.handle));
          await files.removeHere(file);
          freed += bytes;
        }
      }
      return freed;
    },
  }),
});
