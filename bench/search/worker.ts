/**
 * Worker: a history of made-up messages in the browser's own store, and searches in it through the client, as a
 * person's would go. The words follow Zipf's law, as real ones do; one in ten messages is English too.
 */
import { createClient } from "@yanshu/client";
import { encodeBody } from "@yanshu/content";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import { insertConversation, insertMessage } from "@yanshu/store";
import { openBrowserDatabase } from "@yanshu/store/browser";
import { toHex } from "@yanshu/wire";

export type Measured = {
  readonly indexSeconds: number;
  readonly indexBytes: number;
  readonly hits: number;
  /** By what was asked: milliseconds of each of the searches. */
  readonly asked: Readonly<Record<string, readonly number[]>>;
};

const chats = Array.from({ length: 20 }, (_, n) => new Uint8Array(32).fill(n + 1));
const common = Array.from(
  "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生饺火锅晚饭回家早点",
);
const english = ["see you", "at the station", "dinner", "tomorrow", "grandma", "call me", "photo", "thanks"];
const rounds = 30;

self.onmessage = async ({ data }: MessageEvent<{ readonly messages: number }>) => {
  self.postMessage(await measure(data.messages));
};

async function measure(count: number): Promise<Measured> {
  const { db } = await openBrowserDatabase("bench");
  const client = createClient({
    crypto: createBrowserCrypto(),
    database: db,
    connect: () => ({ send: () => undefined, close: () => undefined }),
    originOf: (server) => `https://${server}`,
    server: undefined,
    keyPackagesKept: 0,
    nowMs: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
    persistent: true,
  });
  const chance = createChance(7);
  for (const conversation of chats)
    insertConversation(db, { conversation, kind: "group", state: "open", title: "chat", activeMs: 1 });
  for (let from = 0; from < count; from += 1_000)
    db.transaction(() => {
      for (let n = from; n < Math.min(count, from + 1_000); n++) {
        const id = new Uint8Array(16);
        new DataView(id.buffer).setUint32(0, n);
        const conversation = chats[n % chats.length] as Uint8Array;
        const author = chats[n % 7] as Uint8Array;
        const body = encodeBody({ kind: "text", text: textOf(chance, n) });
        insertMessage(db, { conversation, author, id, atMs: 1e12 + n * 60_000, kind: "text", body, state: "sent" });
      }
    });
  const startMs = performance.now();
  while (await client.workAhead());
  const indexSeconds = (performance.now() - startMs) / 1_000;

  const chat = { conversation: toHex(chats[3] as Uint8Array) };
  const queries = {
    "one common character": { query: "的" },
    "one rare character": { query: "锅" },
    "two characters": { query: "晚饭" },
    "two characters in the other script": { query: "晚飯" },
    "two characters in one chat": { query: "回家", ...chat },
    "an English word": { query: "station" },
    "a part of a word that nobody said": { query: "oitat" },
    "what nobody said": { query: "龘靐" },
    "everything by one person in one chat": { query: "", author: toHex(chats[3] as Uint8Array), ...chat },
  };
  const asked: Record<string, number[]> = {};
  let hits = 0;
  for (const [name, search] of Object.entries(queries)) {
    asked[name] = [];
    for (let round = 0; round < rounds; round++) {
      const beforeMs = performance.now();
      const found = await client.api.searchMessages({ ...search, limit: 40 });
      asked[name].push(performance.now() - beforeMs);
      if (round === 0) hits += found.hits.length;
    }
  }
  const size = db.get<{ bytes: number }>("SELECT sum(length(block)) AS bytes FROM message_words_data");
  return { indexSeconds, indexBytes: size?.bytes ?? 0, hits, asked };
}

function textOf(chance: () => number, n: number): string {
  const length = 3 + Math.floor(chance() * 24);
  const characters = Array.from({ length }, () =>
    chance() < 0.2
      ? String.fromCodePoint(0x4e00 + Math.floor(chance() * chance() * 6_000))
      : (common[Math.floor(chance() ** 2 * common.length)] as string),
  ).join("");
  return n % 10 === 0 ? `${english[Math.floor(chance() * english.length)]} ${characters}` : characters;
}

/** The same numbers at each run. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
