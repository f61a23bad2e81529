/**
 * Stamps (docs/spec/sync.md SY62): of two words about one thing the later counts, and who speaks next says a later one.
 * A stamp without a bound would stand for ever, since nobody could say a later one: not even the person whose device
 * said it before it was put out.
 */
const dayMs = 86_400_000;
/** A clock may be wrong by as much, and all that is said by it still counts in its order. */
const stampDaysMax = 366;

/** What is read or cleared is so up to the end of the day. */
const clearedDaysMax = 1;

/** A log that began later than that would be renewed late (docs/spec/moments.md MO140). */
const sinceDaysMax = 2;

/** Up to when a deletion counts at most. */
export function latestClearMs(nowMs: number): number {
  return latestMs(nowMs, clearedDaysMax);
}

/** The latest moment that counts for a stamp. Of whole days, so that own devices keep the same. */
function latestMs(nowMs: number, daysMax = stampDaysMax): number {
  return (Math.floor(nowMs / dayMs) + daysMax) * dayMs;
}

/**
 * An author's time, as far as it counts. What comes next after such a one lies beyond the bound itself: a day of room
 * is left for that, or it would count as no later (SY75).
 */
export function boundedMs(saidMs: number, nowMs: number, daysMax = stampDaysMax): number {
  const latest = latestMs(nowMs, daysMax);
  return saidMs > latest + dayMs ? latest : saidMs;
}

/**
 * What was said, with each stamp in it as far as it counts. What is read or cleared is so up to the next day at most:
 * else all that is said later would be. Of whole days too, or who is told it again would take it for news, and clear
 * what came since (SY85).
 */
export function boundedStamps<T>(said: T, nowMs: number): T {
  const aDayAhead = (saidMs: number) => Math.min(saidMs, nowMs + dayMs);
  const counts: Counts = {
    stampMs: (saidMs) => boundedMs(saidMs, nowMs),
    sinceMs: (saidMs) => Math.min(saidMs, latestMs(nowMs, sinceDaysMax)),
    upToMs: (saidMs) => boundedMs(saidMs, nowMs, clearedDaysMax),
    seenMs: aDayAhead,
    fedMs: aDayAhead,
  };
  return bounded(said, counts) as T;
}

/** By the name of a field, as what it counts. */
type Counts = Readonly<Record<string, (saidMs: number) => number>>;

function bounded(value: unknown, counts: Counts): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => bounded(item, counts));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => {
    const count = counts[name];
    return [name, typeof field === "number" && count !== undefined ? count(field) : bounded(field, counts)];
  });
  const isSame = fields.every(([name, field]) => field === (value as Readonly<Record<string, unknown>>)[name]);
  return isSame ? value : Object.fromEntries(fields);
}
