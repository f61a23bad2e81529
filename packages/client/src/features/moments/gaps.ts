/** Gaps: what a friend told and did not come is noted, and asked for in the chat of two (docs/spec/moments.md MO5). */
import { momentLimits } from "@yanshu/content";
import { addMomentGap, readMomentFriend, readMomentFriends, writeMomentFriend } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes } from "@yanshu/wire";
import type { FeatureContext, Said } from "../../feature.ts";
import { dayMs } from "./values.ts";

/** A way by which nothing came for so long is asked for: its author tells their keys anew each thirty days. */
const silentMs = 40 * dayMs;
/** A gap is asked for at a moment of chance after it was met: between these. */
const askAfterMs = { min: 2 * 3_600_000, max: dayMs } as const;
/** A body that is false is told as a gap after so long: until then home may think better of it. */
const falseBodyMs = dayMs;

/** Gaps of one friend: what is asked for is the same however many there are. */
const gapsMax = 1_024;

/** Of one question so many answers are taken: each device of a friend may give one (MO108). */
const answersMax = 4;

/** Returns whether it is new. Inside a transaction. */
export function noteGap(
  { db, nowMs, own }: FeatureContext,
  account: AccountId,
  log: Bytes,
  place: number,
  name: Bytes,
): boolean {
  if (equalBytes(account, own())) return false; // not a check: what another own device did not put, it will.
  // @checks MO172
  if (db.get("SELECT 1 FROM moment_gaps WHERE account = ? LIMIT 1 OFFSET ?", account, gapsMax - 1) !== undefined)
    return false;
  return addMomentGap(db, { account, log, place, name, since_ms: nowMs() });
}

/** What did not open before does now. Inside a transaction. */
export function forgetGap({ db }: FeatureContext, account: AccountId, log: Bytes, place: number, name: Bytes): void {
  const sql = "DELETE FROM moment_gaps WHERE account = ? AND log = ? AND place = ? AND name = ?";
  db.run(sql, account, log, place, name);
}

/**
 * Asks friends for what did not come: once a day each, and two hours to a day after it was met, so that home does not
 * learn by the time whose it was (MO36). Nothing at all for forty days is asked for as well.
 */
export function askForGaps(context: FeatureContext): void {
  const { db, nowMs, directs, chance } = context;
  const rows = db.all<{ account: AccountId }>(
    `SELECT c.account FROM contacts AS c JOIN conversations AS v ON v.peer = c.account AND v.state = 'open'
     LEFT JOIN moment_friends AS f ON f.account = c.account
     WHERE c.state = 'contact' AND coalesce(f.chats_only, 0) = 0 AND (
       (coalesce(f.asked_ms, 0) < ?1 AND EXISTS (
         SELECT 1 FROM moment_gaps AS g WHERE g.account = c.account AND (g.log <> x'' OR g.name = x'' OR g.since_ms < ?3)))
       OR (coalesce(f.asked_ms, 0) < ?2 AND
         (SELECT max(max(w.since_ms, w.came_ms)) FROM moment_ways AS w WHERE w.account = c.account) < ?2))`,
    nowMs() - dayMs,
    nowMs() - silentMs,
    nowMs() - falseBodyMs,
  );
  const isDue = (account: AccountId): boolean => {
    const askMs = readMomentFriend(db, account)?.ask_ms ?? 0;
    if (askMs !== 0) return askMs <= nowMs();
    const ask_ms = nowMs() + Math.floor(askAfterMs.min + (askAfterMs.max - askAfterMs.min) * chance());
    db.transaction(() => writeMomentFriend(db, account, { ask_ms }));
    return false;
  };
  const asked = rows.map(({ account }) => account);
  // What came meanwhile is not asked for; and what comes next has a moment of its own.
  db.transaction(() => {
    for (const { account } of readMomentFriends(db).filter(({ ask_ms }) => ask_ms !== 0))
      if (!asked.some((one) => equalBytes(one, account))) writeMomentFriend(db, account, { ask_ms: 0 });
  });
  for (const account of asked.filter(isDue)) {
    const names = db
      .all<{ name: Bytes }>(
        "SELECT name FROM moment_gaps WHERE account = ? AND log = x'' AND name <> x'' AND since_ms < ? LIMIT ?",
        account,
        nowMs() - falseBodyMs,
        momentLimits.gapNamesMax,
      )
      .map(({ name }) => name);
    context.say(directs.with(account), names.length > 0 ? { kind: "momentsGap", names } : { kind: "momentsGap" }, {
      before: () => {
        writeMomentFriend(db, account, { asked_ms: nowMs(), ask_ms: 0, owed: answersMax });
      },
    });
  }
}

/** An own device asked a friend: the answer counts here as well. Inside a transaction. */
export function takeAsked({ db, own, directs }: FeatureContext, { conversation, by }: Said<"momentsGap">): void {
  if (!equalBytes(by, own())) return;
  const peer = db.get<{ peer: AccountId }>("SELECT peer FROM conversations WHERE conversation = ?", conversation)?.peer;
  if (peer && equalBytes(conversation, directs.with(peer))) writeMomentFriend(db, peer, { owed: answersMax });
}
