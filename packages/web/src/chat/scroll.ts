/**
 * Scroll: the hand that moves the log. It knows how high rows are, says which of them stand in the document
 * (stretch.ts), and keeps what one reads where it is while rows around it come, go and change.
 *
 * The scroller runs bottom-up (`column-reverse`): the browser itself stays at the newest end whatever grows, and older
 * rows put on top move nothing. Rows hang in a room that is as high as all of them, each at its distance from the lower
 * edge, so that one more or less moves no other; what changes below what one sees is taken back from the place of the
 * scroll, before the frame is shown.
 */
import { placeOf, type Row } from "./rows.ts";
import { heightBetween, nextStretch, type Sight, type Stretch } from "./stretch.ts";

export type LogScroll = ReturnType<typeof createScroll>;

/** What the screen hears of, whenever it looked. */
export type Looked = {
  readonly isAtEnd: boolean;
  /** Some screens from the oldest row that there is. */
  readonly isNearOldest: boolean;
  /** The rows in sight, by place; the first is the one at the upper edge. */
  readonly seen: { readonly first: number; readonly end: number };
  /** All rows that belong into the document are there. */
  readonly isStill: boolean;
};

type Sought = {
  readonly order: number;
  readonly block: "start" | "center";
  readonly found: (row: HTMLElement) => void;
};

const atEndPx = 48;
/** What a row is taken for until it was measured. It never changes, so that what was taken can be given back. */
const usualPx = 64;
const restMs = 200;
/** What was drawn ahead is shown when no more than this is left of what shows. */
const showSoonPx = 800;
/** Rows beyond those in the document at which more are asked for. */
const nearOldestRows = 50;
/** Around a row that was sought, for a start. */
const aroundRows = 16;
/**
 * Over the oldest that was read, for what is still to come. While one scrolls the room must not change: a browser that
 * scrolls apart from the page counts from the upper edge, and would throw one as far as the room grew.
 */
const reservePx = 500_000;
const reserveLeastPx = 20_000;
/** For rows that may turn out higher than they were taken for. */
const slackPx = 3_000;

/** @param tell hears what is seen now. */
export function createScroll(tell: (looked: Looked) => void) {
  let draw: () => void = () => undefined;
  let rows: readonly Row[] = [];
  let stretch: Stretch = { first: 0, end: 0, belowPx: 0 };
  let scroller: HTMLElement | undefined;
  let room: HTMLElement | undefined;
  let roomPx = 0;
  let widthPx = 0;
  let measuredPx = 0;
  let owedPx = 0;
  /** What lies between the lower edges of the room and of all that scrolls. */
  let footPx = 0;
  let surveyed = rows;
  /** The last of the rows is not the newest there is: more of them shall not carry one along. */
  let isOpen = false;
  let hasOlder = false;
  /** One stayed at the newest end when it was last looked: asked anew it would cost a layout. */
  let pinned = true;
  let headPx = 0;
  let heightPx = 0;
  /** The newest that was in sight at the last look: what is newer lies below. */
  let lowestSeen = Number.POSITIVE_INFINITY;
  let sought: Sought | undefined;
  let heading: Sight["heading"] = "nowhere";
  let lastFromEndPx = 0;
  let lastMoveMs = Number.NEGATIVE_INFINITY;
  let planned: number | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const heights = new Map<number, number>();
  const standing = new Map<number, HTMLElement>();
  /** Drawn while one scrolls, and not laid out: the browser does that for many together as fast as for a few. */
  const unshown = new Map<number, HTMLElement>();
  let drawsAhead = false;
  const hung = new WeakMap<HTMLElement, number>();
  const observer = new ResizeObserver(measured);

  const heightOf = (row: number): number => heights.get(rows[row]?.item.order ?? Number.NaN) ?? usualPx;
  const orderOf = (row: number): number => rows[row]?.item.order ?? Number.POSITIVE_INFINITY;
  const isAtEnd = (): boolean => scroller === undefined || scroller.scrollTop > -atEndPx;
  /** One stays at the newest end, whatever comes. */
  const isPinned = (): boolean => isAtEnd() && !isOpen;

  function sightNow(): Sight {
    if (scroller === undefined) return { fromEndPx: 0, heightPx: innerHeight, heading };
    return { fromEndPx: -scroller.scrollTop - footPx, heightPx, heading };
  }

  function plan(): void {
    planned ??= requestAnimationFrame(() => {
      planned = undefined;
      look();
    });
  }

  function moved(): void {
    lastMoveMs = performance.now();
    plan();
    resting ??= setTimeout(rest, restMs);
  }

  function rest(): void {
    const leftMs = lastMoveMs + restMs - performance.now();
    resting = leftMs > 0 ? setTimeout(rest, leftMs) : undefined;
    if (resting !== undefined) return;
    heading = "nowhere";
    plan();
  }

  /** One step towards the rows that should be there, and the next one in the next frame. */
  function look(): void {
    if (scroller === undefined || rows.length === 0) return;
    const sight = sightNow();
    pinned = isPinned();
    const movedPx = sight.fromEndPx - lastFromEndPx;
    // Without a scroll it was the log that made way.
    if (Math.abs(movedPx) > 1 && resting !== undefined) heading = movedPx > 0 ? "older" : "newer";
    lastFromEndPx = sight.fromEndPx;
    const isShowing = showSoon(sight);
    const next = isShowing ? stretch : nextStretch(stretch, { ...sight, heading }, rows.length, heightOf);
    const isStill = next === stretch && !isShowing;
    if (next !== stretch) {
      drawsAhead = heading !== "nowhere" && shownAheadPx(sight) > showSoonPx;
      stretch = next;
      draw();
    }
    if (!isStill) plan();
    const seen = seenIn(sight);
    lowestSeen = orderOf(seen.end - 1);
    if (heading === "nowhere") hang();
    const allPx = stretch.belowPx + heightBetween(stretch.first, stretch.end, heightOf);
    const overPx = sight.fromEndPx + heightPx - Math.max(allPx, heightPx) - headPx;
    // Nothing was read beyond the first row yet, or nothing is there.
    if (stretch.first === 0 && overPx > 1) scroller.scrollBy({ top: overPx, behavior: "instant" });
    tell({
      isAtEnd: isAtEnd(),
      isNearOldest:
        stretch.first < nearOldestRows && (heading === "older" || (stretch.first === 0 && allPx < 2 * sight.heightPx)),
      seen,
      isStill,
    });
  }

  /**
   * Shows what was drawn ahead, all at once, when one is about to see it or nothing moves. Answers whether there was
   * any.
   */
  function showSoon(sight: Sight): boolean {
    const isSoon = heading === "nowhere" || shownAheadPx(sight) <= showSoonPx;
    if (!isSoon || unshown.size === 0) return false;
    show();
    takeBack();
    return true;
  }

  /** How far the rows that show reach beyond what one sees, where one is heading. */
  function shownAheadPx({ fromEndPx }: Sight): number {
    let [end, belowPx] = [stretch.end, stretch.belowPx];
    while (end > stretch.first && unshown.has(orderOf(end - 1))) belowPx += heightOf(--end);
    if (heading === "newer") return fromEndPx - belowPx;
    let first = stretch.first;
    while (first < end && unshown.has(orderOf(first))) first++;
    return belowPx + heightBetween(first, end, heightOf) - fromEndPx - heightPx;
  }

  function show(): void {
    for (const [order, element] of unshown) {
      element.hidden = false;
      stand(order, element);
    }
    unshown.clear();
    hang();
  }

  function stand(order: number, element: HTMLElement): void {
    standing.set(order, element);
    observer.observe(element);
  }

  function seenIn({ fromEndPx, heightPx }: Sight): Looked["seen"] {
    let [end, below] = [stretch.end, stretch.belowPx];
    while (end > stretch.first && below + heightOf(end - 1) <= fromEndPx) below += heightOf(--end);
    let [first, above] = [end, below];
    while (first > stretch.first && above < fromEndPx + heightPx) above += heightOf(--first);
    return { first, end };
  }

  /** Rows tell their heights after layout and before the frame is shown. */
  function measured(entries: readonly ResizeObserverEntry[]): void {
    pinned = isPinned();
    for (const { target, borderBoxSize, contentRect } of entries) {
      if (target === scroller) {
        survey();
        if (contentRect.width !== widthPx) forget(contentRect.width);
      }
      const order = Number((target as HTMLElement).dataset["order"] ?? Number.NaN);
      if (standing.get(order) === target) learn(order, borderBoxSize[0]?.blockSize ?? usualPx);
    }
    hang();
    takeBack();
    plan();
  }

  /** What lies below what one sees was taken for another height so far: that is what one's place has to give way. */
  function learn(order: number, height: number): void {
    const before = heights.get(order) ?? usualPx;
    measuredPx += height - (heights.get(order) ?? 0);
    heights.set(order, height);
    if (!pinned && order > lowestSeen) owedPx += height - before;
  }

  function learnNew(): void {
    for (const [order, element] of standing)
      if (!heights.has(order)) learn(order, element.getBoundingClientRect().height);
  }

  function survey(): void {
    heightPx = scroller?.clientHeight ?? 0;
    const [inner, outer] = [room?.getBoundingClientRect(), room?.parentElement?.getBoundingClientRect()];
    footPx = (outer?.bottom ?? 0) - (inner?.bottom ?? 0);
    headPx = (inner?.top ?? 0) - (outer?.top ?? 0);
  }

  /** Rows of another width are of another height; those in the document tell theirs. */
  function forget(nowPx: number): void {
    const isFirst = widthPx === 0;
    widthPx = nowPx;
    if (isFirst) return;
    const known = [...heights].filter(([order]) => standing.has(order));
    heights.clear();
    measuredPx = 0;
    for (const [order, height] of known) {
      heights.set(order, height);
      measuredPx += height;
    }
    settleBelow(stretch.first, stretch.end);
    takeBack();
  }

  /** The same rows over another distance from the end: that is what one's place has to give way. */
  function settleBelow(first: number, end: number): void {
    const belowPx = heightBetween(end, rows.length, heightOf);
    if (!pinned) owedPx += belowPx - stretch.belowPx;
    stretch = { first, end, belowPx };
  }

  function takeBack(): void {
    const px = owedPx;
    owedPx = 0;
    if (px !== 0) scroller?.scrollBy({ top: -px, behavior: "instant" });
  }

  /** Puts the rows where they belong, and makes the room high enough. */
  function hang(): void {
    if (room === undefined) return;
    let isNew = false;
    eachStanding((order, element, belowPx) => {
      // Where the first new row hangs is known; the others wait for its height.
      if (!isNew) hangAt(element, belowPx);
      isNew ||= !heights.has(order);
    });
    if (isNew) {
      learnNew();
      eachStanding((_, element, belowPx) => hangAt(element, belowPx));
    }
    const heldPx = stretch.belowPx + heightBetween(stretch.first, stretch.end, heightOf);
    const abovePx = heights.size === 0 ? 0 : Math.ceil((stretch.first * measuredPx) / heights.size);
    enlarge(heldPx + abovePx);
  }

  /** @param allPx as high as all rows that were read are, those that were not measured by the usual height. */
  function enlarge(allPx: number): void {
    const sparePx = hasOlder ? reservePx : stretch.first === 0 ? 0 : slackPx;
    const isStill = heading === "nowhere";
    const leastPx = hasOlder ? (isStill ? reservePx / 2 : reserveLeastPx) : 0;
    const mostPx = hasOlder ? 2 * reservePx : sparePx === 0 ? 0 : 2 * slackPx;
    const isFine = roomPx >= allPx + leastPx && (!isStill || roomPx <= allPx + mostPx);
    if (isFine || room === undefined) return;
    roomPx = allPx + sparePx;
    room.style.height = `${roomPx}px`;
  }

  function eachStanding(run: (order: number, element: HTMLElement, belowPx: number) => void): void {
    let belowPx = stretch.belowPx;
    for (let row = stretch.end - 1; row >= stretch.first; row--) {
      const element = standing.get(orderOf(row));
      if (element !== undefined) run(orderOf(row), element, belowPx);
      belowPx += heightOf(row);
    }
  }

  function hangAt(element: HTMLElement, belowPx: number): void {
    if (hung.get(element) === belowPx) return;
    hung.set(element, belowPx);
    element.style.bottom = `${belowPx}px`;
  }

  function around(place: number): Stretch {
    const end = Math.min(rows.length, place + aroundRows);
    return { first: Math.max(0, place - aroundRows), end, belowPx: heightBetween(end, rows.length, heightOf) };
  }

  /** The row that is sought, if it stands there by now. */
  function find(): void {
    const row = sought === undefined ? undefined : standing.get(sought.order);
    if (sought === undefined || row === undefined) return;
    const { block, found } = sought;
    sought = undefined;
    owedPx = 0;
    row.scrollIntoView({ block, behavior: "instant" });
    lowestSeen = Number.POSITIVE_INFINITY;
    lastFromEndPx = sightNow().fromEndPx;
    heading = "nowhere";
    found(row);
    plan();
  }

  return {
    /** @param redraw has the rows drawn again. */
    attach(theScroller: HTMLElement, theRoom: HTMLElement, redraw: () => void): () => void {
      [scroller, room, draw] = [theScroller, theRoom, redraw];
      scroller.addEventListener("scroll", moved, { passive: true });
      observer.observe(scroller);
      survey();
      hang();
      plan();
      return () => {
        theScroller.removeEventListener("scroll", moved);
        observer.disconnect();
        clearTimeout(resting);
        if (planned !== undefined) cancelAnimationFrame(planned);
        scroller = undefined;
      };
    },
    /** The rows as they are now, and whether there are others beyond; answers which of them are to be drawn. */
    take(now: readonly Row[], beyond: { readonly hasOlder: boolean; readonly hasNewer: boolean }): Stretch {
      hasOlder = beyond.hasOlder;
      if (now === rows) return stretch;
      pinned = isPinned();
      const [firstOrder, lastOrder] = [orderOf(stretch.first), orderOf(stretch.end - 1)];
      const wasWhole = stretch.end === rows.length;
      rows = now;
      if (stretch.end === 0) {
        const nowhere = { first: rows.length, end: rows.length, belowPx: 0 };
        if (rows.length > 0) stretch = nextStretch(nowhere, sightNow(), rows.length, heightOf);
      } else {
        const end = wasWhole && pinned ? rows.length : Math.min(rows.length, placeOf(rows, lastOrder + 1));
        settleBelow(Math.min(placeOf(rows, firstOrder), Math.max(0, end - 1)), end);
      }
      isOpen = beyond.hasNewer;
      const place = sought === undefined ? rows.length : placeOf(rows, sought.order);
      if (orderOf(place) === sought?.order && (place < stretch.first || place >= stretch.end)) stretch = around(place);
      return stretch;
    },
    /** Once they are drawn, before they are shown. */
    drawn(): void {
      drawsAhead = false;
      if (surveyed !== rows) {
        // What stands under the rows comes and goes with what was read. All is asked before anything moves: one layout.
        const before = footPx;
        survey();
        if (!pinned) owedPx += footPx - before;
        surveyed = rows;
        learnNew();
      }
      hang();
      takeBack();
      find();
      plan();
    },
    /** For `ref` of each row. */
    watch(element: HTMLElement | null): (() => void) | undefined {
      if (element === null) return undefined;
      const order = Number(element.dataset["order"]);
      if (drawsAhead) {
        element.hidden = true;
        unshown.set(order, element);
      } else stand(order, element);
      return () => {
        observer.unobserve(element);
        if (unshown.get(order) === element) unshown.delete(order);
        if (standing.get(order) === element) standing.delete(order);
        // A person who walked here by keyboard goes on from the log, not from the beginning of the page.
        if (element.contains(document.activeElement)) scroller?.focus({ preventScroll: true });
      };
    },
    /** Leads to a row, at once if there is such a row, else when there is. */
    seek(next: Sought): void {
      sought = next;
      owedPx = 0;
      const place = placeOf(rows, next.order);
      if (orderOf(place) !== next.order) return;
      if (place < stretch.first || place >= stretch.end) {
        stretch = around(place);
        draw();
      } else {
        if (unshown.has(next.order)) show();
        find();
      }
    },
    toEnd(behavior: "smooth" | "instant"): void {
      scroller?.scrollTo({ top: 0, behavior });
    },
    /** Words of another size make all rows of another height. */
    resized(): void {
      pinned = isPinned();
      forget(widthPx);
    },
  };
}
