/**
 * The graph that For You walks over (docs/spec/feed.md FY9, FY10): for each film up to sixteen others that people
 * finished together with it, or that share hashtags with it, each with a weight. Pure.
 *
 *   file   u32 nodes · for each: u8 count · where count > 0: f32 scale · count × (u16 node · u8 weight); big-endian
 */
import { type Bytes, MalformedError } from "@yanshu/wire";

export type Graph = {
  readonly nodes: number;
  /** Where the edges of a node begin; one more at the end. */
  readonly from: Uint32Array;
  readonly to: Uint16Array;
  readonly weight: Float32Array;
};

/** How often each node went with each other one. */
export type Together = ReadonlyMap<number, ReadonlyMap<number, number>>;

export const graphLimits = {
  nodesMax: 0xffff,
  /** Kept of each film. */
  neighbours: 16,
  /** Of the file: three pairs a person of ten thousand need about a sixth of it. */
  bytesMax: 512 << 10,
} as const;

/**
 * Which of equals are kept follows from a hash: numbers of films tell of time, and by them the newer ones would win
 * for no reason (docs/decisions/0068).
 */
function drawn(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  h = Math.imul(h, 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/**
 * The file of a graph: the strongest neighbours of each node.
 * @param atLeast what fewer people gave is left out.
 */
export function encodeGraph(nodes: number, together: Together, atLeast = 0): Bytes {
  const near = Array.from({ length: nodes }, (_, node) => neighboursOf(node, together.get(node), atLeast));
  const size = near.reduce((sum, some) => sum + 1 + (some.length === 0 ? 0 : 4 + 3 * some.length), 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nodes);
  let at = 4;
  for (const some of near) {
    bytes[at++] = some.length;
    const strongest = some[0]?.[1];
    if (strongest === undefined) continue;
    view.setFloat32(at, strongest / 255);
    at += 4;
    for (const [node, count] of some) {
      view.setUint16(at, node);
      bytes[at + 2] = Math.max(1, Math.round((count / strongest) * 255));
      at += 3;
    }
  }
  return bytes;
}

function neighboursOf(node: number, together: ReadonlyMap<number, number> | undefined, atLeast: number) {
  return [...(together ?? [])]
    .filter(([other, count]) => other !== node && count >= atLeast)
    .sort(([a, x], [b, y]) => y - x || drawn(node, a) - drawn(node, b))
    .slice(0, graphLimits.neighbours);
}

/** @checks FY9 @throws MalformedError when the file is cut off, too long, or names a node that is none of it. */
export function decodeGraph(bytes: Bytes): Graph {
  if (bytes.length < 4 || bytes.length > graphLimits.bytesMax) throw new MalformedError("graph: not its size");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const nodes = view.getUint32(0);
  if (nodes > graphLimits.nodesMax || nodes > bytes.length - 4) throw new MalformedError("graph: too many nodes");
  const from = new Uint32Array(nodes + 1);
  const [to, weight]: [number[], number[]] = [[], []];
  let at = 4;
  for (let node = 0; node < nodes; node++) {
    const count = bytes[at++];
    if (count === undefined || count > graphLimits.neighbours) throw new MalformedError("graph: not a node");
    if (count > 0) {
      if (at + 4 + 3 * count > bytes.length) throw new MalformedError("graph: cut off");
      const scale = view.getFloat32(at);
      at += 4;
      if (!(scale > 0 && scale < 1e9)) throw new MalformedError("graph: not a scale");
      for (let k = 0; k < count; k++, at += 3) {
        const other = view.getUint16(at);
        if (other >= nodes || bytes[at + 2] === 0) throw new MalformedError("graph: not an edge");
        to.push(other);
        weight.push(scale * (bytes[at + 2] as number));
      }
    }
    from[node + 1] = to.length;
  }
  if (at !== bytes.length) throw new MalformedError("graph: more than its nodes");
  return { nodes, from, to: Uint16Array.from(to), weight: Float32Array.from(weight) };
}

/**
 * Films that share hashtags, for a home that has no graph of its own: each tag counts the less the more films have it.
 * @param tags of each node.
 */
export function togetherByTags(tags: readonly (readonly string[])[]): Together {
  const having = new Map<string, number[]>();
  for (const [node, some] of tags.entries())
    for (const tag of new Set(some)) having.set(tag, [...(having.get(tag) ?? []), node]);
  const together = new Map<number, Map<number, number>>();
  for (const nodes of having.values()) {
    // A tag that nearly all have tells nothing, and would cost the square of their number.
    const some = nodes.slice(-taggedMax);
    for (const a of some)
      for (const b of some) {
        if (a === b) continue;
        const of = together.get(a) ?? new Map<number, number>();
        of.set(b, (of.get(b) ?? 0) + 1 / Math.log2(some.length + 1));
        together.set(a, of);
      }
  }
  return together;
}
const taggedMax = 64;
