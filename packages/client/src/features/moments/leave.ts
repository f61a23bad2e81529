/**
 * The account goes (docs/spec/moments.md MO56): home knows no hole as anybody's, so this device clears all that own
 * devices put, before home is told.
 */
import { type MomentRow, readMomentFriends, readMomentOwnLogs, readMomentRoot, readMomentWays } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { bodySecrets, rootsOf } from "./jobs.ts";
import { cellSecret, fillingSecret, headSecret, holeName, roundStep, wayTo, wordSecret } from "./sealed.ts";
import { clearFilled, lookHoles, shuffled } from "./server.ts";
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

/** A run of holes: of a way, or of a log. */
type Run = { readonly secretsAt: (place: number) => readonly Bytes[]; next: number; readonly emptyTimes: number };

/** Resolves when home cleared them. Rejects where it cannot be reached. */
export async function clearAll(context: FeatureContext): Promise<void> {
  const { db } = context;
  if (readMomentRoot(db) === undefined) return;
  const runs = runsOf(context);
  await again(context, () => followAhead(context, runs));
  const secrets = new Map<string, Bytes>();
  for (const secret of held(context)) secrets.set(toHex(secret), secret);
  for (const { secretsAt, next } of runs)
    for (let place = 0; place < next; place++)
      for (const secret of secretsAt(place)) secrets.set(toHex(secret), secret);
  const all = shuffled(context, [...secrets.values()]);
  await again(context, () => clearFilled(context, all));
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
    return roots.flatMap((root) =>
      Array.from({ length: holes }, (_, at) => fillingSecret(rooms.crypto, root, secret, at)),
    );
  });
  const noted = db.all<{ secret: Bytes }>("SELECT secret FROM moment_clears UNION SELECT secret FROM moment_holes");
  return [...rows.flatMap((row) => bodySecrets(context, row)), ...fillings, ...noted.map(({ secret }) => secret)];
}

function runsOf(context: FeatureContext): readonly Run[] {
  const { db, own, rooms } = context;
  const { crypto } = rooms;
  const now = readMomentRoot(db);
  const logs = readMomentOwnLogs(db);
  const roots = new Map(logs.map(({ root, generation }) => [generation, root]));
  if (now !== undefined) roots.set(now.generation, now.root);
  const friends = db.all<{ account: AccountId; theirs: number; out_next: number }>(
    "SELECT account, theirs, out_next FROM moment_friends",
  );
  const known = new Set(friends.map(({ account }) => toHex(account)));
  const others = readMomentFriends(db).filter(({ account }) => !known.has(toHex(account)));
  const ways = [...friends, ...others].flatMap(({ account, theirs, out_next }) =>
    [...roots].flatMap(([generation, root]) =>
      // They told a generation of their own later: before that their way was another.
      [...new Set([1, Math.max(theirs, 1)])].map((of): Run => {
        const way = wayTo(crypto, root, generation, account, of);
        const isNow = generation === now?.generation && of === Math.max(theirs, 1);
        return {
          secretsAt: (place) => [cellSecret(crypto, way, place)],
          next: isNow ? out_next : 0,
          emptyTimes: isNow ? emptyTimes.now : emptyTimes.before,
        };
      }),
    ),
  );
  const toSelf = readMomentWays(db)
    .filter(({ account }) => equalBytes(account, own()))
    .map(
      ({ way, next }): Run => ({
        secretsAt: (place) => [cellSecret(crypto, way, place)],
        next,
        emptyTimes: emptyTimes.now,
      }),
    );
  const said = logs.map(({ key, root, place }): Run => {
    const secretsAt = (at: number) => [headSecret(crypto, root, key, at), wordSecret(crypto, root, key, at)];
    return { secretsAt, next: place, emptyTimes: emptyTimes.now };
  });
  return [...ways, ...toSelf, ...said];
}

/** Moves each on to behind the last place at which something stands. */
async function followAhead(context: FeatureContext, runs: readonly Run[]): Promise<void> {
  const { crypto } = context.rooms;
  let open = runs.map((run) => ({ run, from: run.next, empty: 0 }));
  while (open.length > 0) {
    const asked = open.flatMap((one) =>
      Array.from({ length: aheadAtOnce }, (_, at) => ({ one, place: one.from + at })),
    );
    const names = asked.map(({ one, place }) => holeName(crypto, one.run.secretsAt(place)[0] as Bytes));
    const found = await lookHoles(context, names);
    for (const one of open) {
      one.from += aheadAtOnce;
      one.empty++;
    }
    for (const [at, { one, place }] of asked.entries())
      if (found[at] === true) {
        one.run.next = place + 1;
        one.empty = 0;
      }
    open = open.filter(({ run, empty }) => empty < run.emptyTimes);
  }
}

/** Home asks us to wait, or a line was lost: the rest of it is done a little later. */
async function again(context: FeatureContext, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ClientError) || tries === triesMax) throw error;
      await new Promise<void>((go) => context.after(retryMs, go));
    }
}
