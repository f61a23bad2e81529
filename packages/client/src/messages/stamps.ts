/**
 * Stamps (docs/spec/sync.md SY62): of two words about one thing the later counts, and who speaks next says a later one.
 * A stamp without a bound would stand for ever, since nobody could say a later one: not even the person whose device
 * said it before it was put out.
 */
const dayMs = 86_400_000;
/** A clock may be wrong by as much, and all that is said by it still counts in its order. */
const stampDaysMax = 366;

/** The latest moment that counts for a stamp. Of whole days, so that own devices keep the same. */
function latestMs(nowMs: number): number {
  return (Math.floor(nowMs / dayMs) + stampDaysMax) * dayMs;
}

/** An author's time, as far as it counts. */
export function boundedMs(saidMs: number, nowMs: number): number {
  return Math.min(saidMs, latestMs(nowMs));
}

/**
 * What was said, with each stamp in it as far as it counts. What is read or cleared is so up to the next day at most:
 * else all that is said later would be.
 */
export function boundedStamps<T>(said: T, nowMs: number): T {
  const most: Readonly<Record<string, number>> = { stampMs: latestMs(nowMs), upToMs: nowMs + dayMs };
  return bounded(said, most) as T;
}

function bounded(value: unknown, most: Readonly<Record<string, number>>): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => bounded(item, most));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => {
    const max = most[name];
    return [name, typeof field === "number" && max !== undefined ? Math.min(field, max) : bounded(field, most)];
  });
  const isSame = fields.every(([name, field]) => field === (value as Readonly<Record<string, unknown>>)[name]);
  return isSame ? value : Object.fromEntries(fields);
}
