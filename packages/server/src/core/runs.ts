/** Runs: ids that follow one another, told by their ends. */
export type Run = { readonly first: number; readonly last: number };

/** @param ids in rising order. */
export function* runsOf(ids: readonly number[]): Generator<Run> {
  let first = ids[0] as number;
  for (const [i, id] of ids.entries()) {
    if (ids[i + 1] === id + 1) continue;
    yield { first, last: id };
    first = ids[i + 1] as number;
  }
}
