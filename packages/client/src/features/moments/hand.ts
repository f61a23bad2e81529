/**
 * What a later own device is told (docs/spec/moments.md MO15): posts of friends, what was said,
 * and what did not come. Bodies lie at home still.
 */
import { momentLimits, type SyncItem } from "@yanshu/content";
import {
  addMoment,
  addMomentClosed,
  addMomentGap,
  addMomentTakenBack,
  addMomentWord,
  isMomentTakenBack,
  type MomentClosedRow,
  type MomentGapRow,
  type MomentRow,
  type MomentTakenBackRow,
  type MomentWordRow,
  readMoment,
  readMomentOwnLogs,
} from "@yanshu/store";
import type { UnixMs } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { logItem } from "./exchange.ts";
import { momentItem } from "./own.ts";
import { postIdOf } from "./sealed.ts";
import { dayOf, inParts, weekOf } from "./values.ts";

type Item<K extends SyncItem["kind"]> = Extract<SyncItem, { readonly kind: K }>;

export function heldItems({ db, own }: FeatureContext): readonly Item<"momentHeld">[] {
  const rows = db.all<MomentRow>(
    "SELECT * FROM moments WHERE author <> ? AND state IN ('here', 'wanted') ORDER BY at_ms DESC",
    own(),
  );
  return inParts(rows.map(heldPost)).map((some) => ({ kind: "momentHeld", posts: some }));
}

/** A post as it is told to own devices. */
export function heldPost(row: MomentRow): Item<"momentHeld">["posts"][number] {
  const { author, secret, name, kind, at_ms, mention } = row;
  return {
    author,
    secret,
    name,
    kind: kind === "status" || kind === "cover" ? kind : "post",
    atMs: at_ms,
    isCalled: mention === 1,
  };
}

/** Own logs: roots of before, by which own posts and words of then are taken from home; not who was told of them. */
export function logsInRecord({ db }: FeatureContext): readonly Item<"momentLog">[] {
  return readMomentOwnLogs(db).map((row) => ({ ...logItem(row), told: [] }));
}

/** Among how many friends a post may be for the record to name them. */
const toldInRecordMax = 32;

/**
 * Own posts without their bodies, which lie at home, the newest first. None of this week: a record that changed with
 * each post would tell home who posts.
 */
export function postsInRecord({ db, own, nowMs }: FeatureContext): readonly Item<"moment">[] {
  const week = weekOf(nowMs()) * 7;
  const rows = db.all<MomentRow>(
    `SELECT * FROM moments WHERE author = ? AND kind IN ('post', 'cover') AND state = 'here' AND state <> 'gone'
       AND audience IS NOT NULL AND day < ? AND (until_day = 0 OR until_day > ?) ORDER BY at_ms DESC LIMIT 1000`,
    own(),
    week,
    week,
  );
  return rows.map((row) => {
    const { signed: _, told, ...item } = momentItem(row);
    return told !== undefined && told.length <= toldInRecordMax ? { ...item, told } : item;
  });
}

/** Inside a transaction. */
export function takeHeld({ db, rooms, nowMs, changed }: FeatureContext, { posts }: Item<"momentHeld">): void {
  for (const { author, secret, name, kind, atMs, isCalled } of posts) {
    const at_ms = Math.min(atMs, nowMs()) as UnixMs;
    addMoment(db, {
      id: postIdOf(rooms.crypto, { author, secret }),
      author,
      secret,
      name,
      kind,
      at_ms,
      day: dayOf(at_ms),
      until_day: 0,
      signed: new Uint8Array(),
      mention: isCalled ? 1 : 0,
      state: "wanted",
      audience: null,
      told: null,
      got_ms: at_ms,
      stamp_ms: nowMs(),
    });
  }
  changed("moments");
}

export function saidItems({ db }: FeatureContext): readonly Item<"momentSaid">[] {
  const rows = db.all<MomentWordRow>("SELECT * FROM moment_words WHERE state = 'here' ORDER BY at_ms DESC");
  return inParts(rows.map(saidWord)).map((some) => ({ kind: "momentSaid", words: some }));
}

type Word = Item<"momentSaid">["words"][number];
/** A word as it is told to own devices. */
export function saidWord({ at_ms, state: _, got_ms: __, ...word }: MomentWordRow): Word {
  return { ...word, atMs: at_ms };
}

/** Inside a transaction. */
export function takeSaid(context: FeatureContext, { words }: Item<"momentSaid">): void {
  const { db } = context;
  for (const word of words) {
    const by = [word.author, readMoment(db, word.post)?.author ?? word.author];
    // It was taken back or hidden since the other device told of it. @checks MO80
    if (by.some((one) => isMomentTakenBack(db, word.post, word.id, one))) continue;
    takeWord(context, word);
  }
  context.changed("moments");
}

/** Inside a transaction. */
export function takeWord({ db, nowMs }: FeatureContext, { atMs, ...word }: Word): void {
  const at_ms = Math.min(atMs, nowMs()) as UnixMs;
  addMomentWord(db, { ...word, at_ms, state: "here", got_ms: at_ms });
}

type Unread = Omit<Item<"momentUnread">, "kind">;
const nothing: Unread = { words: [], takenBack: [], gaps: [] };

/**
 * What this device has yet to read, and knows to lack: no log or way leads a later device there (MO80, MO81). Those of
 * which the most is known come first.
 */
export function unreadItems({ db }: FeatureContext): readonly Item<"momentUnread">[] {
  const all = <T>(sql: string) => db.all<T>(`${sql} DESC LIMIT ?`, momentLimits.archiveWordsMax);
  const parts = <T, K extends keyof Unread>(kind: K, rows: readonly T[], itemOf: (row: T) => Unread[K][number]) =>
    inParts(rows.map(itemOf)).map((some) => ({ kind: "momentUnread", ...nothing, [kind]: some }) as const);
  return [
    // Before words, so that none of these is shown.
    ...parts(
      "takenBack",
      all<MomentTakenBackRow>("SELECT * FROM moment_taken_back ORDER BY got_ms"),
      ({ got_ms: gotMs, ...one }) => ({ ...one, gotMs }),
    ),
    ...parts(
      "words",
      all<MomentClosedRow>("SELECT * FROM moment_closed ORDER BY secret <> x'' DESC, got_ms"),
      ({ name, author, log, header, hint, day, got_ms: gotMs }) => ({ name, author, log, header, hint, day, gotMs }),
    ),
    ...parts(
      "gaps",
      all<MomentGapRow>("SELECT account, log, place, name, since_ms FROM moment_gaps ORDER BY since_ms"),
      ({ since_ms: sinceMs, ...one }) => ({ ...one, sinceMs }),
    ),
  ];
}

/** Inside a transaction. */
export function takeUnread({ db, nowMs, changed }: FeatureContext, { words, takenBack, gaps }: Unread): void {
  const past = (ms: number) => Math.min(ms, nowMs());
  for (const { gotMs, ...word } of words) addMomentClosed(db, { ...word, got_ms: past(gotMs) });
  for (const { post, about, author, gotMs } of takenBack) addMomentTakenBack(db, post, about, author, past(gotMs));
  for (const { sinceMs, ...gap } of gaps) addMomentGap(db, { ...gap, since_ms: past(sinceMs) });
  changed("moments");
}
