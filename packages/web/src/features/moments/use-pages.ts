/**
 * Posts page by page: each page is a view of its own, and only those near what is in sight are live, so that a like on
 * one of 5,000 posts reads a few pages anew and not all of them (README.md WE109). The first page reaches over the
 * second: what is new there pushes nothing out before as many came as a page has.
 */
import type { MomentCursor, MomentRange, MomentView } from "@yanshu/client";
import { useMemo, useRef, useState } from "preact/hooks";

type PageOfPosts = { readonly posts: readonly MomentView[]; readonly hasMore: boolean };

const step = 20;
/** So many pages on both sides of the one in sight. */
const livePages = 2;

type Pages<V> = {
  /** The first page whole, with what stands beside the posts; undefined before it is here. */
  readonly head: V | undefined;
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  readonly more: () => void;
  /** To be told which post is in sight, by its place among them. */
  readonly inSight: (place: number) => void;
};

/** @param look reads a page of posts: a view, followed while drawing. */
export function usePages<V extends PageOfPosts>(look: (range: MomentRange) => V | undefined): Pages<V> {
  const [cuts, setCuts] = useState<readonly MomentCursor[]>([]);
  const [at, setAt] = useState(0);
  const before = useRef(new Map<number, V>());
  const head = look({ limit: cuts.length === 0 ? step : 2 * step });
  const others = cuts.map((cut, place) => {
    const held = before.current.get(place);
    if (held !== undefined && Math.abs(place + 1 - at) > livePages) return held;
    const page = look({ limit: step, before: cut }) ?? held;
    if (page !== undefined) before.current.set(place, page);
    return page;
  });
  const posts = useMemo(() => joined([head, ...others]), [head, ...others]);
  const last = cuts.length === 0 ? head : others.at(-1);
  return {
    head,
    posts,
    hasMore: last?.hasMore ?? false,
    more() {
      const end = last?.posts.at(-1);
      // Once the last page is here, and not before: it says where the next begins.
      if (end !== undefined && last?.hasMore === true) setCuts([...cuts, { atMs: end.atMs, id: end.id }]);
    },
    inSight: (place) => setAt(Math.floor(Math.max(0, place) / step)),
  };
}

/** All posts once, the newest first: pages may overlap, and what stands in the first of them counts. Pure. */
export function joined(pages: readonly (PageOfPosts | undefined)[]): readonly MomentView[] {
  const known = new Map<string, MomentView>();
  for (const page of pages) for (const post of page?.posts ?? []) if (!known.has(post.id)) known.set(post.id, post);
  return [...known.values()].sort((one, other) => other.atMs - one.atMs || (one.id < other.id ? 1 : -1));
}
