import { expect, test } from "bun:test";
import { MalformedError } from "@yanshu/wire";
import { type Candidate, factorOf, orderOf, Ranker, swipeValue } from "./ranker.ts";
import { decodeGraph, encodeGraph, graphLimits, togetherByTags } from "./ranker-graph.ts";

/** Numbers in [0, 1) that repeat (xorshift). */
function chanceOf(seed: number): () => number {
  let s = seed;
  return () => {
    s ^= s << 13;
    s >>>= 0;
    s ^= s >>> 17;
    s ^= s << 5;
    s >>>= 0;
    return s / 2 ** 32;
  };
}

/** Films 0–9 of cooking, 10–19 of trains, 20–29 of nothing; each of a channel of its own, but for every tenth. */
const tags = Array.from({ length: 30 }, (_, at) => (at < 10 ? ["cooking"] : at < 20 ? ["trains"] : []));
const graph = decodeGraph(encodeGraph(tags.length, togetherByTags(tags)));
const even = new Float32Array(tags.length);
const page = (keys = (node: number) => [`channel ${node}`]): readonly Candidate[] =>
  tags.map((_, node) => ({ node, keys: keys(node), factor: 1 }));
const nodes = (order: readonly { readonly node: number }[]) => order.map(({ node }) => node);

test("[FY1] the same page, seed and taste make the same order; another taste makes another", () => {
  const order = (liked: number) => {
    const ranker = new Ranker(graph, even);
    ranker.swipe(liked, 2);
    return nodes(orderOf(ranker, page(), chanceOf(7)));
  };
  expect(order(0)).toEqual(order(0));
  expect(
    order(0)
      .slice(0, 5)
      .every((node) => node < 10),
  ).toBe(true);
  expect(
    order(10)
      .slice(0, 5)
      .every((node) => node >= 10 && node < 20),
  ).toBe(true);
  expect(order(0)).toHaveLength(29);
});

test("[FY2] what is learned swipe by swipe is what is learned at once, and the last word about a film holds", () => {
  expect([1, 0.5, 0.1].map((watched) => swipeValue({ watched }))).toEqual([1, 0, -0.3]);
  expect(swipeValue({ watched: 0.1, isLiked: true })).toBe(2);
  expect(swipeValue({ watched: 1, isLiked: true, isTurnedAway: true })).toBe(-2);
  const [atOnce, oneByOne] = [new Ranker(graph, even), new Ranker(graph, even)];
  const watched: readonly (readonly [number, number])[] = [
    [0, 1],
    [3, 2],
    [12, -0.3],
    [14, -2],
  ];
  atOnce.begin(watched);
  for (const [node, value] of watched) {
    oneByOne.swipe(node, -value);
    oneByOne.swipe(node, value);
  }
  for (let node = 0; node < 30; node++) expect(oneByOne.tasteOf(node)).toBeCloseTo(atOnce.tasteOf(node), 4);
  expect(atOnce.tasteOf(1)).toBeGreaterThan(0);
  expect(atOnce.tasteOf(11)).toBeLessThan(0);
  expect(atOnce.tasteOf(25)).toBe(0);
  const last = nodes(orderOf(atOnce, page(), chanceOf(7))).slice(-8);
  expect(last.every((node) => node >= 10 && node < 20)).toBe(true);
});

test("[FY3] where nothing is known of a person the page stands in its own order, by what all like", () => {
  const ranker = new Ranker(graph, even);
  expect(nodes(orderOf(ranker, page(), chanceOf(7)))).toEqual(tags.map((_, node) => node));
  const liked = Float32Array.from(even, (_, node) => (node === 22 ? 5 : 0));
  expect(nodes(orderOf(new Ranker(graph, liked), page(), chanceOf(7)))[0]).toBe(22);
});

test("[FY4] no two in a row are of one author or one sound while others are left", () => {
  const ranker = new Ranker(graph, even);
  ranker.swipe(0, 2);
  // All of cooking is by two channels, and to one sound in part.
  const keys = (node: number) => [
    node < 10 ? `cook ${node % 2}` : `channel ${node}`,
    node % 4 === 0 ? "song" : `s${node}`,
  ];
  const order = orderOf(ranker, page(keys), chanceOf(7));
  for (const [at, one] of order.slice(1).entries())
    expect(one.keys.some((key) => order[at]?.keys.includes(key))).toBe(false);
  const alone = orderOf(
    ranker,
    page(() => ["one channel"]),
    chanceOf(7),
  );
  expect(alone).toHaveLength(29);
});

test("[FY5] each sixth is one that taste says nothing about, drawn by the page's seed", () => {
  const ranker = new Ranker(graph, even);
  ranker.swipe(0, 1);
  ranker.swipe(10, 1);
  const order = orderOf(ranker, page(), chanceOf(7));
  expect(order.flatMap(({ isTried }, at) => (isTried ? [at] : []))).toEqual([5, 11, 17, 23]);
  expect(order.filter(({ isTried }) => isTried).every(({ node }) => node >= 20)).toBe(true);
  const other = orderOf(ranker, page(), chanceOf(8));
  expect(nodes(other)).not.toEqual(nodes(order));
});

test("[FY6] a topic's level weighs its films, and none leaves them out", () => {
  const ranker = new Ranker(graph, even);
  ranker.swipe(0, 1);
  ranker.swipe(10, 1);
  const leveled = (level: 0 | 1 | 2 | 3 | 4) =>
    page().map((one) => ({
      ...one,
      factor: factorOf(tags[one.node] ?? [], (tag) => (tag === "trains" ? level : undefined)),
    }));
  const first = (level: 0 | 1 | 2 | 3 | 4) => nodes(orderOf(ranker, leveled(level), chanceOf(7))).slice(0, 5);
  expect(first(4).every((node) => node >= 10 && node < 20)).toBe(true);
  expect(first(1).every((node) => node < 10)).toBe(true);
  expect(nodes(orderOf(ranker, leveled(0), chanceOf(7))).some((node) => node >= 10 && node < 20)).toBe(false);
  expect(factorOf(["a", "b"], (tag) => (tag === "a" ? 4 : 0))).toBe(0);
});

test("[FY7] a reason names what was watched, and the shares of all reasons are one together", () => {
  const ranker = new Ranker(graph, even);
  expect(ranker.why(4)).toEqual([]);
  ranker.swipe(0, 2);
  ranker.swipe(1, 1);
  ranker.swipe(10, 1);
  const why = ranker.why(4, 30);
  expect(why.map(({ because }) => because)).toEqual([0, 1]);
  expect(why.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(why[0]?.share).toBeCloseTo(2 / 3, 1);
  // The walk read backwards says what the walk said: without the first film the rest is left of it.
  const whole = ranker.tasteOf(4);
  ranker.swipe(0, 0);
  expect(ranker.tasteOf(4) / whole).toBeCloseTo(why[1]?.share ?? 0, 4);
  expect(ranker.why(25)).toEqual([]);
});

test("[FY8] forgetting leaves nothing of what was watched", () => {
  const ranker = new Ranker(graph, even);
  ranker.begin([
    [0, 2],
    [12, -2],
  ]);
  ranker.reset();
  expect(tags.every((_, node) => ranker.tasteOf(node) === 0 && !ranker.isKnown(node))).toBe(true);
  expect(nodes(orderOf(ranker, page(), chanceOf(7)))).toEqual(tags.map((_, node) => node));
});

test("[FY9] a graph that is cut off, too long or names what is not in it is refused; a whole one is read", () => {
  const bytes = encodeGraph(3, new Map([[0, new Map([[2, 4]])]]));
  expect(decodeGraph(bytes)).toEqual({
    nodes: 3,
    from: Uint32Array.of(0, 1, 1, 1),
    to: Uint16Array.of(2),
    weight: Float32Array.of(4),
  });
  const changed = (at: number, to: number) => bytes.map((byte, place) => (place === at ? to : byte));
  const bad = [
    bytes.subarray(0, 3),
    bytes.subarray(0, -1),
    Uint8Array.of(...bytes, 0),
    changed(3, 200),
    changed(0, 1),
    changed(4, graphLimits.neighbours + 1),
    changed(5, 0xff),
    changed(10, 7),
    changed(11, 0),
    new Uint8Array(graphLimits.bytesMax + 1),
  ];
  for (const one of bad) expect(() => decodeGraph(one)).toThrow(MalformedError);
  // Before room is made for it, and not by what comes behind.
  expect(() => decodeGraph(changed(3, 200))).toThrow("too many nodes");
  expect(() => decodeGraph(bytes.subarray(0, -1))).toThrow("not a node");
  expect(() => decodeGraph(bytes.subarray(0, 8))).toThrow("cut off");
  for (const sign of [0x4f, 0x7f, 0xbf]) expect(() => decodeGraph(changed(5, sign))).toThrow("not a scale");
  expect(() => decodeGraph(new Uint8Array(graphLimits.bytesMax + 1))).toThrow("not its size");
  const edges = graphLimits.neighbours + 1;
  const crowded = new Uint8Array(4 + edges + 4 + 3 * edges);
  new DataView(crowded.buffer).setUint32(0, edges);
  crowded.set([edges, 0x3f], 4);
  for (let n = 0; n < edges; n++) crowded.set([0, n, 1], 9 + 3 * n);
  expect(() => decodeGraph(crowded)).toThrow("not a node");
  crowded[4] = graphLimits.neighbours;
  crowded.fill(0, 9 + 3 * graphLimits.neighbours);
  expect(() => decodeGraph(crowded.subarray(0, -3))).not.toThrow();
  const many = new Uint8Array(4 + graphLimits.nodesMax + 1);
  new DataView(many.buffer).setUint32(0, graphLimits.nodesMax + 1);
  expect(() => decodeGraph(many)).toThrow("too many nodes");
});

test("[FY10] of each film the sixteen strongest neighbours stay, equals by a hash and not by their numbers", () => {
  const all = new Map(Array.from({ length: 40 }, (_, at): [number, number] => [at + 1, at === 39 ? 3 : 1]));
  const { to } = decodeGraph(encodeGraph(41, new Map([[0, all]])));
  expect(to).toHaveLength(graphLimits.neighbours);
  expect(to[0]).toBe(40);
  const kept = to.slice(1);
  expect(kept.some((node) => node <= 12) && kept.some((node) => node > 26)).toBe(true);
  const given = new Map([
    [1, 1],
    [2, 2],
  ]);
  expect(decodeGraph(encodeGraph(3, new Map([[0, given]]), 2)).to).toEqual(Uint16Array.of(2));
});
