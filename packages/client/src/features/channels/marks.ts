/**
 * ♥ and views that home counts without learning whose they are (docs/spec/channels.md CH15, CH53, CH58): by a mark of
 * the entry's bucket, at a moment of chance, over a connection that names nobody.
 */
import {
  addChannelDue,
  addChannelMark,
  type ChannelDueRow,
  dropChannelDue,
  newestChannelPack,
  readChannelDue,
  readChannelLikes,
  readChannelMark,
  readToldLikes,
  setChannelDueMs,
} from "@yanshu/store";
import {
  blindToken,
  bucketOf,
  type ChannelMark,
  equalBytes,
  finishMark,
  markKeysHash,
  monthOf,
  publicLimits,
} from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { found } from "./pull.ts";
import { dayOf, readValue, writeValue } from "./values.ts";

/** A ♥ goes within it, and friends hear of it within it: each at a moment of its own. */
const dueMs = 30 * 60_000;
/** What is overdue by more waited for a home or a device that was away. */
const lateMs = 60_000;
/** The month's marks are drawn within it, once Channels is in use, whatever is liked. */
const drawMs = 10 * 60_000;
/** What failed is tried again within it. */
const drawAgainMs = 60 * 60_000;
/** So many of the newest likes are told where telling is turned on: as many as a feed shows. */
const toldAnewMax = 200;
/** Of how many views one is counted. */
const viewsSampled = 8;
/** Marks are made so many at a time: each costs some milliseconds. */
const atOnce = 4;

const soon = ({ nowMs, chance }: Pick<FeatureContext, "nowMs" | "chance">) => nowMs() + Math.round(chance() * dueMs);

export function planLike(context: FeatureContext, entry: Uint8Array, isOn: boolean, tells: boolean): void {
  const { db } = context;
  const is_on = isOn ? 1 : 0;
  addChannelDue(db, { what: "like", entry, is_on, due_ms: soon(context) });
  if (tells) addChannelDue(db, { what: "tell", entry, is_on, due_ms: soon(context) });
}

/**
 * Friends are told what this person likes, or what they were told is taken back, at moments of chance (CH64). Inside a
 * transaction.
 */
export function planTells(context: FeatureContext, tells: boolean): void {
  const { db } = context;
  dropTells(context);
  const liked = readChannelLikes(db).filter(({ is_on }) => is_on === 1);
  const entries = tells ? liked.slice(0, toldAnewMax).map(({ entry }) => entry) : readToldLikes(db, context.own());
  for (const entry of entries) addChannelDue(db, { what: "tell", entry, is_on: tells ? 1 : 0, due_ms: soon(context) });
}

/** What waits to be told is told to nobody. Inside a transaction. */
export function dropTells({ db }: FeatureContext): void {
  for (const { what, entry } of readChannelDue(db)) if (what === "tell") dropChannelDue(db, "tell", entry);
}

export function planView(context: FeatureContext, entry: Uint8Array): void {
  if (context.chance() >= 1 / viewsSampled) return;
  addChannelDue(context.db, { what: "view", entry, is_on: 1, due_ms: soon(context) });
}

/** When something is due next, the draw of marks too; undefined: nothing waits for its moment. */
export function nextDueMs(context: FeatureContext): number | undefined {
  const now = context.nowMs();
  const all = [...readChannelDue(context.db).map(({ due_ms }) => due_ms), drawDueMs(context) ?? 0];
  const ahead = all.filter((ms) => ms > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** Whatever is due gets another moment (CH58): right after a sign-in it would be joined to the account. */
export function postponeDue(context: FeatureContext, besides?: ChannelDueRow): void {
  const { db, nowMs } = context;
  for (const row of readChannelDue(db))
    if (row.due_ms <= nowMs() && (row.what !== besides?.what || !equalBytes(row.entry, besides.entry)))
      setChannelDueMs(db, row.what, row.entry, soon(context));
}

/**
 * What is to be done in this turn: one thing at most, since things that are said at once are joined by who watches.
 * What is due besides, or late, gets another moment (CH58). "draw": the marks of the month are to be drawn.
 */
export function turnOf(context: FeatureContext): ChannelDueRow | "draw" | undefined {
  const { db, nowMs } = context;
  const drawAt = drawDueMs(context);
  // not a check: it is this device's own plan.
  if (drawAt !== undefined && drawAt <= nowMs()) return "draw";
  const turn = readChannelDue(db).find(({ due_ms }) => due_ms <= nowMs() && due_ms >= nowMs() - lateMs);
  postponeDue(context, turn);
  return turn;
}

const thisMonth = ({ nowMs }: Pick<FeatureContext, "nowMs">) => monthOf(dayOf(nowMs()));

/** When the marks of this month are to be drawn; undefined: they are here. */
function drawDueMs(context: FeatureContext): number | undefined {
  const { db, nowMs, chance } = context;
  const month = thisMonth(context);
  if (readChannelMark(db, month, 0) !== undefined) return undefined;
  const planned = readValue(context, "drawAt");
  if (planned?.month === month) return planned.atMs;
  const atMs = nowMs() + Math.round(chance() * drawMs);
  writeValue(context, "drawAt", { month, atMs });
  return atMs;
}

/** A like or a view, by the mark of its bucket. Without marks it waits for another moment. */
export async function countOne(context: FeatureContext, row: ChannelDueRow): Promise<void> {
  const { db, server } = context;
  const { what, entry, is_on } = row;
  if (what === "tell") return;
  const month = thisMonth(context);
  const mark = readChannelMark(db, month, bucketOf(entry));
  if (mark === undefined) return setChannelDueMs(db, what, entry, soon(context));
  await server.answerPaid("channelMark", 0, () => ({ entry, what, isOn: is_on === 1, month, mark }));
  // Counted, or never will be: home does not have the entry any more, or not this mark.
  dropChannelDue(db, what, entry);
}

/** Draws ahead (CH58), in a turn of its own. What is due by then gets a moment after it. */
export async function drawAhead(context: FeatureContext): Promise<void> {
  const { nowMs, chance } = context;
  const month = thisMonth(context);
  const again = nowMs() + Math.round(chance() * drawAgainMs);
  writeValue(context, "drawAt", { month, atMs: again });
  try {
    await drawMarks(context, month);
  } finally {
    postponeDue(context);
  }
}

/**
 * This month's, one of each bucket: all of them, or none. Asked for with the same blinds again, where an answer was
 * lost.
 * @checks CH32, CH58
 */
async function drawMarks(context: FeatureContext, month: number): Promise<void> {
  const { db, server, random, sha256 } = context;
  const terms = await server.callUnnamed("channelTerms", {});
  if (terms?.kind !== "ok" || terms.value.month !== month) return;
  const { markKeys } = terms.value;
  const told = readValue(context, "markKeys");
  // A pack of this month tells everybody the same keys.
  if (told?.month === month && !equalBytes(told.hash, markKeysHash(sha256, month, markKeys)))
    return marksDiffer(context);
  let asked = readValue(context, "asked");
  if (asked?.month !== month) {
    const marks = [];
    for (let bucket = 0; bucket < publicLimits.buckets; bucket++) {
      if (bucket % atOnce === 0) await breath(context);
      marks.push(blindToken(random));
    }
    asked = { month, marks };
    writeValue(context, "asked", asked);
  }
  const { marks } = asked;
  const answer = await server.call("channelMarks", { month, blinded: marks.map(({ blinded }) => blinded) });
  if (answer.kind !== "ok" || answer.value.marks.length !== marks.length) return;
  const drawn: ChannelMark[] = [];
  for (const [bucket, blinded] of marks.entries()) {
    if (bucket % atOnce === 0) await breath(context);
    const key = markKeys[bucket];
    const given = answer.value.marks[bucket];
    const mark = key && given && finishMark(key, blinded, given);
    // By a key that home shows to nobody else it would know this account's likes.
    if (mark === undefined) return marksDiffer(context);
    drawn.push(mark);
  }
  db.transaction(() => {
    for (const [bucket, { input, output }] of drawn.entries()) addChannelMark(db, month, bucket, input, output);
  });
}

function marksDiffer(context: FeatureContext): void {
  found(context, { what: "marks-differ", pack: newestChannelPack(context.db)?.n ?? 0 });
}

function breath({ after }: FeatureContext): Promise<void> {
  return new Promise((resolve) => after(0, resolve));
}
