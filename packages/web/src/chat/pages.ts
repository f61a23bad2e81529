/**
 * Pages: a conversation as it is read, page by page, both ways from where it was opened.
 *
 * A page that was read stays, so that going back finds it there. Only those about where one reads, and the newest, are
 * followed as they change: however far back somebody goes, a new message costs the same.
 */
import type { TimelineItem, TimelineStretch, TimelineView } from "@yanshu/client";
import { useRef, useState } from "preact/hooks";
import { peekView } from "../shell/session.ts";
import { keptItems } from "./kept.ts";
import { pageItems } from "./rows.ts";

/** How many come at a time: some screens, and still little for one frame. */
const moreItems = 120;
/** What may come at the newest end before one has to ask for it. */
const newestItemsMax = 2_000;

/** Between two orders; what a view tells beyond them stands in the pages beside. */
type Page = {
  readonly place: number | TimelineStretch | undefined;
  readonly limit: number;
  readonly from: number;
  readonly before: number;
};

export type Pages = {
  /** Oldest first; undefined until the first are there. */
  readonly items: readonly TimelineItem[] | undefined;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly firstUnread: number | undefined;
  /** Asks for the next page, unless one is on its way. */
  readonly readOlder: () => void;
  readonly readNewer: () => void;
};

/** @param focus the `order` of what one looks at. */
export function usePages(id: string, at: number | undefined, focus: number | undefined): Pages {
  const [pages, setPages] = useState<readonly Page[]>([
    { place: at, limit: pageItems, from: Number.NEGATIVE_INFINITY, before: Number.POSITIVE_INFINITY },
  ]);
  const follow = useFollow(id);
  // Always followed: a change of the last thing said looks for it here (composer.tsx).
  const opened = follow(at, pageItems, true, undefined);
  const near = focus === undefined ? -1 : pages.findIndex(({ from, before }) => from <= focus && focus < before);
  const views = pages.map((page, n) => {
    const isFollowed = near === -1 || Math.abs(n - near) <= 1 || n === pages.length - 1;
    // The newest are asked for from another place on once there are older ones; what was read of them stands meanwhile.
    const before = at === undefined && n === pages.length - 1 ? opened : undefined;
    return follow(page.place, page.limit, isFollowed, before) ?? before;
  });
  const items = useJoined(views.map((view, n) => within(view, pages[n] as Page)));
  const [first, last] = [pages[0] as Page, pages.at(-1) as Page];
  const [oldest, newest] = [items[0]?.order, items.at(-1)?.order];
  return {
    items: opened === undefined ? undefined : items,
    hasOlder: views[0]?.hasOlder ?? true,
    hasNewer: views.at(-1)?.hasNewer ?? true,
    firstUnread: opened?.firstUnread,
    readOlder() {
      if (views[0]?.hasOlder !== true || views[0].items.length === 0 || oldest === undefined) return;
      const rest = first.place === undefined ? { place: { from: oldest }, limit: newestItemsMax } : {};
      const older = { place: { before: oldest }, limit: moreItems, from: first.from, before: oldest };
      setPages([older, { ...first, ...rest, from: oldest }, ...pages.slice(1)]);
    },
    readNewer() {
      if (views.at(-1)?.hasNewer !== true || views.at(-1)?.items.length === 0 || newest === undefined) return;
      const newer = { place: { from: newest + 1 }, limit: moreItems, from: newest + 1, before: last.before };
      setPages([...pages.slice(0, -1), { ...last, before: newest + 1 }, newer]);
    },
  };
}

/** A view, or the last that was seen of it. Its items are the same objects for as long as they are the same. */
function useFollow(id: string) {
  const held = useRef(new Map<string, TimelineView>());
  return (
    place: Page["place"],
    limit: number,
    isFollowed: boolean,
    instead: TimelineView | undefined,
  ): TimelineView | undefined => {
    const view = peekView("timeline", id, limit, ...(place === undefined ? [] : [place]));
    const told = isFollowed ? view.value : undefined;
    const key = JSON.stringify([limit, place]);
    const before = held.current.get(key);
    if (told === undefined) return before;
    const now = keptView(before ?? instead, told);
    held.current.set(key, now);
    return now;
  };
}

const madeFrom = new WeakMap<TimelineView, TimelineView>();

function keptView(before: TimelineView | undefined, told: TimelineView): TimelineView {
  const made = madeFrom.get(told) ?? { ...told, items: keptItems(before?.items ?? [], told.items) };
  madeFrom.set(told, made);
  return made;
}

const nothing: readonly TimelineItem[] = [];
const cut = new WeakMap<TimelineView, Page & { readonly items: readonly TimelineItem[] }>();

/** More than the page is told where something of it was deleted: then it reaches further than it did at first. */
function within(view: TimelineView | undefined, page: Page): readonly TimelineItem[] {
  if (view === undefined) return nothing;
  const { from, before } = page;
  const isInside = (item: TimelineItem | undefined) =>
    item === undefined || (from <= item.order && item.order < before);
  if (isInside(view.items[0]) && isInside(view.items.at(-1))) return view.items;
  const known = cut.get(view);
  if (known?.from === from && known.before === before) return known.items;
  const items = view.items.filter(isInside);
  cut.set(view, { ...page, items });
  return items;
}

/** All of them in one list, which is the same one while no part of it changed. */
function useJoined(parts: readonly (readonly TimelineItem[])[]): readonly TimelineItem[] {
  const joined = useRef<{ parts: typeof parts; items: readonly TimelineItem[] }>({ parts: [], items: [] });
  const { parts: before } = joined.current;
  if (parts.length !== before.length || parts.some((part, n) => part !== before[n]))
    joined.current = { parts, items: parts.flat() };
  return joined.current.items;
}
