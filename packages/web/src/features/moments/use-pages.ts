/**
 * Posts in pages: each page is a view of its own, and only those near the screen are live, so that a like on one of
 * 5,000 posts reads only a few pages again (README.md WE109). The first page overlaps the second, so that up to a page
 * of new posts push none out.
 */
import type { MomentCursor, MomentRange, MomentView } from "@yanshu/client";
import { useMemo, useRef, useState } from "preact/hooks";

type PageOfPosts = { readonly posts: readonly MomentView[]; readonly hasMore: boolean };

const step = 20;
/** Number of live pages on each side of the one in sight. */
const livePages = 2;

type Pages<V> = {
  /** The view of the first page, with its fields besides the posts; undefined until it is loaded. */
  readonly head: V | undefined;
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  readonly more: () => void;
  /** The caller reports the index of a post in sight. */
  readonly inSight: (place: number) => void;
};

/** @param look reads a page of posts by a view; called while rendering. */
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
      // Only when the last page is loaded: its last post is the cursor of the next page.
      if (end !== undefined && last?.hasMore === true) setCuts([...cuts, { atMs: end.atMs, id: end.id }]);
    },
    inSight: (place) => setAt(Math.floor(Math.max(0, place) / step)),
  };
}

/** All posts, the newest first, without duplicates: pages may overlap, and the first page's copy counts. Pure. */
export function joined(pages: readonly (PageOfPosts | undefined)[]): readonly MomentView[] {
  const known = new Map<string, MomentView>();
  for (const page of pages) for (const post of page?.posts ?? []) if (!known.has(post.id)) known.set(post.id, post);
  return [...known.values()].sort((one, other) => other.atMs - one.atMs || (one.id < other.id ? 1 : -1));
}
