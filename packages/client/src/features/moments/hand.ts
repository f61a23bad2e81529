/**
 * What a later own device is told (docs/spec/moments.md MO15): how far friends were read, their posts, and what was
 * said. Bodies lie at home still.
 */
import { momentLimits, type SyncItem } from "@yanshu/content";
import {
  addMoment,
  addMomentLog,
  addMomentWay,
  addMomentWord,
  type MomentRow,
  type MomentWordRow,
  readMomentFriend,
  readMomentLogs,
  readMomentOwnLogs,
  readMomentWays,
  writeMomentFriend,
} from "@yanshu/store";
import { type AccountId, concat, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { logItem } from "./exchange.ts";
import { momentItem } from "./own.ts";
import { postIdOf } from "./sealed.ts";
import { dayOf, inParts, pieces, weekOf } from "./values.ts";

type Item<K extends SyncItem["kind"]> = Extract<SyncItem, { readonly kind: K }>;

/** Whether this account may have been told of it by that one: not by itself. */
function byAccount<T extends { readonly account: AccountId }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const by = new Map<string, T[]>();
  for (const row of rows) by.set(toHex(row.account), [...(by.get(toHex(row.account)) ?? []), row]);
  return by;
}

export function toldItems({ db, own }: FeatureContext): readonly Item<"momentTold">[] {
  const logs = byAccount(readMomentLogs(db));
  return [...byAccount(readMomentWays(db))].flatMap(([hex, ways]) => {
    const [first] = ways;
    if (first === undefined || equalBytes(first.account, own())) return [];
    return [
      {
        kind: "momentTold",
        account: first.account,
        ways: ways
          .slice(-momentLimits.waysMax)
          .map(({ way, generation, next }) => ({ way, generation, next: Math.min(next, momentLimits.placeMax) })),
        logs: (logs.get(hex) ?? [])
          .slice(-momentLimits.waysMax)
          .map(({ key, heads }) => ({ key, heads: pieces(heads, 16).slice(-momentLimits.headsAhead) })),
      },
    ];
  });
}

/** Inside a transaction. */
export function takeToldItem(
  { db, nowMs, changed }: FeatureContext,
  { account, ways, logs }: Item<"momentTold">,
): void {
  for (const { way, generation, next } of ways) addMomentWay(db, { way, account, generation, next, since_ms: nowMs() });
  const held = readMomentFriend(db, account);
  const theirs = Math.max(held?.theirs ?? 0, ...ways.map(({ generation }) => generation));
  // They dropped a device, and may have been told before that.
  const isUnsure = theirs > Math.max(held?.theirs ?? 0, 1) && (held?.told ?? 0) > 0;
  writeMomentFriend(db, account, { theirs, ...(isUnsure && { told: 0 }) });
  for (const { key, heads } of logs) addMomentLog(db, { key, account, heads: concat(...heads), since_ms: nowMs() });
  changed("moments");
}

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
    `SELECT * FROM moments WHERE author = ? AND kind IN ('post', 'cover') AND state = 'here' AND audience IS NOT NULL
       AND day < ? AND (until_day = 0 OR until_day > ?) ORDER BY at_ms DESC LIMIT 1000`,
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
  for (const word of words) takeWord(context, word);
  context.changed("moments");
}

/** Inside a transaction. */
export function takeWord({ db, nowMs }: FeatureContext, { atMs, ...word }: Word): void {
  const at_ms = Math.min(atMs, nowMs()) as UnixMs;
  addMomentWord(db, { ...word, at_ms, state: "here", got_ms: at_ms });
}
