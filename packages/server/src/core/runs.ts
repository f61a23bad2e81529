/** Runs: ranges of consecutive ids, both ends included. */
export type Run = { readonly first: number; readonly last: number };

/** @param ids in ascending order, at least one. */
export function* runsOf(ids: readonly number[]): Generator<Run> {
  let first = ids[0] as number;
  for (const [i, id] of ids.entries()) {
    if (ids[i + 1] === id + 1) continue;
    yield { first, last: id };
    first = ids[i + 1] as number;
  }
}
