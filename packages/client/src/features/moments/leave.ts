/**
 * The account goes (docs/spec/moments.md MO56): home knows no hole as anybody's, so this device clears all that own
 * devices put, before home is told.
 */
import type { BodyOf } from "@yanshu/content";
import {
  type MomentRow,
  readMomentFriends,
  readMomentOwnLogs,
  readMomentPlaces,
  readMomentRoot,
  readMomentWays,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, fromHex, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, unpack } from "../../feature.ts";
import { farLookOf } from "./far.ts";
import { bodySecrets, rootsOf } from "./jobs.ts";
import {
  cellSecret,
  fillingSecret,
  headSecret,
  holeName,
  roundFilling,
  roundSecret,
  roundStep,
  wayTo,
  wordSecret,
} from "./sealed.ts";
import { clearFilled, clearHoles, filledCalls, lookHoles, shuffled } from "./server.ts";
import { accountsIn, dayMs } from "./values.ts";

/**
 * Places behind those that this device knows are looked for so many at once: other own devices spend some, and of a way
 * of before none is known. It ends where so many times nothing stood: what was read is gone (MO16).
 */
const aheadAtOnce = 64;
const emptyTimes = { now: 1, before: 8 } as const;
/** What fills a round is cleared by its device within it (MO16). */
const fillingsMs = 61 * dayMs;
const retryMs = 5_000;
const triesMax = 12;

/** The newest keys that a friend made, and their first: who says a number at will makes us look for no more (MO61). */
const theirsMax = 64;

/** A run of holes: of a way, or of a log. It was looked at up to `from`, where it stood empty so many times. */
type Run = {
  readonly secretsAt: (place: number) => readonly Bytes[];
  readonly emptyTimes: number;
  next: number;
  from: number;
  empty: number;
};

/** Resolves when home cleared them. Rejects where it cannot be reached. */
export async function clearAll(context: FeatureContext): Promise<void> {
  const { db } = context;
  if (readMomentRoot(db) === undefined) return;
  const runs = runsOf(context);
  await onward(context, () => followAhead(context, runs));
  const secrets = new Map<string, Bytes>();
  for (const secret of held(context)) secrets.set(toHex(secret), secret);
  for (const { secretsAt, next } of runs)
    for (let place = 0; place < next; place++)
      for (const secret of secretsAt(place)) secrets.set(toHex(secret), secret);
  const calls = [...filledCalls(context, shuffled(context, [...secrets.values()]))];
  await onward(context, async () => {
    const [first] = calls;
    if (first === undefined) return "done";
    await clearHoles(context, first);
    calls.shift();
    return "more";
  });
  await clearElsewhere(context);
}

/** What was read at other homes, as far as those answer now. */
async function clearElsewhere(context: FeatureContext): Promise<void> {
  const due = context.db.all<{ secret: Bytes; server: string }>(
    "SELECT secret, server FROM moment_clears WHERE server NOT IN ('', ?)",
    context.serverName(),
  );
  const far = farLookOf(context);
  far.begin(true);
  await Promise.all(
    Array.from(new Set(due.map(({ server }) => server)), (at) =>
      clearFilled(
        context,
        due.filter(({ server }) => server === at).map(({ secret }) => secret),
        at,
      ),
    ),
  ).finally(() => far.end());
}

/** Bodies, fillings of other own devices too, and what was put for a post. */
function held(context: FeatureContext): readonly Bytes[] {
  const { db, own, nowMs, rooms } = context;
  const rows = db.all<MomentRow>("SELECT * FROM moments WHERE author = ?", own());
  const friends = readMomentFriends(db).length;
  const roots = rootsOf(context);
  const fillings = rows.flatMap(({ secret, told, at_ms }) => {
    if (at_ms < nowMs() - fillingsMs) return [];
    const holes = roundStep(Math.max(accountsIn(told ?? new Uint8Array()).length + 1, friends));
    return roots.flatMap(({ root }) =>
      Array.from({ length: holes }, (_, at) => fillingSecret(rooms.crypto, root, secret, at)),
    );
  });
  const noted = db.all<{ secret: Bytes }>(
    "SELECT secret FROM moment_clears WHERE server IN ('', ?) UNION SELECT secret FROM moment_holes",
    context.serverName(),
  );
  return [...rows.flatMap((row) => bodySecrets(context, row)), ...fillings, ...noted.map(({ secret }) => secret)];
}

function runsOf(context: FeatureContext): readonly Run[] {
  const { db, own, rooms } = context;
  const { crypto } = rooms;
  const now = readMomentRoot(db);
  const run = (secretsAt: Run["secretsAt"], next: number, times: number): Run => {
    return { secretsAt, next, from: next, empty: 0, emptyTimes: times };
  };
  const along = (way: Bytes, next: number, times: number) => run((at) => [cellSecret(crypto, way, at)], next, times);
  const ways = waysOf(context);
  const cells = ways.map(({ root, way, isLast, next }) =>
    now !== undefined && isLast && equalBytes(root, now.root)
      ? along(way, next, emptyTimes.now)
      : along(way, 0, emptyTimes.before),
  );
  const toSelf = readMomentWays(db)
    .filter(({ account }) => equalBytes(account, own()))
    .map(({ way, next }) => along(way, next, emptyTimes.now));
  const said = readMomentOwnLogs(db).map(({ key, root, place }) =>
    run((at) => [headSecret(crypto, root, key, at), wordSecret(crypto, root, key, at)], place, emptyTimes.now),
  );
  const step = roundStep(readMomentFriends(db).length);
  const filled = [...fillingsOfLogs(context), ...fillingsOfTellings(context, ways)].map((round) =>
    run((at) => [roundFilling(crypto, round, at)], 0, Math.ceil(step / aheadAtOnce)),
  );
  return [...cells, ...toSelf, ...said, ...filled];
}

type WayTo = {
  readonly account: AccountId;
  readonly root: Bytes;
  readonly way: Bytes;
  /** Of the last keys that they told. */
  readonly isLast: boolean;
  /** Place of the next cell to them, on their way of now. */
  readonly next: number;
};

/** All that our keys and those of friends make, to oneself too. */
function waysOf(context: FeatureContext): readonly WayTo[] {
  const { db, own, rooms } = context;
  const friends = db.all<{ account: AccountId; theirs: number }>("SELECT account, theirs FROM moment_friends");
  const places = readMomentPlaces(db);
  const others = [own(), ...readMomentFriends(db).map(({ account }) => account), ...[...places.keys()].map(fromHex)];
  const all = new Map(others.map((account) => [toHex(account), { account: account as AccountId, theirs: 0 }]));
  for (const friend of friends) all.set(toHex(friend.account), friend);
  const roots = rootsOf(context);
  return [...all].flatMap(([id, { account, theirs }]) =>
    roots.flatMap(({ root, generation }) =>
      generationsOf(theirs).map((of): WayTo => {
        const way = wayTo(rooms.crypto, root, generation, account, of);
        return { account, root, way, isLast: of === Math.max(theirs, 1), next: places.get(id) ?? 0 };
      }),
    ),
  );
}

/** What fills rounds that tell a log is made of these: another own device may have put it. */
function fillingsOfLogs({ db, nowMs, rooms }: FeatureContext): readonly Bytes[] {
  const logs = readMomentOwnLogs(db).filter(({ since_ms }) => since_ms >= nowMs() - fillingsMs);
  return logs.map(({ root, key }) => roundSecret(rooms.crypto, root, key));
}

/** The same of rounds that tell a friend of before: where their way begins, or where they were told of it last. */
function fillingsOfTellings({ db, own, rooms }: FeatureContext, ways: readonly WayTo[]): readonly Bytes[] {
  const told = db.all<{ told_said: Bytes }>("SELECT told_said FROM moment_friends WHERE told_said <> x''");
  const said = told.map(({ told_said }) => unpack<BodyOf<"moments">>(told_said));
  const places = new Map(said.map(({ way, place = 0 }) => [toHex(way), place]));
  return ways
    .filter(({ account }) => !equalBytes(account, own()))
    .flatMap(({ root, way }) =>
      [...new Set([0, places.get(toHex(way)) ?? 0])].map((place) => roundSecret(rooms.crypto, root, way, place)),
    );
}

/** Keys that a friend made: with each that they told, the way to them was another one (MO27). */
function generationsOf(theirs: number): readonly number[] {
  const first = Math.max(2, theirs - theirsMax + 1);
  return [1, ...Array.from({ length: Math.max(0, theirs - first + 1) }, (_, at) => first + at)];
}

/** Moves each on to behind the last place at which something stands, by one look. */
async function followAhead(context: FeatureContext, runs: readonly Run[]): Promise<"done" | "more"> {
  const { crypto } = context.rooms;
  const open = runs.filter((run) => run.empty < run.emptyTimes);
  if (open.length === 0) return "done";
  const asked = open.flatMap((run) => Array.from({ length: aheadAtOnce }, (_, at) => ({ run, place: run.from + at })));
  const names = asked.map(({ run, place }) => holeName(crypto, run.secretsAt(place)[0] as Bytes));
  const found = await lookHoles(context, names);
  for (const run of open) {
    run.from += aheadAtOnce;
    run.empty++;
  }
  for (const [at, { run, place }] of asked.entries())
    if (found[at] === true) {
      run.next = place + 1;
      run.empty = 0;
    }
  return "more";
}

/** Step by step. Home asks us to wait, or a line was lost: the same step is done again a little later (MO62). */
async function onward(context: FeatureContext, step: () => Promise<"done" | "more">): Promise<void> {
  for (let tries = 1; ; )
    try {
      if ((await step()) === "done") return;
      tries = 1;
    } catch (error) {
      if (!(error instanceof ClientError) || tries++ === triesMax) throw error;
      await new Promise<void>((go) => context.after(retryMs, go));
    }
}
