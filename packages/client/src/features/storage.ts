/**
 * Storage: what each chat takes on this device, and files that may go because they lie at home too (docs/spec/keeping.md
 * KP5, KP6). What is told is counted, of letters and of chunks that are here; nothing is guessed.
 */
import { blobsIn, decodeBody } from "@yanshu/content";
import { databaseBytes, readBlob, readOwnBlob, type StoredBlob, setBlobHave } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { KeepingApi, StorageKind, StorageOf } from "../api/keeping.ts";
import type { Engine } from "../core/engine.ts";
import { idOf } from "../ids.ts";
import type { ViewContext } from "../views/context.ts";
import { headsOf } from "../views/heads.ts";
import { peopleOf } from "../views/people.ts";
import { dayNow, handleOf, hasChunk } from "./media/handles.ts";
import { chunkCount, chunkRange, cipherBytes } from "./media/stream.ts";

type Sum = { -readonly [Key in keyof StorageOf]: StorageOf[Key] };
const kindOf: Readonly<Record<string, StorageKind>> = {
  photos: "photos",
  video: "videos",
  voice: "voice",
  file: "files",
};

const empty = (): Sum => ({ photos: 0, videos: 0, voice: 0, files: 0, text: 0, all: 0, clearable: 0 });

export function storageApi(engine: Engine, context: () => ViewContext): Pick<KeepingApi, "storage" | "clearFiles"> {
  const { db, ports, link } = engine;

  return {
    async storage() {
      const { byChat, all } = measure(engine);
      const heads = headsOf(
        context(),
        peopleOf(context()),
        [...byChat.values()].map(({ id }) => id),
      );
      const chats = [...byChat].flatMap(([conversation, { sum }]) => {
        const head = heads.get(conversation);
        return head === undefined || sum.all === 0 ? [] : [{ ...sum, conversation, ...head }];
      });
      const terms = link.isReady("anonymous") ? await link.call("anonymous", "blobTerms", {}) : undefined;
      return {
        ...all,
        chats: chats.sort((a, b) => b.all - a.all).map(({ kind: _, ...chat }) => chat),
        database: databaseBytes(db),
        ...(terms?.kind === "ok" ? { home: { days: terms.value.days, fileBytesMax: terms.value.bytesMax } } : {}),
      };
    },

    async clearFiles(hex) {
      const conversation = hex === undefined ? undefined : idOf(hex);
      let freed = 0;
      for (const handle of filesIn(engine, conversation)) {
        const row = readBlob(db, handle);
        if (row === undefined || !canBeFetchedAgain(engine, row)) continue;
        const bytes = heldBytes(row);
        if (bytes === 0) continue;
        // The store first: a crash in between leaves a file that nobody counts, and the next fetch writes it over.
        db.transaction(() => setBlobHave(db, handle, new Uint8Array(row.have.length)));
        await ports.media?.files.remove(toHex(handle));
        engine.changed(`blob:${toHex(handle)}`);
        freed += bytes;
      }
      return freed;
    },
  };
}

type Row = { readonly conversation: Bytes; readonly kind: string; readonly body: Bytes };

const mediaSql = "SELECT conversation, kind, body FROM messages WHERE kind IN ('photos', 'video', 'voice', 'file')";
const lettersSql = "SELECT conversation, kind, sum(length(body)) AS bytes FROM messages GROUP BY conversation, kind";

function measure(engine: Engine) {
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
  for (const { conversation, kind, bytes } of engine.db.all<Row & { bytes: number }>(lettersSql)) {
    add(sumOf(conversation), kindOf[kind] ?? "text", bytes, 0);
    add(all, kindOf[kind] ?? "text", bytes, 0);
  }
  for (const { conversation, kind, body } of engine.db.all<Row>(mediaSql)) {
    const sum = sumOf(conversation);
    for (const row of blobsOf(engine, body)) {
      const bytes = heldBytes(row);
      const clearable = canBeFetchedAgain(engine, row) ? bytes : 0;
      add(sum, kindOf[kind] ?? "files", bytes, clearable);
      // A file that two chats name lies here once.
      if (counted.has(toHex(row.handle))) continue;
      counted.add(toHex(row.handle));
      add(all, kindOf[kind] ?? "files", bytes, clearable);
    }
  }
  return { byChat, all };
}

function filesIn(engine: Engine, conversation: Bytes | undefined): readonly Bytes[] {
  const rows = engine.db.all<Row>(`${mediaSql} AND (?1 IS NULL OR conversation = ?1)`, conversation ?? null);
  return rows.flatMap(({ body }) => blobsOf(engine, body).map(({ handle }) => handle));
}

function blobsOf({ db, ports }: Engine, bytes: Bytes): readonly StoredBlob[] {
  const body = decodeBody(bytes);
  return (body === undefined ? [] : blobsIn(body)).flatMap((ref) => {
    const row = readBlob(db, handleOf(db, ports.crypto.sha256, ref));
    return row === undefined ? [] : [row];
  });
}

function heldBytes({ bytes, have }: StoredBlob): number {
  let held = 0;
  for (let index = 0; index < chunkCount(bytes); index++)
    if (hasChunk(have, index)) held += chunkRange(bytes, index).length;
  return held;
}

/** It lies at home whole, and will tomorrow; and nothing is moving. */
function canBeFetchedAgain(engine: Engine, row: StoredBlob): boolean {
  const own = readOwnBlob(engine.db, row.id);
  const isThere = own === undefined || (own.created === 1 && own.written >= cipherBytes(row.bytes));
  return isThere && row.wish === "none" && row.fault === null && row.expires_day > dayNow(engine) + 1;
}
