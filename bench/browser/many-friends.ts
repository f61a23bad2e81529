/**
 * Many friends: five hundred people with whom Moments are shared (docs/spec/moments.md), put straight into the store of
 * somebody who signed up in a browser, with what they told as real keys, and at home as real holes. They never run.
 */
import {
  bodySecret,
  bodyToSign,
  cellKinds,
  cellName,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  noWord,
  postIdOf,
  postPayload,
  sealBody,
  sealCell,
  sealHeader,
  sealWord,
  wayTo,
  wordIdOf,
  wordSecret,
  wordToSign,
} from "@yanshu/client/moments";
import { encodeMomentBody, type MomentBody } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openSqliteLog } from "@yanshu/server";
import { type AccountId, type Bytes, concat, fromHex, toHex, utf8 } from "@yanshu/wire";
import { makePerson, type Person, signed } from "../load/people.ts";
import { type LongChat, runInStore } from "./long-chat.ts";
import type { Cell, Statement } from "./worker.ts";

export const dayMs = 86_400_000;
const crypto = createBunCrypto();
const { random } = crypto;
/** Rows that are given to the browser at once. */
const rowsAtOnce = 1_000;
const headsAhead = 4;
/** What of a friend's words is said on posts that whoever came back sees: one in so many. */
const seenOneIn = 20;
const wordsADay = 3;
/** One post in ten days by each friend for whoever is away: 0.3 a day, of which a third is theirs to see. */
const daysAPost = 10;

export type Friend = {
  readonly person: Person;
  /** M, L. */
  readonly root: Bytes;
  readonly log: Bytes;
};
type Hole = { readonly name: Bytes; readonly value: Bytes };

export function friendsOf(count: number, seed: string): readonly Friend[] {
  return Array.from({ length: count }, (_, n) => ({
    person: makePerson(seed, n, "localhost"),
    root: random(32),
    log: random(32),
  }));
}

const hex = (bytes: Bytes): Cell => ({ hex: toHex(bytes) });

export async function ownAccount(browser: LongChat): Promise<AccountId> {
  const sql = "SELECT account FROM accounts WHERE inception = (SELECT value FROM meta WHERE key = 'inception')";
  const [own] = await runInStore(browser, [[{ sql, isRead: true }]]);
  const account = own?.["account"];
  if (typeof account !== "object" || account === null) throw new Error("nobody signed up here");
  return fromHex(account.hex) as AccountId;
}

/** They are contacts, told each other their keys, and were last heard of at `sinceMs`. */
export async function befriendMany(
  browser: LongChat,
  me: AccountId,
  friends: readonly Friend[],
  sinceMs: number,
): Promise<void> {
  await runInStore(browser, [friendRows(me, friends, sinceMs)]);
}

/** Who has a friend has verified their device list (ID23). */
function verifiedOf({ inception, entry }: Person): Bytes {
  const { sha256 } = crypto;
  const numbers = utf8("1 0 0 ");
  return sha256(concat(utf8("yanshu verified list v1\0"), sha256(inception), sha256(numbers), sha256(entry)));
}

function friendRows(me: AccountId, friends: readonly Friend[], sinceMs: number): readonly Statement[] {
  const nowMs = Date.now();
  const root = random(32);
  const accounts = friends.map(({ person }) => toHex(person.account)).sort();
  const of = (values: (friend: Friend, n: number) => readonly Cell[]) => friends.map(values);
  return [
    {
      sql: "INSERT INTO moment_self (one, root, generation, root_ms) VALUES (1, ?, 1, ?)",
      rows: [[hex(root), sinceMs]],
    },
    {
      sql: "INSERT INTO moment_own_logs (key, root, generation, since_ms, place, told) VALUES (?, ?, 1, ?, 0, ?)",
      rows: [[hex(random(32)), hex(root), nowMs, { hex: accounts.join("") }]],
    },
    {
      sql: "INSERT INTO accounts (account, inception, verified) VALUES (?, ?, ?)",
      rows: of(({ person }) => [hex(person.account), hex(person.inception), hex(verifiedOf(person))]),
    },
    {
      sql: "INSERT INTO account_entries (account, n, bytes, current) VALUES (?, 0, ?, 1)",
      rows: of(({ person }) => [hex(person.account), hex(person.entry)]),
    },
    {
      sql: "INSERT INTO people (account, name, own_word, stamp_ms) VALUES (?, ?, 1, ?)",
      rows: of(({ person }, n) => [hex(person.account), `${n % 2 === 0 ? "小" : "Uncle "}${n}`, nowMs]),
    },
    {
      sql: "INSERT INTO contacts (account, state, stamp_ms) VALUES (?, 'contact', ?)",
      rows: of(({ person }) => [hex(person.account), nowMs]),
    },
    {
      sql: "INSERT INTO moment_friends (account, told) VALUES (?, 1)",
      rows: of(({ person }) => [hex(person.account)]),
    },
    {
      sql: "INSERT INTO moment_ways (way, account, generation, next, since_ms) VALUES (?, ?, 1, 0, ?)",
      rows: of((one) => [hex(wayTo(crypto, one.root, 1, me)), hex(one.person.account), sinceMs]),
    },
    {
      sql: "INSERT INTO moment_logs (key, account, heads, since_ms) VALUES (?, ?, ?, ?)",
      rows: of(({ person, root: theirs, log }) => [
        hex(log),
        hex(person.account),
        hex(concat(...headsFrom(crypto, theirs, log, 0))),
        sinceMs,
      ]),
    },
  ];
}

const texts = [
  "今天的早饭是豆浆油条。",
  "Fall in the Sierra.",
  "外婆的菜园：番茄三十斤，豆角两篮，南瓜一个人抱不动。",
  "一年里最好的九天，从杭州到旧金山，路上下了一场雨。",
  "Grandpa is FAST",
] as const;
/** A thumbhash. */
const shadow = Uint8Array.from(atob("1QcSHQRnh493V4dIh4eXh1h4kJUI"), (one) => one.charCodeAt(0));

/** Pictures have their shadows and shapes; their files are nowhere. */
function bodyOf(author: AccountId, atMs: number, n: number): MomentBody {
  const blob = { server: "localhost", id: random(16), key: random(32), bytes: 90_000, expiresDay: 99_999 };
  const count = [0, 0, 1, 2, 4, 9][n % 6] ?? 0;
  return {
    kind: "post",
    author,
    atMs,
    text: `${texts[n % texts.length]} ${n}`,
    pictures: Array.from({ length: count }, () => ({
      type: "image/webp" as const,
      width: 1_280,
      height: 960,
      placeholder: shadow,
      blob: { ...blob, id: random(16) },
    })),
  };
}

/** So many posts by them over three hundred days, each with two likes and a comment, were read already. */
export async function keepPosts(browser: LongChat, friends: readonly Friend[], count: number): Promise<void> {
  const nowMs = Date.now();
  const account = (n: number) => (friends[n % friends.length] as Friend).person.account;
  const posts: Cell[][] = [];
  const words: Cell[][] = [];
  for (let n = 0; n < count; n++) {
    const atMs = nowMs - Math.floor(((n + 1) * 300 * dayMs) / count);
    const [author, secret, day] = [account(n * 7), random(32), Math.floor(atMs / dayMs)];
    const id = postIdOf(crypto, { author, secret });
    const body = concat(new Uint8Array(64), encodeMomentBody(bodyOf(author, atMs, n)));
    posts.push([hex(id), hex(author), hex(secret), hex(random(16)), atMs, day, hex(body), atMs, atMs]);
    for (const [k, kind] of ["like", "like", "comment"].entries()) {
      const said = kind === "comment" ? "记得给花浇水" : "";
      words.push([hex(random(16)), hex(id), hex(account(n + k)), kind, hex(random(16)), said, atMs + 1 + k, atMs]);
    }
  }
  await runInStore(browser, [
    ...inPieces(
      `INSERT INTO moments (id, author, secret, name, kind, at_ms, day, until_day, signed, state, got_ms, stamp_ms)
       VALUES (?, ?, ?, ?, 'post', ?, ?, 0, ?, 'here', ?, ?)`,
      posts,
    ),
    ...inPieces(
      `INSERT INTO moment_words (id, post, author, kind, about, reply, text, at_ms, log, header, name, state, got_ms)
       VALUES (?, ?, ?, ?, x'', ?, ?, ?, x'', x'', x'', 'here', ?)`,
      words,
    ),
  ]);
}

function inPieces(sql: string, rows: readonly (readonly Cell[])[]): readonly (readonly Statement[])[] {
  const pieces: Statement[][] = [];
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    pieces.push([{ sql, rows: rows.slice(from, from + rowsAtOnce) }]);
  return pieces;
}

type Posted = { readonly author: AccountId; readonly secret: Bytes; readonly atMs: number };

/** What they posted for `me`, and said on each other's posts, in so many days up to now: three words a day each. */
export async function saidMeanwhile(
  me: AccountId,
  friends: readonly Friend[],
  days: number,
): Promise<{ readonly holes: readonly Hole[]; readonly posts: number; readonly words: number }> {
  const nowMs = Date.now();
  const holes: Hole[] = [];
  const posts: Posted[] = [];
  for (const [n, friend] of friends.entries())
    for (let k = 0; k * daysAPost < days; k++) {
      const atMs = nowMs - (days - k * daysAPost) * dayMs + n * 60_000;
      const { secret, value, body } = await posted(me, friend, k, atMs, n + k);
      holes.push({ name: cellName(crypto, wayTo(crypto, friend.root, 1, me), k), value }, ...body);
      posts.push({ author: friend.person.account, secret, atMs });
    }
  let words = 0;
  for (const [n, friend] of friends.entries())
    for (let place = 0; place < days * wordsADay; place++) {
      const seen = (n + place) % seenOneIn === 0 ? posts[(n * 31 + place) % posts.length] : undefined;
      if (seen !== undefined) words++;
      holes.push(...(await spoken(friend, place, nowMs - (days - place / wordsADay) * dayMs, seen)));
    }
  return { holes, posts: posts.length, words };
}

async function posted(me: AccountId, { person, root }: Friend, place: number, atMs: number, n: number) {
  const secret = random(32);
  const nameOf = (part: number) => holeName(crypto, bodySecret(crypto, root, secret, part));
  const body = encodeMomentBody(bodyOf(person.account, atMs, n));
  const signature = signed(person.deviceKey, bodyToSign(crypto, { author: person.account, secret }, body));
  const values = (await sealBody(crypto, secret, nameOf, concat(signature, body))) ?? [];
  const value = await sealCell(crypto, wayTo(crypto, root, 1, me), place, {
    kind: cellKinds.post,
    flags: 0,
    day: Math.floor(atMs / dayMs),
    payload: postPayload(secret, nameOf(0)),
  });
  return { secret, value, body: values.map((one, part) => ({ name: nameOf(part), value: one })) };
}

/** A header; and its word, where it is on a post that `me` sees. */
async function spoken({ person, root, log }: Friend, place: number, atMs: number, post: Posted | undefined) {
  const name = holeName(crypto, headSecret(crypto, root, log, place));
  const word = holeName(crypto, wordSecret(crypto, root, log, place));
  const header = await sealHeader(crypto, log, name, {
    day: Math.floor((post?.atMs ?? atMs) / dayMs),
    hint: post === undefined ? random(8) : hintOf(crypto, log, post),
    next: headsFrom(crypto, root, log, place + 1).slice(0, headsAhead),
    word,
  });
  if (post === undefined) return [{ name, value: header }];
  const reply = random(16);
  const said = {
    kind: "comment" as const,
    id: wordIdOf(crypto, person.account, postIdOf(crypto, post), reply),
    about: noWord,
    reply,
    atMs: Math.floor(atMs),
    text: "记得给花浇水",
  };
  const signature = signed(person.deviceKey, wordToSign(crypto, person.account, post, word, said));
  const value = await sealWord(crypto, log, word, post.secret, undefined, { ...said, signature });
  return [
    { name, value: header },
    { name: word, value: value ?? new Uint8Array() },
  ];
}

/** @param path of the database of a server that stands still. */
export function lay(path: string, holes: readonly Hole[]): void {
  const log = openSqliteLog(path);
  for (let from = 0; from < holes.length; from += rowsAtOnce)
    log.transaction(() =>
      log.features.moments.put(
        holes.slice(from, from + rowsAtOnce).map((hole) => ({ ...hole, expiresDay: 99_999, before: undefined })),
      ),
    );
  log.close();
}
