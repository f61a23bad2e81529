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
import { isSigned, none, readEach, triedAgainAt, triesAtLooks, wantedMax } from "./reading.ts";
import { hintOf, openHeader, openWord, type SignedWord, wordIdOf, wordToSign } from "./sealed.ts";
import { homeOf, homesOf } from "./server.ts";
import { dayMs, dayOf } from "./values.ts";
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

/** Words that wait: those whose hint answers to a post that is here are read. */
export async function readClosed(context: FeatureContext, isAll: boolean): Promise<void> {
  const { db, rooms, nowMs } = context;
  const inVain = new Map<string, InVain>();
  for (let round = 0; round < 8; round++) {
    const waiting = db.all<MomentClosedRow>(
      "SELECT * FROM moment_closed WHERE again_ms <= ? ORDER BY got_ms, name",
      nowMs(),
    );
    const byDay = new Map<number, readonly MomentRow[]>();
    const postsOf = (day: number) => {
      const held =
        byDay.get(day) ??
        db.all<MomentRow>(
          `SELECT * FROM moments WHERE (day & 255) = ? AND state <> 'gone' AND state <> 'wanted'
           UNION ALL SELECT * FROM moments WHERE (day & 255) = ? AND state = 'gone' AND stamp_ms > 0`,
          day,
          day,
        );
      byDay.set(day, held);
      return held;
    };
    // Who tells another's S in their own way has a post of the same hint: the signature says which is meant.
    const homes = homesOf(context);
    const meant = waiting.flatMap((closed) => {
      const isMeant = (row: MomentRow) =>
        closed.secret.length > 0
          ? equalBytes(closed.secret, row.secret)
          : equalBytes(hintOf(rooms.crypto, closed.log, row), closed.hint);
      const posts = postsOf(closed.day).filter(isMeant);
      if (posts.length === 0) return [];
      return [{ row: { closed, posts }, at: homes(closed.author), names: [closed.name] }];
    });
    let isRead = false;
    for (const { row, values } of await readEach(context, meant)) {
      const { closed, posts } = row;
      const key = `${toHex(closed.author)} ${toHex(closed.name)}`;
      const taken = values[0] === undefined ? "closed" : await takeClosed(context, closed, posts, values[0]);
      if (taken === "read" || taken === "bears") {
        isRead = true;
        inVain.delete(key);
        // What was tried before it may answer it: that is read again at the next look, and not later.
        if (taken === "bears")
          for (const [other, { secret }] of inVain)
            if (equalBytes(secret, (posts[0] as MomentRow).secret)) inVain.delete(other);
      } else {
        const [{ secret, day: posted }] = posts as [MomentRow];
        const isMissing = values[0] === undefined && dayOf(nowMs()) - posted < standsDays;
        inVain.set(key, { closed, secret, isFalse: taken === "false", isMissing });
      }
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

/** `bears`: what answers it may open now. @param posts that its hint answers to: of one S. */
async function takeClosed(
  context: FeatureContext,
  { name, author, log, header }: MomentClosedRow,
  posts: readonly MomentRow[],
  value: Bytes,
): Promise<"read" | "bears" | "closed" | "false"> {
  const { db, rooms } = context;
  const opened = await openedBy(context, log, name, value, posts);
  if (opened === undefined) return "closed";
  let meant: MomentRow | undefined;
  for (const post of posts) {
    // not a check: it is marked where it stands.
    if (!isItsId(context, author, post, opened)) continue;
    const toSign = wordToSign(rooms.crypto, author, post, name, opened);
    // @checks MO9
    if (await isSigned(context, author, toSign, opened.signature)) meant = post;
  }
  const post = meant;
  if (post === undefined) return "false"; // Its own may come later.
  const isNew = readMomentWord(db, opened.id) === undefined;
  db.transaction(() => {
    db.run("DELETE FROM moment_closed WHERE author = ? AND name = ?", author, name);
    forgetGap(context, author, none, 0, name);
    takeWord(context, author, readMoment(db, post.id) ?? post, opened, { log, header, name });
  });
  context.changed("moments");
  return isNew && opened.kind === "comment" ? "bears" : "read";
}

async function openedBy(
  { db, rooms }: FeatureContext,
  log: Bytes,
  name: Bytes,
  value: Bytes,
  posts: readonly MomentRow[],
): Promise<SignedWord | undefined> {
  for (const { id, secret } of posts) {
    const replies = readMomentWords(db, id).flatMap(({ kind, reply, state }) =>
      kind === "comment" && state !== "gone" ? [reply] : [],
    );
    for (const reply of [undefined, ...replies]) {
      const word = await openWord(rooms.crypto, log, name, value, secret, reply);
      if (word !== undefined) return word;
    }
  }
  return undefined;
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
      if (word.kind === "comment") db.run("UPDATE moment_closed SET again_ms = 0 WHERE secret = ?", post.secret);
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
