/**
 * Worker: puts long conversations into the store of whoever lives in this browser, through the store's own code: people
 * who write in both scripts, with photos, voices and quotes among it. Or says which messages are there.
 */
import { type Body, encodeBody } from "@yanshu/content";
import { insertConversation, insertMessage, learnPerson } from "@yanshu/store";
import { openBrowserDatabase } from "@yanshu/store/browser";
import type { Bytes } from "@yanshu/wire";
import { momentsFloor } from "./moments-floor.ts";

/**
 * `one-chat`: all in one that only this store knows, for whoever just signed up. `many-chats`: over those with one
 * other person that are there, and over groups that were left, which other devices learn of by the vault. `ids`:
 * answers how many there are, and a hash of their sorted names. `device`: a hash of its key. `damage`: what was written
 * to the disk is noise from now on. `floor`: what cryptography of a post to so many friends takes here.
 */
export type Task = {
  readonly kind: "one-chat" | "many-chats" | "ids" | "damage" | "device" | "rows" | "floor";
  readonly messages: number;
  /** Of `rows`: what is run, in one transaction. The answer is what the last of them reads. */
  readonly statements?: readonly Statement[];
};
/** Bytes are written in hex, as an object of one field. */
export type Cell = string | number | null | { readonly hex: string };
/** Run once for each row of values; `isRead`: run once, and read. */
export type Statement = { readonly sql: string; readonly rows?: readonly (readonly Cell[])[]; readonly isRead?: true };
type Opened = Awaited<ReturnType<typeof openBrowserDatabase>>["db"];
type Chat = { readonly conversation: Bytes; readonly others: readonly Bytes[] };

const title = "十万封信";
const names = ["爸爸", "外婆", "Maya", "小姨", "Uncle Chen", "表哥"];
const others = names.map((_, n) => new Uint8Array(32).fill(n + 1));
const groupTitles = ["老同学", "Book club", "旧邻居"];
const stepMessages = 2_000;

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  try {
    if (data.kind === "damage") {
      self.postMessage(await damage());
      return;
    }
    if (data.kind === "floor") {
      self.postMessage(`floor ${JSON.stringify(await momentsFloor(data.messages))}`);
      return;
    }
    const { db } = await openBrowserDatabase("yanshu");
    if (data.kind === "rows") self.postMessage(`rows ${runStatements(db, data.statements ?? [])}`);
    else if (data.kind === "device") self.postMessage(`device ${await deviceIn(db)}`);
    else self.postMessage(data.kind === "ids" ? await idsIn(db) : await seed(db, data));
    db.close();
  } catch (error) {
    self.postMessage(`failed: ${String(error)}`);
  }
};

function runStatements(db: Opened, statements: readonly Statement[]): string {
  const value = (cell: Cell) => (typeof cell === "object" && cell !== null ? Uint8Array.fromHex(cell.hex) : cell);
  let read: readonly Record<string, unknown>[] = [];
  db.transaction(() => {
    for (const { sql, rows = [], isRead } of statements) {
      if (isRead === true) read = db.all(sql);
      for (const row of rows) db.run(sql, ...row.map(value));
    }
  });
  return JSON.stringify(read, (_, found) => (found instanceof Uint8Array ? { hex: found.toHex() } : found));
}

/** All pages but the first, in each file of the pool, which begins with a page of its own. */
async function damage(): Promise<string> {
  const from = 2 * 4_096;
  const root = await navigator.storage.getDirectory();
  const pool = await (await root.getDirectoryHandle("yanshu-yanshu")).getDirectoryHandle(".opaque");
  for await (const entry of pool.values()) {
    const file = await (entry as FileSystemFileHandle).createSyncAccessHandle();
    if (file.getSize() > from) file.write(new Uint8Array(file.getSize() - from).fill(0xee), { at: from });
    file.close();
  }
  return "damaged";
}

/** A hash of the key of the device that lives here. */
async function deviceIn(db: Opened): Promise<string> {
  const seed = db.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value ?? new Uint8Array();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(seed))).toHex();
}

async function idsIn(db: Opened): Promise<string> {
  const rows = db.all<{ name: string }>(
    `SELECT hex(conversation) || hex(author) || hex(id) AS name FROM messages
     WHERE state = 'sent' AND kind NOT IN ('system', 'leave', 'newer') ORDER BY 1`,
  );
  const bytes = new TextEncoder().encode(rows.map(({ name }) => name).join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `ids ${rows.length} ${hash.toHex()}`;
}

async function seed(db: Opened, { kind, messages }: Task): Promise<string> {
  const pictures = await Promise.all(Array.from({ length: 8 }, (_, n) => pictureOf(n)));
  const me = ownAccount(db);
  const nowMs = Date.now();
  const chats = db.transaction(() => (kind === "one-chat" ? [oneChat(db, nowMs)] : manyChats(db, nowMs)));
  const chance = createChance(11);
  let atMs = nowMs - messages * 90_000;
  for (let from = 0; from < messages; from += stepMessages)
    db.transaction(() => {
      for (let n = from; n < Math.min(messages, from + stepMessages); n++) {
        atMs += chance() < 0.7 ? 20_000 : 240_000;
        const chat = n === messages - 1 ? chats[0] : chats[Math.floor(n / 7) % chats.length];
        if (chat === undefined) throw new Error("no chat");
        const isMine = chance() < 0.3;
        const other = chat.others[Math.floor(chance() * chat.others.length)] as Bytes;
        const body =
          n === messages - 1
            ? ({ kind: "text", text: "最新的一句" } as const)
            : bodyOf(chance, n, pictures, chat.others);
        insertMessage(db, {
          conversation: chat.conversation,
          author: isMine ? me : other,
          id: idOf(n),
          atMs: Math.min(atMs, nowMs),
          kind: body.kind,
          body: encodeBody(body),
          state: "sent",
        });
      }
    });
  for (const { conversation } of chats)
    db.run(
      "UPDATE conversations SET active_ms = ?, read_order = (SELECT max(position) FROM messages) WHERE conversation = ?",
      nowMs,
      conversation,
    );
  return "seeded";
}

function ownAccount(db: Opened): Bytes {
  const sql = "SELECT account FROM accounts WHERE inception = (SELECT value FROM meta WHERE key = 'inception')";
  const own = db.get<{ account: Bytes }>(sql)?.account;
  if (own === undefined) throw new Error("nobody signed up here");
  return own;
}

function learnOthers(db: Opened, nowMs: number): void {
  for (const [n, account] of others.entries())
    learnPerson(db, { account, name: names[n] as string, avatar: undefined, ownWord: true, stampMs: nowMs });
}

function oneChat(db: Opened, nowMs: number): Chat {
  const conversation = new Uint8Array(32).fill(0xaa);
  insertConversation(db, { conversation, kind: "group", state: "open", title, activeMs: nowMs });
  learnOthers(db, nowMs);
  return { conversation, others };
}

function manyChats(db: Opened, nowMs: number): readonly Chat[] {
  const direct = db.all<{ conversation: Bytes; peer: Bytes }>(
    "SELECT conversation, peer FROM conversations WHERE kind = 'direct' AND state = 'open'",
  );
  const left = groupTitles.map((name, n) => {
    const conversation = new Uint8Array(32).fill(0xb0 + n);
    insertConversation(db, { conversation, kind: "group", state: "left", title: name, activeMs: nowMs });
    return { conversation, others };
  });
  learnOthers(db, nowMs);
  return [...direct.map(({ conversation, peer }) => ({ conversation, others: [peer] })), ...left];
}

function idOf(n: number): Bytes {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, n + 1);
  return id;
}

type Picture = Extract<Body, { kind: "photos" }>["pictures"][number];

function bodyOf(chance: () => number, n: number, pictures: readonly Picture[], others: readonly Bytes[]): Body {
  const dice = chance();
  if (dice < 0.04) {
    const many = chance() < 0.5 ? 1 : 3;
    return { kind: "photos", caption: "", pictures: pictures.slice(n % 4, (n % 4) + many) };
  }
  if (dice < 0.07) {
    const waveform = Uint8Array.from({ length: 48 }, () => Math.floor(chance() * 256));
    return { kind: "voice", type: "audio/webm", ms: 1_000 + (n % 50_000), waveform, inline: new Uint8Array(2_000) };
  }
  const text = textOf(chance);
  if (dice < 0.12 && n > 10)
    return {
      kind: "text",
      text,
      quote: { author: others[0] as Bytes, id: idOf(n - 5), of: "text", words: textOf(chance).slice(0, 40) },
    };
  return { kind: "text", text };
}

const chinese = Array.from(
  "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生饺火锅晚饭回家早点，。",
);
const english = "see you at the station dinner tomorrow grandma call me photo thanks how was school today".split(" ");

function textOf(chance: () => number): string {
  const pick = <T>(from: readonly T[]) => from[Math.floor(chance() * from.length)] as T;
  if (chance() < 0.3) return Array.from({ length: 1 + Math.floor(chance() ** 2 * 40) }, () => pick(english)).join(" ");
  return Array.from({ length: 1 + Math.floor(chance() ** 3 * 120) }, () => pick(chinese)).join("");
}

/** A thumbhash: one sunset stands for all until they are there. */
const shadow = Uint8Array.from(atob("1QcSHQRnh493V4dIh4eXh1h4kJUI"), (one) => one.charCodeAt(0));

/** A painted picture with its shadow, as a phone would send it. */
async function pictureOf(n: number): Promise<Picture> {
  const [width, height] = n % 2 === 0 ? [480, 360] : [360, 480];
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext("2d");
  if (paint === null) throw new Error("no canvas");
  const sky = paint.createLinearGradient(0, 0, width, height);
  sky.addColorStop(0, `hsl(${n * 45} 60% 70%)`);
  sky.addColorStop(1, `hsl(${n * 45 + 120} 50% 40%)`);
  paint.fillStyle = sky;
  paint.fillRect(0, 0, width, height);
  const inline = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.6 })).arrayBuffer());
  return { type: "image/webp", width, height, placeholder: shadow, inline };
}

/** The same numbers at each run. */
function createChance(state: number): () => number {
  let seed = state;
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
