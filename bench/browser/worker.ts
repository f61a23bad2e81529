/**
 * Worker: puts one long conversation into the store of whoever signed up in this browser, through the store's own
 * code: seven people who write in both scripts, with photos, voices and quotes among it, and a day between the years.
 */
import { type Body, encodeBody } from "@yanshu/content";
import { insertConversation, insertMessage, learnPerson } from "@yanshu/store";
import { openBrowserDatabase } from "@yanshu/store/browser";
import type { Bytes } from "@yanshu/wire";

const title = "十万封信";
const conversation = new Uint8Array(32).fill(0xaa);
const names = ["爸爸", "外婆", "Maya", "小姨", "Uncle Chen", "表哥"];
const stepMessages = 2_000;

self.onmessage = async ({ data }: MessageEvent<{ readonly messages: number }>) => {
  try {
    await seed(data.messages);
    self.postMessage("seeded");
  } catch (error) {
    self.postMessage(`failed: ${String(error)}`);
  }
};

async function seed(count: number): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: 8 }, (_, n) => pictureOf(n)));
  const { db } = await openBrowserDatabase("yanshu");
  // Whoever just signed up knows nobody but themselves.
  const own = db.get<{ account: Bytes }>("SELECT account FROM people")?.account;
  if (own === undefined) throw new Error("nobody signed up here");
  const others = names.map((_, n) => new Uint8Array(32).fill(n + 1));
  const nowMs = Date.now();
  db.transaction(() => {
    insertConversation(db, { conversation, kind: "group", state: "open", title, activeMs: nowMs });
    for (const [n, account] of others.entries())
      learnPerson(db, { account, name: names[n] as string, avatar: undefined, ownWord: true, stampMs: nowMs });
  });
  const chance = createChance(11);
  let atMs = nowMs - count * 90_000;
  for (let from = 0; from < count; from += stepMessages)
    db.transaction(() => {
      for (let n = from; n < Math.min(count, from + stepMessages); n++) {
        atMs += chance() < 0.7 ? 20_000 : 240_000;
        const author = chance() < 0.3 ? own : (others[Math.floor(chance() * others.length)] as Bytes);
        const body =
          n === count - 1 ? ({ kind: "text", text: "最新的一句" } as const) : bodyOf(chance, n, pictures, others);
        insertMessage(db, {
          conversation,
          author,
          id: idOf(n),
          atMs: Math.min(atMs, nowMs),
          kind: body.kind,
          body: encodeBody(body),
          state: "sent",
        });
      }
    });
  db.run(
    "UPDATE conversations SET read_order = (SELECT max(position) FROM messages) WHERE conversation = ?",
    conversation,
  );
  db.close();
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
