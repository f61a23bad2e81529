/**
 * What people watched, as a matrix; and the pairs of it that they would give away (docs/spec/feed.md FY10): each at
 * most so many, of two films that they finished.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** CSR: row `u` is `idx` from `ptr[u]` to `ptr[u + 1]`. */
export type Watched = { readonly ptr: Int32Array; readonly idx: Int32Array };

/** Undefined where the folder does not hold it. */
export function readWatched(folder: string, name: string): Watched | undefined {
  const [ptr, idx] = ["ptr", "idx"].map((part) => {
    const path = join(folder, `${name}.${part}`);
    if (!existsSync(path)) return undefined;
    const bytes = readFileSync(path);
    return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  });
  return ptr && idx ? { ptr, idx } : undefined;
}

/** Numbers in [0, 1) that repeat (xorshift). */
export function chanceOf(seed: number): () => number {
  let s = seed >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s >>>= 0;
    s ^= s >>> 17;
    s ^= s << 5;
    s >>>= 0;
    return s / 2 ** 32;
  };
}

/** At most `each` pairs of every person, added up. */
export function donated(
  { ptr, idx }: Watched,
  each: number,
  chance: () => number,
): { readonly together: Map<number, Map<number, number>>; readonly pairs: number } {
  const together = new Map<number, Map<number, number>>();
  const add = (a: number, b: number) => {
    const of = together.get(a) ?? new Map<number, number>();
    of.set(b, (of.get(b) ?? 0) + 1);
    together.set(a, of);
  };
  let pairs = 0;
  for (let person = 0; person + 1 < ptr.length; person++) {
    const own = idx.subarray(ptr[person], ptr[person + 1]);
    const all = (own.length * (own.length - 1)) / 2;
    const chosen = new Set<number>();
    if (all <= each) {
      for (let i = 0; i < own.length; i++) for (let j = 0; j < i; j++) chosen.add(i * own.length + j);
    } else {
      while (chosen.size < each) {
        const [i, j] = [Math.floor(chance() * own.length), Math.floor(chance() * own.length)];
        if (i > j) chosen.add(i * own.length + j);
      }
    }
    for (const pair of chosen) {
      const [a, b] = [own[Math.floor(pair / own.length)] as number, own[pair % own.length] as number];
      add(a, b);
      add(b, a);
      pairs++;
    }
  }
  return { together, pairs };
}
