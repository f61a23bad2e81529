/**
 * ♥ and views that home counts without learning whose they are (docs/spec/channels.md CH15, CH53): by a mark of the
 * entry's bucket, at a moment of chance, over a connection that names nobody.
 */
import {
  addChannelDue,
  addChannelMark,
  type ChannelDueRow,
  dropChannelDue,
  readChannelDue,
  readChannelMark,
} from "@yanshu/store";
import { blindToken, bucketOf, finishMark, monthOf, publicLimits } from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { dayOf, readValue, writeValue } from "./values.ts";

/** A ♥ goes within it. */
const dueMs = 30 * 60_000;
/** Of how many views one is counted. */
const viewsSampled = 8;
/** Marks are made so many at a time: each costs some milliseconds. */
const atOnce = 4;

export function planLike(context: FeatureContext, entry: Uint8Array, isOn: boolean, tells: boolean): void {
  const { db, nowMs, chance } = context;
  const due_ms = nowMs() + Math.round(chance() * dueMs);
  const is_on = isOn ? 1 : 0;
  addChannelDue(db, { what: "like", entry, is_on, due_ms });
  if (tells) addChannelDue(db, { what: "tell", entry, is_on, due_ms });
}

export function planView({ db, nowMs, chance }: FeatureContext, entry: Uint8Array): void {
  if (chance() >= 1 / viewsSampled) return;
  addChannelDue(db, { what: "view", entry, is_on: 1, due_ms: nowMs() + Math.round(chance() * dueMs) });
}

/** When something is due next; undefined: nothing waits. */
export function nextDueMs({ db }: FeatureContext): number | undefined {
  return readChannelDue(db)[0]?.due_ms;
}

export async function countDue(context: FeatureContext): Promise<void> {
  const { db, nowMs } = context;
  const due = readChannelDue(db).filter((one) => one.what !== "tell" && one.due_ms <= nowMs());
  if (due.length === 0) return;
  const month = monthOf(dayOf(nowMs()));
  if (readChannelMark(db, month, 0) === undefined && !(await drawMarks(context, month))) return;
  for (const one of due) await countOne(context, month, one);
}

async function countOne({ db, server }: FeatureContext, month: number, row: ChannelDueRow): Promise<void> {
  const { what, entry, is_on } = row;
  const mark = readChannelMark(db, month, bucketOf(entry));
  if (mark === undefined || what === "tell") return;
  const answer = await server.answerPaid("channelMark", 0, () => ({ entry, what, isOn: is_on === 1, month, mark }));
  if (answer.kind === "lost") throw new ClientError("offline");
  // Counted, or never will be: home does not have the entry any more, or not this mark.
  dropChannelDue(db, what, entry);
}

/** This month's, one of each bucket. Asked for with the same blinds again, where an answer was lost. */
async function drawMarks(context: FeatureContext, month: number): Promise<boolean> {
  const { db, server, random, failed } = context;
  const terms = await server.callUnnamed("channelTerms", {});
  if (terms?.kind !== "ok" || terms.value.month !== month) return false;
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
  if (answer.kind !== "ok" || answer.value.marks.length !== marks.length) return false;
  for (const [bucket, blinded] of marks.entries()) {
    if (bucket % atOnce === 0) await breath(context);
    const key = terms.value.markKeys[bucket];
    const given = answer.value.marks[bucket];
    const mark = key && given && finishMark(key, blinded, given);
    if (mark === undefined) {
      failed(new Error("home gave marks by a key that it shows to nobody else"));
      return false;
    }
    addChannelMark(db, month, bucket, mark.input, mark.output);
  }
  return true;
}

function breath({ after }: FeatureContext): Promise<void> {
  return new Promise((resolve) => after(0, resolve));
}
