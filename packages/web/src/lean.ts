/**
 * A view's value on its way from the worker to the page. Items of its lists that are frozen, and stood there in the
 * value before, go as their places there: so a like on a feed of forty posts copies one post, and the page keeps the
 * objects of the others, which are not drawn anew (docs/spec/web.md WE310).
 */

/** `same`: of each list that has such items, the place of each item in the list of before, or -1 for the next one. */
export type Lean = { readonly value: unknown; readonly same?: Readonly<Record<string, readonly number[]>> };

type Fields = Readonly<Record<string, unknown>>;

/** @param before the value that was sent last; undefined: none was. */
export function leanOf(value: unknown, before: unknown): Lean {
  if (!isRecord(value) || !isRecord(before)) return { value };
  const same: Record<string, readonly number[]> = {};
  const rest: Record<string, unknown> = { ...value };
  for (const [name, list] of Object.entries(value)) {
    const held = before[name];
    if (!Array.isArray(list) || !Array.isArray(held) || !list.some(isKept)) continue;
    const places = new Map(held.map((item, at) => [item, at]));
    const from = list.map((item) => (isKept(item) ? (places.get(item) ?? -1) : -1));
    if (from.every((at) => at < 0)) continue;
    same[name] = from;
    rest[name] = list.filter((_, at) => (from[at] as number) < 0);
  }
  return Object.keys(same).length === 0 ? { value } : { value: rest, same };
}

/** @param before the value of which the last one that came was made. */
export function wholeOf({ value, same }: Lean, before: unknown): unknown {
  if (same === undefined) return value;
  const whole: Record<string, unknown> = { ...(value as Fields) };
  for (const [name, from] of Object.entries(same)) {
    const fresh = (whole[name] as readonly unknown[]).values();
    const held = (before as Fields)[name] as readonly unknown[];
    whole[name] = from.map((at) => (at < 0 ? fresh.next().value : held[at]));
  }
  return whole;
}

/** What is not frozen may have another content, though it is the same object. */
const isKept = (item: unknown) => typeof item === "object" && item !== null && Object.isFrozen(item);

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
