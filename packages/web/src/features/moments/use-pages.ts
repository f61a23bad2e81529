/**
 * Posts in pages: each page is a view of its own, and only those near the screen are live, so that a like on one of
 * 5,000 posts reads only a few pages again (README.md WE109). The first page overlaps the second, so that up to a page
 * of new posts push none out.
 */
import type { MomentCursor, MomentRange, MomentView } from "@yanshu/client";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

type PageOfPosts = { readonly posts: readonly MomentView[]; readonly hasMore: boolean };

const step = 20;
/** Number of live pages on each side of the one in sight. */
const livePages = 2;
/** Pages that are read beyond the one in sight, once somebody scrolls: a thumb's throw passes one in a second. */
const pagesAhead = 2;

type Pages<V> = {
  /** The view of the first page, with its fields besides the posts; undefined until it is loaded. */
  readonly head: V | undefined;
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  readonly more: () => void;
  /** The caller reports the index of a post in sight. */
  readonly inSight: (place: number) => void;
};

/**
 * A screen that tells `inSight` has pages read ahead. @param look reads a page of posts by a view; called while
 * rendering.
 */
export function usePages<V extends PageOfPosts>(look: (range: MomentRange) => V | undefined): Pages<V> {
  const [cuts, setCuts] = useState<readonly MomentCursor[]>([]);
  /** The page in sight; undefined until the list is scrolled. */
  const [at, setAt] = useState<number | undefined>(undefined);
  const held = useRef(new Map<number, V>());
  const { head, others } = readPages(look, cuts, at, held.current);
  const posts = useMemo(() => joined([head, ...others]), [head, ...others]);
  const last = cuts.length === 0 ? head : others.at(-1);
  const hasMore = last?.hasMore ?? false;
  const more = () => {
    const end = last?.posts.at(-1);
    // Only when the last page is loaded: its last post is the cursor of the next page.
    if (end !== undefined && hasMore) setCuts([...cuts, { atMs: end.atMs, id: end.id }]);
  };
  useEffect(() => {
    if (isMoreWanted(at, cuts.length)) more();
  }, [at, cuts.length, last]);
  return {
    head,
    posts,
    hasMore,
    more,
    inSight: (place) => setAt(Math.floor(Math.max(0, place) / step)),
  };
}

/**
 * The first page, and those behind it, each from its cut on. What is not read yet, or is not live, is as it was `held`
 * last: without its posts their rows would go, and come anew.
 */
export function readPages<V extends PageOfPosts>(
  look: (range: MomentRange) => V | undefined,
  cuts: readonly MomentCursor[],
  at: number | undefined,
  held: Map<number, V>,
): { readonly head: V | undefined; readonly others: readonly (V | undefined)[] } {
  const read = (page: number, range: MomentRange): V | undefined => {
    const before = held.get(page);
    const now = look(range) ?? before;
    if (now !== undefined) held.set(page, now);
    return now;
  };
  return {
    head: read(0, { limit: cuts.length === 0 ? step : 2 * step }),
    others: cuts.map((cut, place) => {
      const before = held.get(place + 1);
      const isLive = before === undefined || Math.abs(place + 1 - (at ?? 0)) <= livePages;
      return isLive ? read(place + 1, { limit: step, before: cut }) : before;
    }),
  };
}

/** Whether a page is to be read ahead, of so many behind the first. */
export function isMoreWanted(at: number | undefined, pages: number): boolean {
  return at !== undefined && pages < at + pagesAhead;
}

/** All posts, the newest first, without duplicates: pages may overlap, and the first page's copy counts. Pure. */
export function joined(pages: readonly (PageOfPosts | undefined)[]): readonly MomentView[] {
  const known = new Map<string, MomentView>();
  for (const page of pages) for (const post of page?.posts ?? []) if (!known.has(post.id)) known.set(post.id, post);
  return [...known.values()].sort((one, other) => other.atMs - one.atMs || (one.id < other.id ? 1 : -1));
}
