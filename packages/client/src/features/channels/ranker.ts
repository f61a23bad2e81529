/**
 * Ranker of For You (docs/spec/feed.md FY1–FY8): orders what everybody got by what this person did with it, on this
 * device alone, and forgets it when told to. Pure: no store, no clock, no chance but a seed.
 *
 * Taste is a walk over the graph from what was watched: r ← 0.9 · Pᵀ · r, eight steps, summed. It is linear in what was
 * watched, so one swipe adds one walk, nothing is trained, and each share of a reason is exact.
 */
import type { Graph } from "./ranker-graph.ts";

const steps = 8;
const decay = 0.9;
/** Of what is liked by all beside taste: it orders what taste says nothing about. */
const popularityWeight = 1e-4;
/** Below this a taste is none: sums of floats do not come back to nothing exactly. */
const nothingUnder = 1e-6;

export type Swipe = {
  /** Share of it that was watched; 1 and more where it was finished. */
  readonly watched: number;
  readonly isLiked?: boolean;
  readonly isTurnedAway?: boolean;
};

/** What a swipe says of a film: of finished and liked ones for it, of one passed at once against it (FY2). */
export function swipeValue({ watched, isLiked = false, isTurnedAway = false }: Swipe): number {
  if (isTurnedAway) return -2;
  if (isLiked) return 2;
  return watched >= 0.8 ? 1 : watched < 0.15 ? -0.3 : 0;
}

export class Ranker {
  private readonly graph: Graph;
  private readonly popularity: ArrayLike<number>;
  /** Of each edge among those of its node. */
  private readonly share: Float32Array;
  private readonly taste: Float32Array;
  private readonly distaste: Float32Array;
  private readonly values = new Map<number, number>();
  private readonly now: Float32Array;
  private readonly next: Float32Array;

  /** @param popularity of each node, as all see it. */
  constructor(graph: Graph, popularity: ArrayLike<number>) {
    this.graph = graph;
    this.popularity = popularity;
    this.share = new Float32Array(graph.weight.length);
    for (let node = 0; node < graph.nodes; node++) {
      const [begin, end] = this.edges(node);
      let sum = 0;
      for (let k = begin; k < end; k++) sum += graph.weight[k] as number;
      for (let k = begin; k < end; k++) this.share[k] = (graph.weight[k] as number) / sum;
    }
    this.taste = new Float32Array(graph.nodes);
    this.distaste = new Float32Array(graph.nodes);
    this.now = new Float32Array(graph.nodes);
    this.next = new Float32Array(graph.nodes);
  }

  /** What was watched before, all at once: the same as one swipe after the other. */
  begin(watched: Iterable<readonly [node: number, value: number]>): void {
    const all = [...watched];
    for (const [node, value] of all) this.values.set(node, value);
    const strength = (sign: 1 | -1) =>
      all.map(([node, value]): [number, number] => [node, Math.max(0, sign * value)]).filter(([, one]) => one > 0);
    this.walk(strength(1), this.taste);
    this.walk(strength(-1), this.distaste);
  }

  /** The last word about a film holds. */
  swipe(node: number, value: number): void {
    const before = this.values.get(node) ?? 0;
    this.values.set(node, value);
    const more = Math.max(0, value) - Math.max(0, before);
    if (more !== 0) this.walk([[node, more]], this.taste);
    const worse = Math.max(0, -value) - Math.max(0, -before);
    if (worse !== 0) this.walk([[node, worse]], this.distaste);
  }

  isKnown(node: number): boolean {
    return this.values.has(node);
  }

  /** What taste says of it: above 0 for it, below 0 against it, 0 nothing. */
  tasteOf(node: number): number {
    const taste = (this.taste[node] as number) - (this.distaste[node] as number);
    return Math.abs(taste) < nothingUnder ? 0 : taste;
  }

  scoreOf(node: number): number {
    return this.tasteOf(node) + popularityWeight * (this.popularity[node] as number);
  }

  /**
   * Films by which taste for this one came to be, the strongest first, each with its share of all that speaks for it.
   * The walk is read backwards from the film, so that the shares of all are one together.
   */
  why(node: number, most = 3): readonly { readonly because: number; readonly share: number }[] {
    if (this.tasteOf(node) <= 0) return [];
    const { graph } = this;
    const reach = new Float64Array(graph.nodes);
    let [now, next] = [new Float64Array(graph.nodes), new Float64Array(graph.nodes)];
    now[node] = 1;
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < graph.nodes; i++) reach[i] = (reach[i] as number) + (now[i] as number);
      for (let i = 0; i < graph.nodes; i++) {
        const [begin, end] = this.edges(i);
        let sum = 0;
        for (let k = begin; k < end; k++) sum += (this.share[k] as number) * (now[graph.to[k] as number] as number);
        next[i] = decay * sum;
      }
      [now, next] = [next, now];
    }
    const spoken = [...this.values].flatMap(([because, value]) => {
      if (value <= 0) return [];
      const [begin, end] = this.edges(because);
      let sum = 0;
      for (let k = begin; k < end; k++) sum += (graph.weight[k] as number) * (reach[graph.to[k] as number] as number);
      return sum > 0 ? [{ because, said: value * sum }] : [];
    });
    const all = spoken.reduce((sum, { said }) => sum + said, 0);
    return spoken
      .sort((a, b) => b.said - a.said || a.because - b.because)
      .slice(0, most)
      .map(({ because, said }) => ({ because, share: said / all }));
  }

  /** Forgets all of it at once (FY8). */
  reset(): void {
    this.taste.fill(0);
    this.distaste.fill(0);
    this.values.clear();
  }

  private edges(node: number): readonly [begin: number, end: number] {
    const { from } = this.graph;
    return [from[node] as number, from[node + 1] as number];
  }

  /** Where the walk from these films leads, added to `into`. Only what is reached is touched. */
  private walk(sources: readonly (readonly [node: number, value: number])[], into: Float32Array): void {
    const { to, weight } = this.graph;
    let [now, next] = [this.now, this.next];
    let reached: number[] = [];
    for (const [node, value] of sources) {
      const [begin, end] = this.edges(node);
      for (let k = begin; k < end; k++) {
        const other = to[k] as number;
        if (now[other] === 0) reached.push(other);
        now[other] = (now[other] as number) + value * (weight[k] as number);
      }
    }
    for (let step = 0; step < steps; step++) {
      const further: number[] = [];
      for (const node of reached) {
        const here = now[node] as number;
        into[node] = (into[node] as number) + here;
        now[node] = 0;
        if (step === steps - 1) continue;
        const [begin, end] = this.edges(node);
        for (let k = begin; k < end; k++) {
          const other = to[k] as number;
          if (next[other] === 0) further.push(other);
          next[other] = (next[other] as number) + decay * here * (this.share[k] as number);
        }
      }
      reached = further;
      [now, next] = [next, now];
    }
  }
}

/** A film of the page as it is ordered. */
export type Candidate = {
  readonly node: number;
  /** Two in a row share none: its channel, its sound. */
  readonly keys: readonly string[];
  /** By the levels of its topics (FY6): 0 leaves it out. */
  readonly factor: number;
};
export type Placed = Candidate & {
  /** Taste says nothing about it: it stands there to be tried (FY5). */
  readonly isTried: boolean;
};

/** By the five levels of a topic: none, fewer, as usual, more, most. */
export const levelFactors = [0, 0.5, 1, 2, 4] as const;

/** What multiplies the score of a film that has these topics: the strongest word holds, and "none" before all. */
export function factorOf(tags: readonly string[], levelOf: (tag: string) => 0 | 1 | 2 | 3 | 4 | undefined): number {
  const factors = tags.flatMap((tag) => {
    const level = levelOf(tag);
    return level === undefined ? [] : [levelFactors[level]];
  });
  if (factors.includes(0)) return 0;
  return factors.reduce<number>((held, one) => (Math.abs(Math.log2(one)) > Math.abs(Math.log2(held)) ? one : held), 1);
}

/** Each sixth is one about which taste says nothing. */
const tryEvery = 6;

/**
 * The order of a page: the same for the same page, seed and taste. What was watched before, and what its topics leave
 * out, is not in it.
 *
 * @param candidates in the order of the page, which decides between equals.
 * @param chance numbers in [0, 1) that follow from the page's seed.
 * @param before what stands already, and stays: only what follows it is ordered.
 */
export function orderOf(
  ranker: Ranker,
  candidates: readonly Candidate[],
  chance: () => number,
  before: readonly Placed[] = [],
): readonly Placed[] {
  const isPlaced = new Set(before.map(({ node }) => node));
  const left = candidates
    .filter(({ node, factor }) => factor > 0 && !ranker.isKnown(node) && !isPlaced.has(node))
    .map((one, at) => ({ ...one, at, score: weighed(ranker.scoreOf(one.node), one.factor) }))
    .sort((a, b) => b.score - a.score || a.at - b.at);
  const isTasted = candidates.some(({ node }) => ranker.tasteOf(node) > 0);
  const placed: Placed[] = [...before];
  while (left.length > 0) {
    const last = placed.at(-1);
    const apart = (one: Candidate) => last === undefined || !one.keys.some((key) => last.keys.includes(key));
    const isTurn = isTasted && placed.length % tryEvery === tryEvery - 1;
    const untried = isTurn ? left.filter((one) => ranker.tasteOf(one.node) === 0 && apart(one)) : [];
    const tried = untried[Math.floor(chance() * untried.length)];
    const next = tried ?? left.find(apart) ?? left[0];
    if (next === undefined) break;
    left.splice(left.indexOf(next), 1);
    const { at: _, score: __, ...one } = next;
    placed.push({ ...one, isTried: tried !== undefined });
  }
  return placed;
}

/** What is disliked is disliked the less, the more of its topic is wanted. */
function weighed(score: number, factor: number): number {
  return score < 0 ? score / factor : score * factor;
}
