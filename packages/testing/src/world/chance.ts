/** Chance that repeats: a small generator (splitmix32) from a seed. Not for keys outside of tests. */
export type Chance = {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number below `below`. */
  readonly below: (below: number) => number;
  readonly pick: <T>(of: readonly T[]) => T;
  readonly bytes: (length: number) => Uint8Array;
  /** An independent one, so that one part's use does not shift another's. */
  readonly fork: () => Chance;
};

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (limit: number) => Math.floor((word() / 0x1_0000_0000) * limit);
  return {
    next: () => word() / 0x1_0000_0000,
    below,
    pick: (of) => {
      const chosen = of[below(of.length)];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
    bytes: (length) => {
      const drawn = new Uint8Array(length);
      for (let i = 0; i < length; i++) drawn[i] = word();
      return drawn;
    },
    fork: () => chanceFrom(word()),
  };
}
