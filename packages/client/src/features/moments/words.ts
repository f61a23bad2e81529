/**
 * Words that friends say on posts that are here (docs/spec/moments.md MO6–MO10). What does not open yet, or is signed
 * for no post that is here, waits.
 */
import { momentLimits } from "@yanshu/content";
import {
  addMomentPut,
  addMomentTakenBack,
  addMomentWord,
  countDiagnostic,
  countMomentTakenBack,
  eraseMomentWord,
  isMomentTakenBack,
  type MomentClosedRow,
  type MomentRow,
  readMoment,
  readMomentWord,
  readMomentWords,
  setMoment,
  setMomentWord,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import { type FeatureContext, pack } from "../../feature.ts";
import { forgetGap, noteGap } from "./gaps.ts";
import { refsOf } from "./jobs.ts";
import { type At, isSigned, none, readEach, restsMs, triedAgainAt, triesAtLooks, wantedMax } from "./reading.ts";
import { openedBy } from "./replies.ts";
import { hintsOf, openHeader, type SignedWord, wordIdOf, wordToSign } from "./sealed.ts";
import { homeOf, homesOf, shuffled } from "./server.ts";
import { dayMs, dayOf, saidTopic } from "./values.ts";
import { bodyOf } from "./views.ts";

/**
 * A word that did not open; or that did, and is signed for none of the posts that are here. S is of what it answers to.
 */
type InVain = {
  readonly closed: MomentClosedRow;
  readonly secret: Bytes;
  readonly isFalse: boolean;
  /** Nothing stands there, though its post is not so old that it may be over. */
  readonly isMissing: boolean;
};

/** A word stands for 180 days, and is no older than its post: where that is older than this, it may be over. */
const standsDays = 150;

/** Hints that are made without a break, in which the worker answers what else is asked of it. */
const hintsAtOnce = 2_000;
/** So many words are read at once, few at first, that they stand soon; or what so many hints found. */
const [firstMeant, meantAtOnce, hintsBetween] = [16, 512, 25_000];
/** Words of one author on one post that do not open, in one look. */
const closedAtLook = 64;
/** Words that are kept in one transaction. */
const wordsAtOnce = 64;

const readableSql = "state <> 'gone' AND state <> 'wanted'";
/** Posts of a day that words may be about: those that are here, and those that were. */
export const postsOfDaySql = `SELECT * FROM moments WHERE (day & 255) = ?1 AND ${readableSql}
  UNION ALL SELECT * FROM moments WHERE (day & 255) = ?1 AND state = 'gone' AND stamp_ms > 0`;
export const freshSql = `SELECT * FROM moments INDEXED BY moments_unmatched
  WHERE matched = 0 AND (${readableSql} OR (state = 'gone' AND stamp_ms > 0))`;

export const dueLogsSql =
  "SELECT DISTINCT day, log FROM moment_closed INDEXED BY moment_closed_due WHERE again_ms <= ?";
const ofDay = "moment_closed INDEXED BY moment_closed_of";
export const dueOfLogSql = `SELECT * FROM ${ofDay} WHERE again_ms <= ? AND day = ? AND log = ? ORDER BY got_ms, name`;
export const restingLogsSql = `SELECT DISTINCT log FROM ${ofDay} WHERE day = ? AND again_ms = ?`;
export const restingHintsSql = `SELECT hint FROM ${ofDay} WHERE day = ? AND log = ? AND again_ms = ?`;
export const wakeSql = `UPDATE ${ofDay} SET again_ms = 0 WHERE day = ? AND log = ? AND hint = ? AND again_ms = ?`;
export const restSql = `UPDATE ${ofDay} SET again_ms = ? WHERE again_ms <= ? AND day = ? AND log = ?
  AND lower(hex(name)) NOT IN (SELECT value FROM json_each(?))`;
export const againSql = `UPDATE ${ofDay} SET again_ms = 0 WHERE day = ? AND secret = ?`;

type Meant = At<{ readonly closed: MomentClosedRow; readonly posts: readonly MomentRow[] }>;

/** A hint as a number: which of some words it may be of is found without a text for each hint that is made. */
const keyOf = (hint: Bytes): number => (hint[0] ?? 0) * 2 ** 16 + (hint[1] ?? 0) * 2 ** 8 + (hint[2] ?? 0);

/** Of these hints of words in a log those that answer to a post, each with its posts. */
function answeredBy(
  hints: readonly Bytes[],
  log: Bytes,
  posts: readonly Hinted[],
): readonly { readonly hint: Bytes; readonly posts: readonly MomentRow[] }[] {
  const byKey = Map.groupBy(hints, keyOf);
  const found: { hint: Bytes; post: MomentRow }[] = [];
  for (const { post, hintIn } of posts) {
    const made = hintIn(log);
    const hint = byKey.get(keyOf(made))?.find((one) => equalBytes(one, made));
    if (hint !== undefined) found.push({ hint, post });
  }
  // Who tells another's S in their own way has a post of the same hint: the signature says which is meant.
  return Array.from(Map.groupBy(found, ({ hint }) => toHex(hint)).values(), (some) => ({
    hint: (some[0] as { hint: Bytes }).hint,
    posts: some.map(({ post }) => post),
  }));
}

type Hinted = { readonly post: MomentRow; readonly hintIn: (log: Bytes) => Bytes };
const hinted = ({ rooms }: FeatureContext, posts: readonly MomentRow[]): readonly Hinted[] =>
  posts.map((post) => ({ post, hintIn: hintsOf(rooms.crypto, post) }));

/** Lets the worker answer what else is asked of it, once so many hints were made. */
function breather({ after }: FeatureContext) {
  let made = 0;
  return {
    isDue: (hints: number) => {
      made += hints;
      return made >= hintsAtOnce;
    },
    rest: async () => {
      made = 0;
      await new Promise<void>((resolve) => after(0, resolve));
    },
  };
}

/** Words that rest are looked at again with the posts that came since: some logs at a time, each in one piece. */
async function wakeWords(context: FeatureContext): Promise<void> {
  const { db } = context;
  const breath = breather(context);
  const byDay = Map.groupBy(db.all<MomentRow>(freshSql), ({ day }) => day & 255);
  for (const [day, fresh] of byDay) {
    const posts = hinted(context, fresh);
    const logs = db.all<{ log: Bytes }>(restingLogsSql, day, restsMs);
    for (let at = 0; at < logs.length; ) {
      let isDue = false;
      db.transaction(() => {
        for (; at < logs.length && !isDue; at++) {
          const { log } = logs[at] as (typeof logs)[number];
          const hints = db.all<{ hint: Bytes }>(restingHintsSql, day, log, restsMs).map(({ hint }) => hint);
          for (const { hint } of answeredBy(hints, log, posts)) db.run(wakeSql, day, log, hint, restsMs);
          isDue = breath.isDue(posts.length);
        }
      });
      if (isDue) await breath.rest();
    }
    db.transaction(() => {
      for (const { id } of fresh) setMoment(db, id, { matched: 1 });
    });
  }
}

/**
 * Words that are to be looked at, with the posts that their hints answer to: some at a time, and in an order of chance,
 * for by one of the posts' days home would learn on which of them each word is (MO103). What answers to none rests: it
 * is read, looked at and laid to rest without a break, for a word that comes meanwhile was not looked at.
 */
async function* wordsMeant(context: FeatureContext): AsyncGenerator<readonly Meant[]> {
  const { db, nowMs } = context;
  const homes = homesOf(context);
  const breath = breather(context);
  const now = nowMs();
  const due = shuffled(context, db.all<{ day: number; log: Bytes }>(dueLogsSql, now));
  const inTurn = (words: readonly Meant[]) =>
    words.toSorted(({ row: one }, { row: other }) => one.closed.got_ms - other.closed.got_ms);
  let meant: Meant[] = [];
  let [made, atOnce]: [number, number] = [0, firstMeant];
  const postsOf = new Map<number, readonly Hinted[]>();
  for (let at = 0; at < due.length; ) {
    let isDue = false;
    db.transaction(() => {
      for (; at < due.length && !isDue; at++) {
        const { day, log } = due[at] as (typeof due)[number];
        const posts = postsOf.get(day) ?? hinted(context, db.all<MomentRow>(postsOfDaySql, day));
        postsOf.set(day, posts);
        const waiting = db.all<MomentClosedRow>(dueOfLogSql, now, day, log);
        // What was read in vain before knows S already.
        const known = waiting.filter(({ secret }) => secret.length > 0);
        const others = Map.groupBy(waiting, ({ hint, secret }) => (secret.length > 0 ? "" : toHex(hint)));
        const hints = waiting.flatMap(({ hint, secret }) => (secret.length > 0 ? [] : [hint]));
        const answered = hints.length === 0 ? [] : answeredBy(hints, log, posts);
        const about = [
          ...known.map((closed) => ({
            closed,
            posts: posts.flatMap(({ post }) => (equalBytes(closed.secret, post.secret) ? [post] : [])),
          })),
          ...answered.flatMap((one) => (others.get(toHex(one.hint)) ?? []).map((closed) => ({ closed, ...one }))),
        ].filter((one) => one.posts.length > 0);
        for (const row of about) meant.push({ row, at: homes(row.closed.author), names: [row.closed.name] });
        if (about.length < waiting.length)
          db.run(restSql, restsMs, now, day, log, JSON.stringify(about.map(({ closed }) => toHex(closed.name))));
        if (hints.length > 0) made += posts.length;
        isDue = (hints.length > 0 && breath.isDue(posts.length)) || meant.length >= atOnce;
      }
    });
    if (isDue) await breath.rest();
    if (meant.length >= atOnce || (meant.length > 0 && made >= hintsBetween)) {
      yield inTurn(meant);
      [meant, made, atOnce] = [[], 0, meantAtOnce];
    }
  }
  if (meant.length > 0) yield inTurn(meant);
}

/** Words that wait: those whose hint answers to a post that is here are read. */
export async function readClosed(context: FeatureContext, isAll: boolean): Promise<void> {
  const { db } = context;
  const inVain = new Map<string, InVain>();
  /** Of each author on one post: how many did not open. */
  const closedOf = new Map<string, number>();
  const opening = new Opening(context);
  for (let round = 0; round < 8; round++) {
    await wakeWords(context);
    let isRead = false;
    for await (const meant of wordsMeant(context)) {
      for (const { row, values } of await readEach(context, meant)) {
        const { closed, posts } = row;
        const key = `${toHex(closed.author)} ${toHex(closed.name)}`;
        const of = `${toHex(closed.author)} ${toHex((posts[0] as MomentRow).secret)}`;
        const isNew = values[0] !== undefined && closed.tries === 0 && !inVain.has(key);
        // The rest of them is tried at the next look. @checks MO171
        if (isNew && (closedOf.get(of) ?? 0) >= closedAtLook) continue;
        const taken = values[0] === undefined ? "closed" : await opening.open(closed, posts, values[0]);
        if (taken === "read" || taken === "bears") {
          isRead = true;
          inVain.delete(key);
          // What was tried before it may answer it: that is read again at the next look, and not later.
          if (taken === "bears")
            for (const [other, { secret }] of inVain)
              if (equalBytes(secret, (posts[0] as MomentRow).secret)) inVain.delete(other);
        } else {
          const { secret, day: posted } = posts[0] as MomentRow;
          const isMissing = values[0] === undefined && dayOf(context.nowMs()) - posted < standsDays;
          if (isNew) closedOf.set(of, (closedOf.get(of) ?? 0) + 1);
          inVain.set(key, { closed, secret, isFalse: taken === "false", isMissing });
        }
      }
      opening.keep();
    }
    if (!isRead || !isAll) break; // What answered to one that was just read may open now.
  }
  const takenBack = await noteMissing(context, [...inVain.values()]);
  db.transaction(() => {
    for (const one of inVain.values()) if (!takenBack.has(one)) openedInVain(context, one);
  });
}

/**
 * A word that its header names, and that is not there at some looks: its author took it back, where the header leads on
 * to another; else home keeps it back, which is a gap a day later (MO59). Returns those that were taken back.
 */
async function noteMissing(context: FeatureContext, inVain: readonly InVain[]): Promise<ReadonlySet<InVain>> {
  const { db, rooms } = context;
  const missing = inVain.filter(({ isMissing, closed }) => isMissing && closed.tries + 1 >= triesAtLooks);
  if (missing.length === 0) return new Set();
  const asked = missing.map((row) => ({ row, at: homeOf(context, row.closed.author), names: [row.closed.header] }));
  const takenBack = new Set<InVain>();
  const looked = await readEach(context, asked);
  for (const { row, values } of looked) {
    const { log, header, name } = row.closed;
    const stands = values[0] && (await openHeader(rooms.crypto, log, header, values[0]));
    if (stands !== undefined && !equalBytes(stands.word, name)) takenBack.add(row);
  }
  db.transaction(() => {
    for (const { row } of looked) {
      const { author, name } = row.closed;
      if (!takenBack.has(row)) noteGap(context, author, none, 0, name);
      else {
        db.run("DELETE FROM moment_closed WHERE author = ? AND name = ?", author, name);
        forgetGap(context, author, none, 0, name);
      }
    }
  });
  return takenBack;
}

/**
 * It is not there, or does not open yet: it is read again later and later, and when another comment on its post came.
 * Of one author on one post no more than the first of these wait. Inside a transaction.
 */
function openedInVain(context: FeatureContext, { closed, secret, isFalse }: InVain): void {
  const { db } = context;
  const { author, name, tries } = closed;
  if (isFalse && tries === 0) countDiagnostic(db, "moments-false-word");
  db.run(
    "UPDATE moment_closed SET secret = ?, tries = ?, again_ms = ? WHERE author = ? AND name = ?",
    secret,
    tries + 1,
    triedAgainAt(context, tries + 1),
    author,
    name,
  );
  const dropped = db.run(
    `DELETE FROM moment_closed WHERE author = ?1 AND secret = ?2 AND name NOT IN (
       SELECT name FROM moment_closed WHERE author = ?1 AND secret = ?2 ORDER BY got_ms, name LIMIT ?3)`,
    author,
    secret,
    wantedMax,
  );
  for (let at = 0; at < dropped; at++) countDiagnostic(db, "moments-too-many-words");
}

type Opened = {
  readonly closed: MomentClosedRow;
  readonly post: MomentRow;
  readonly word: SignedWord;
};

/** Words that open are kept some at a time, in one transaction (MO91). */
class Opening {
  private readonly context: FeatureContext;
  private opened: Opened[] = [];

  constructor(context: FeatureContext) {
    this.context = context;
  }

  /** `bears`: what answers it may open now. @param posts that its hint answers to: of one S. */
  async open(
    closed: MomentClosedRow,
    posts: readonly MomentRow[],
    value: Bytes,
  ): Promise<"read" | "bears" | "closed" | "false"> {
    const { context } = this;
    const { db, rooms } = context;
    const { name, author, log } = closed;
    let opened = await openedBy(context, log, name, value, posts);
    if (opened === undefined && this.opened.some(({ post }) => posts.some(({ id }) => equalBytes(id, post.id)))) {
      this.keep(); // It may answer one of those.
      opened = await openedBy(context, log, name, value, posts);
    }
    if (opened === undefined) return "closed";
    let meant: MomentRow | undefined;
    for (const post of posts) {
      // not a check: it is marked where it stands.
      if (!isItsId(context, author, post, opened)) continue;
      const toSign = wordToSign(rooms.crypto, author, post, name, opened);
      // A like or comment may wait for its post; what takes away may have been put since (MO173).
      const metMs = opened.kind === "like" || opened.kind === "comment" ? closed.got_ms : context.nowMs();
      // @checks MO9
      if (await isSigned(context, author, toSign, opened.signature, metMs)) meant = post;
    }
    if (meant === undefined) return "false"; // Its own may come later.
    const isNew = readMomentWord(db, opened.id) === undefined;
    this.opened.push({ closed, post: meant, word: opened });
    if (this.opened.length >= wordsAtOnce) this.keep();
    return isNew && opened.kind === "comment" ? "bears" : "read";
  }

  keep(): void {
    const { db, changed } = this.context;
    const opened = this.opened;
    if (opened.length === 0) return;
    this.opened = [];
    db.transaction(() => {
      for (const { closed, post, word } of opened) {
        const { author, name, log, header } = closed;
        db.run("DELETE FROM moment_closed WHERE author = ? AND name = ?", author, name);
        forgetGap(this.context, author, none, 0, name);
        takeWord(this.context, author, readMoment(db, post.id) ?? post, word, { log, header, name });
      }
    });
    changed(saidTopic);
  }
}

/** A word that is shown has the id of its author, its post and R: nobody takes another's. @checks MO33 */
function isItsId(
  { rooms }: FeatureContext,
  author: AccountId,
  post: MomentRow,
  { kind, id, reply }: SignedWord,
): boolean {
  if (kind !== "like" && kind !== "comment") return true;
  return equalBytes(id, wordIdOf(rooms.crypto, author, post.id, reply));
}

/** Inside a transaction. */
function takeWord(
  context: FeatureContext,
  author: AccountId,
  post: MomentRow,
  word: SignedWord,
  at: { readonly log: Bytes; readonly header: Bytes; readonly name: Bytes },
): void {
  const { db, nowMs, own } = context;
  const isPoster = equalBytes(author, post.author);
  switch (word.kind) {
    case "withdraw":
      // @checks MO11
      if (isPoster && !equalBytes(author, own())) forgetPost(context, post);
      return;
    case "delete":
    case "hide": {
      const held = readMomentWord(db, word.about);
      if (held === undefined) {
        // It may come after this: then it counts for a word on this post, of the same author, or of any for its poster.
        // @checks MO52
        const hasRoom = countMomentTakenBack(db, post.id, author) < momentLimits.takenBackMax;
        if (!hasRoom) countDiagnostic(db, "moments-too-many-words");
        else if (!isTooMuch(context, author)) addMomentTakenBack(db, post.id, word.about, author, nowMs());
        return;
      }
      if (!equalBytes(held.post, post.id) || held.state === "gone") return;
      // @checks MO10
      if (word.kind === "hide" ? !isPoster : !equalBytes(held.author, author)) return;
      const isOwn = equalBytes(held.author, own());
      eraseMomentWord(db, held.id);
      if (word.kind === "hide" && isOwn) addMomentPut(db, "erase", pack({}), held.id);
      return;
    }
    default: {
      if (post.state === "gone") return;
      // @checks MO46
      if (word.text.length > momentLimits.wordTextMax || isTooMuch(context, author)) {
        countDiagnostic(db, "moments-too-many-words");
        return;
      }
      if (readMomentWord(db, word.id) !== undefined) {
        setMomentWord(db, word.id, at);
        return;
      }
      const isTakenBack = [author, post.author].some((by) => isMomentTakenBack(db, post.id, word.id, by));
      if (isTakenBack && !equalBytes(author, own())) return;
      addMomentWord(db, {
        id: word.id,
        post: post.id,
        author,
        kind: word.kind,
        about: word.about.every((byte) => byte === 0) ? none : word.about,
        reply: word.reply,
        text: word.kind === "like" ? "" : word.text,
        at_ms: Math.min(word.atMs, nowMs()) as UnixMs,
        ...at,
        state: "here",
        got_ms: nowMs(),
      });
      // Of an own one stays where it stands.
      if (isTakenBack) eraseMomentWord(db, word.id);
      // What answers it opens by its R.
      if (word.kind === "comment") db.run(againSql, post.day & 255, post.secret);
    }
  }
}

function isTooMuch({ db, nowMs }: FeatureContext, author: AccountId): boolean {
  const row = db.get<{ count: number }>(
    `SELECT (SELECT count(*) FROM moment_words WHERE author = ?1 AND got_ms > ?2) +
       (SELECT count(*) FROM moment_taken_back WHERE author = ?1 AND got_ms > ?2) AS count`,
    author,
    nowMs() - dayMs,
  );
  return (row?.count ?? 0) >= momentLimits.wordsADayMax;
}

/**
 * Its author took it back: nothing of it stays here, nor at home of what was said on it from here. Inside a
 * transaction.
 */
export function forgetPost(context: FeatureContext, post: MomentRow): void {
  const { db, own, files, nowMs } = context;
  const body = bodyOf(post);
  for (const { id, author, state, log } of readMomentWords(db, post.id)) {
    const isOwn = equalBytes(author, own());
    if (isOwn && state === "sending")
      db.run("DELETE FROM moment_puts WHERE kind = 'word' AND about = ? AND holes IS NULL", id);
    if (isOwn && state !== "gone" && log.length > 0) addMomentPut(db, "erase", pack({}), id);
    eraseMomentWord(db, id);
  }
  if (body !== undefined) files.forgetRefs(refsOf(body), "here");
  setMoment(db, post.id, { state: "gone", signed: none, mention: 0, stamp_ms: nowMs() });
}
