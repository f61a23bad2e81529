/** When a ♥ is said, by whom it can be joined to an account, and what a home may do at the draw of marks. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addChannelDue,
  type ChannelDueRow,
  migrate,
  migrations,
  readChannelDue,
  readChannelFound,
  readChannelMark,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { evaluateMark, markKey, markKeysHash, monthOf } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { countOne, drawAhead, nextDueMs, planLike, postponeDue, turnOf } from "./marks.ts";
import { writeValue } from "./values.ts";

setDefaultTimeout(60_000); // A draw is 64 times three of the slow operations of a curve.

const { sha256 } = createBunCrypto({ random: (length) => new Uint8Array(length) });
const minuteMs = 60_000;
const startMs = Date.UTC(2026, 5, 10);
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const entry = (at: number) => new Uint8Array(32).fill(at);

/** A device, and a home that draws; `isFalse`: the buckets that it draws by a key of its own. */
function device(isFalse: (bucket: number) => boolean = () => false) {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const clock = { now: startMs };
  const said: string[] = [];
  const month = monthOf(Math.floor(startMs / 86_400_000));
  const [seed, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const markKeys = Array.from({ length: 64 }, (_, bucket) => markKey(seed, month, bucket).publicKey);
  let at = 0;
  const context = {
    db,
    random,
    sha256,
    nowMs: () => clock.now,
    chance: () => (at++ % 7) / 7 + 0.05,
    after: (_: number, work: () => void) => queueMicrotask(work),
    changed: () => undefined,
    server: {
      callUnnamed: async () => ({
        kind: "ok",
        value: { month, markKeys },
      }),
      call: async (name: string, { blinded }: { readonly blinded: readonly Uint8Array[] }) => {
        said.push(name);
        const marks = blinded.map((one, bucket) =>
          evaluateMark(markKey(isFalse(bucket) ? other : seed, month, bucket), one, random),
        );
        return { kind: "ok", value: { marks } };
      },
      answerPaid: async (name: string) => {
        said.push(name);
        return { kind: "ok", value: {} };
      },
    },
  } as unknown as FeatureContext;
  return { db, context, clock, said, month, markKeys };
}

const dueOf = (rows: readonly ChannelDueRow[], what: string) => rows.find((one) => one.what === what)?.due_ms ?? 0;

test("[CH58] friends hear of a ♥ at another moment than home, never in its turn, and nothing goes right after a sign-in", () => {
  const { db, context, clock } = device();
  planLike(context, entry(1), true, true);
  const planned = readChannelDue(db);
  expect(dueOf(planned, "like")).not.toBe(dueOf(planned, "tell"));
  // The device was away for a day: what waited gets a moment anew, each its own.
  clock.now += 24 * 60 * minuteMs;
  postponeDue(context);
  const anew = readChannelDue(db).map(({ due_ms }) => due_ms);
  expect(anew.every((ms) => ms > clock.now && ms <= clock.now + 30 * minuteMs)).toBe(true);
  expect(new Set(anew).size).toBe(2);
  // Both are due in one turn: one is done, the other is not.
  for (const what of ["like", "tell"] as const)
    db.run("UPDATE channel_due SET due_ms = ? WHERE what = ?", clock.now, what);
  expect(nextDueMs(context)).toBeGreaterThan(clock.now); // The draw is planned, too.
  const turn = turnOf(context);
  expect(turn).toMatchObject({ due_ms: clock.now });
  expect(readChannelDue(db).filter(({ due_ms }) => due_ms <= clock.now)).toHaveLength(1);
  // What is late is not said either.
  clock.now += 40 * minuteMs;
  db.run("DELETE FROM channel_values"); // The draw has its moment anew.
  expect(turnOf(context)).toBeUndefined();
  expect(readChannelDue(db).every(({ due_ms }) => due_ms > clock.now)).toBe(true);
  db.close();
});

test("[CH58] marks are drawn ahead of the first ♥, in a turn of their own", async () => {
  const { db, context, clock, said, month } = device();
  expect(turnOf(context)).toBeUndefined();
  const drawAt = nextDueMs(context) ?? 0;
  expect(drawAt).toBeLessThanOrEqual(startMs + 10 * minuteMs);
  clock.now = drawAt;
  addChannelDue(db, { what: "like", entry: entry(1), is_on: 1, due_ms: drawAt });
  expect(turnOf(context)).toBe("draw");
  await drawAhead(context);
  expect(said).toEqual(["channelMarks"]);
  const like = readChannelDue(db)[0];
  expect(like?.due_ms).toBeGreaterThan(drawAt);
  expect(readChannelMark(db, month, 63)).toBeDefined();
  clock.now = like?.due_ms ?? 0;
  const turn = turnOf(context);
  if (turn === undefined || turn === "draw") throw new Error("the like is not due");
  await countOne(context, turn);
  expect([said, readChannelDue(db)]).toEqual([["channelMarks", "channelMark"], []]);
  expect(readChannelFound(db)).toEqual([]);
  db.close();
});

test("[CH58] of a month all marks are kept or none, and a key of one's own is told", async () => {
  const { db, context, clock, month } = device((bucket) => bucket === 9);
  clock.now = nextDueMs(context) ?? 0;
  expect(turnOf(context)).toBe("draw");
  addChannelDue(db, { what: "like", entry: entry(1), is_on: 1, due_ms: clock.now });
  await drawAhead(context);
  expect(readChannelMark(db, month, 0)).toBeUndefined();
  expect(readChannelFound(db).map(({ what }) => what)).toEqual(["marks-differ"]);
  // Nothing wakes the device at once: both are tried again at a moment of chance.
  expect(nextDueMs(context)).toBeGreaterThan(clock.now + 1_000);
  expect(turnOf(context)).toBeUndefined();
  db.close();
});

test("[CH32] marks are not asked for under other keys than packs tell everybody, and that is told", async () => {
  const { db, context, clock, said, month, markKeys } = device();
  clock.now = nextDueMs(context) ?? 0;
  const told = (keys: readonly Uint8Array[]) => ({ month, hash: markKeysHash(sha256, month, keys) });
  writeValue(context, "markKeys", told(markKeys.toReversed()));
  await drawAhead(context);
  expect([said, readChannelFound(db).map(({ what }) => what)]).toEqual([[], ["marks-differ"]]);
  // Of another month a pack says nothing of this one.
  writeValue(context, "markKeys", { ...told(markKeys.toReversed()), month: month - 1 });
  writeValue(context, "asked", { month, marks: [] });
  await drawAhead(context);
  writeValue(context, "markKeys", told(markKeys));
  await drawAhead(context);
  expect(said).toEqual(["channelMarks", "channelMarks"]);
  db.close();
});

test("[CH32] [CH58] terms of another month, and an answer that is none or short, leave the draw for later and accuse nobody", async () => {
  const { db, context, said, month, markKeys } = device();
  const { server } = context;
  const { callUnnamed, call } = server;
  type Server = Record<"call" | "callUnnamed", (name: string, args: never) => Promise<unknown>>;
  const answers = (other: Partial<Server>) => Object.assign(server, { callUnnamed, call, ...other });
  const refused = async () => ({ kind: "refused", code: "unavailable" });
  answers({ callUnnamed: refused });
  await drawAhead(context);
  answers({ callUnnamed: async () => ({ kind: "ok", value: { month: month + 1, markKeys } }) });
  await drawAhead(context);
  expect(said).toEqual([]);
  answers({ call: refused });
  await drawAhead(context);
  answers({ call: async () => ({ kind: "ok", value: { marks: [] } }) });
  await drawAhead(context);
  expect([readChannelMark(db, month, 0), readChannelFound(db)]).toEqual([undefined, []]);
  answers({});
  await drawAhead(context);
  expect(readChannelMark(db, month, 63)).toBeDefined();
  db.close();
});
