/**
 * The log of a conversation: pinned to the newest, older pages on the way up, chips to jump. Only the rows about what
 * one sees are in the document (scroll.ts), and only the pages about it are followed (pages.ts).
 */
import type { ChatRow, TimelineItem } from "@yanshu/client";
import { ArrowDown, ArrowUp } from "lucide";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { jumpTo } from "../kit/aim.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { elder, textStep } from "../shell/prefs.ts";
import { go } from "../shell/router.ts";
import { api } from "../shell/session.ts";
import { messageKeys } from "./keys.ts";
import { type Pages, usePages } from "./pages.ts";
import { placeOf, type Row, rowsOf } from "./rows.ts";
import { createScroll, type LogScroll, type Looked } from "./scroll.ts";
import { Rows } from "./shown-rows.tsx";

/** How far back a jump looks for what it leads to. */
const soughtItemsMax = 2_000;
/** The chip that leads up to the first unread stands for more than these. */
const unreadMax = 20;
/** Which pages are followed is looked at again after so many rows. */
const focusRows = 40;

type LogProps = {
  readonly id: string;
  readonly kind: ChatRow["kind"];
  readonly unreadBefore: number;
  readonly mayWrite: boolean;
  /** Order of an item to stand in sight, with what is around it; without it the newest does. */
  readonly at?: number | undefined;
};
type Opening = { readonly firstUnread: number | undefined; readonly count: number };

export function Log(props: LogProps) {
  // What was unread when the chat was opened: reading marks it read at once, the line shall stay.
  const opening = useRef<Opening | undefined>(undefined);
  return <LogAt key={props.at} {...props} opening={opening} />;
}

function LogAt(props: LogProps & { readonly opening: { current: Opening | undefined } }) {
  const { id, kind, unreadBefore, mayWrite, at, opening } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState(at);
  const pages = usePages(id, at, focus);
  const items = pages.items ?? nothing;
  if (opening.current === undefined && pages.items !== undefined)
    opening.current = { firstUnread: pages.firstUnread, count: unreadBefore };
  const { firstUnread, count = 0 } = opening.current ?? {};
  const rows = useMemo(() => rowsOf(items, firstUnread, !pages.hasOlder), [items, firstUnread, pages.hasOlder]);
  const { scroll, isAtEnd, isFilled, unreadSeen } = useScroll(pages, rows, firstUnread, setFocus);

  const below = useBelow(scroll, items, isAtEnd);
  useReading(id, pages.hasNewer ? undefined : items.at(-1));
  useSight(scroll, at);
  useJump(id, scroll, items, pages);
  const unread = useUnreadChip(scroll, rows, pages, firstUnread, count, unreadSeen);
  const newest = useRef(items);
  newest.current = items;

  return (
    <div class="log-frame">
      <div
        ref={scroller}
        class="log"
        role="log"
        // Old rows that come into the document while one reads back are no news.
        aria-live={isAtEnd && (isFilled || items.length === 0) ? "polite" : "off"}
        aria-relevant="additions"
        aria-label={t("log.label")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        data-testid="log"
        onKeyDown={(event) => {
          pageKeys(event, scroll, pages, items[0]);
          messageKeys(event, { chat: id, mayWrite }, items);
        }}
      >
        <div class="log-in">
          <Rows
            scroll={scroll}
            scroller={scroller}
            rows={rows}
            beyond={pages}
            chat={id}
            kind={kind}
            mayWrite={mayWrite}
            around={newest}
          />
          {pages.items !== undefined && pages.hasNewer && (
            <button type="button" class="tb read-on" data-testid="read-on" onClick={pages.readNewer}>
              {t("log.readOn")}
            </button>
          )}
        </div>
      </div>
      {unread.isShown && (
        <button type="button" class="fab up" data-testid="jump-unread" onClick={unread.jump}>
          <Icon of={ArrowUp} size="s" />
          {t("new.jump", { n: count })}
        </button>
      )}
      {(!isAtEnd || (pages.items !== undefined && pages.hasNewer)) && (
        <button
          type="button"
          class="fab down"
          aria-label={below > 0 ? t("log.below", { n: below }) : t("log.bottom")}
          data-testid="jump-bottom"
          onClick={() => (at === undefined ? toEnd(scroll, scroller.current) : go({ name: "chat", id }, "replace"))}
        >
          <Icon of={ArrowDown} size="s" />
          {below > 0 && <span>{below}</span>}
        </button>
      )}
      <span class="sr" role="status">
        {below > 0 ? t("log.below", { n: below }) : ""}
      </span>
    </div>
  );
}

const nothing: readonly TimelineItem[] = [];

/** The scroll of this log, and what it said last; asks for older pages ahead of need. */
function useScroll(
  pages: Pages,
  rows: readonly Row[],
  firstUnread: number | undefined,
  setFocus: (change: (focus: number | undefined) => number | undefined) => void,
) {
  const [isAtEnd, setAtEnd] = useState(true);
  const [isFilled, setFilled] = useState(false);
  const [unreadSeen, setUnreadSeen] = useState<boolean | undefined>(undefined);
  const latest = useRef({ pages, rows, firstUnread });
  latest.current = { pages, rows, firstUnread };
  function hear({ seen, isStill, isNearOldest, ...next }: Looked): void {
    const now = latest.current;
    if (isNearOldest) now.pages.readOlder();
    setAtEnd(next.isAtEnd);
    if (isStill) setFilled(true);
    const line = now.firstUnread === undefined ? -1 : placeOf(now.rows, now.firstUnread);
    setUnreadSeen(seen.first <= line && line < seen.end);
    setFocus((before) =>
      before !== undefined && Math.abs(placeOf(now.rows, before) - seen.first) < focusRows
        ? before
        : now.rows[seen.first]?.item.order,
    );
  }
  const [scroll] = useState(() => createScroll(hear));
  const size = `${textStep.value} ${elder.value}`;
  const sizeBefore = useRef(size);
  useLayoutEffect(() => {
    if (sizeBefore.current !== size) scroll.resized();
    sizeBefore.current = size;
  }, [size]);
  return { scroll, isAtEnd, isFilled, unreadSeen };
}

/** Brings what was sought into sight once it is loaded. */
function useSight(scroll: LogScroll, at: number | undefined): void {
  useLayoutEffect(() => {
    if (at === undefined) return;
    scroll.seek({
      order: at,
      block: "center",
      found: (row) => {
        row.classList.add("sought");
        row.querySelector<HTMLElement>("[data-testid=bubble]")?.focus({ preventScroll: true });
      },
    });
  }, []);
}

/** Glides over a screen or two; further than that nobody wants to watch. */
function toEnd(scroll: LogScroll, scroller: HTMLElement | null): void {
  if (scroller === null) return;
  const isNear = -scroller.scrollTop < 2 * scroller.clientHeight;
  scroll.toEnd(isNear ? "smooth" : "instant");
}

function pageKeys(event: KeyboardEvent, scroll: LogScroll, pages: Pages, oldest: TimelineItem | undefined): void {
  if (event.target !== event.currentTarget) return;
  if (event.key === "End") scroll.toEnd("instant");
  else if (event.key === "Home" && oldest !== undefined) {
    // As far back as was read; from there it goes on.
    scroll.seek({ order: oldest.order, block: "start", found: pages.readOlder });
  } else return;
  event.preventDefault();
}

/** How many of others' came while the newest line was out of sight. */
function useBelow(scroll: LogScroll, items: readonly TimelineItem[], isAtEnd: boolean): number {
  const seen = useRef(Number.NEGATIVE_INFINITY);
  const newest = items.at(-1);
  if (newest !== undefined && isAtEnd) seen.current = newest.order;
  useLayoutEffect(() => {
    // One's own new message brings one back to the newest line.
    if (newest?.mine === true && newest.state === "sending") scroll.toEnd("instant");
  }, [newest?.id]);
  return isAtEnd ? 0 : items.filter((item) => !item.mine && item.order > seen.current).length;
}

/** Leads to the message that was asked for, through older pages if need be, and lets it flash. */
function useJump(id: string, scroll: LogScroll, items: readonly TimelineItem[], pages: Pages) {
  const wanted = jumpTo.value;
  useEffect(() => {
    if (wanted?.chat !== id || items.length === 0) return;
    const item = items.find((one) => one.id === wanted.id);
    if (item === undefined && pages.hasOlder && items.length < soughtItemsMax) {
      pages.readOlder();
      return;
    }
    jumpTo.value = undefined;
    if (item === undefined) return;
    scroll.seek({
      order: item.order,
      block: "center",
      found: (row) => {
        const bubble = row.querySelector<HTMLElement>("[data-id]");
        bubble?.focus({ preventScroll: true });
        bubble?.animate([{ filter: "brightness(0.85)" }, { filter: "none" }], { duration: 600 });
      },
    });
  }, [wanted, items]);
}

/** What is on screen in a visible window is read. */
function useReading(id: string, newest: TimelineItem | undefined): void {
  useEffect(() => {
    if (newest === undefined) return undefined;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      // A refusal here has nothing to say to the person: the count simply stays.
      void api.markRead(id).catch(() => undefined);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [id, newest?.id]);
}

/** The chip that leads up to where one stopped reading, while that is out of sight. */
function useUnreadChip(
  scroll: LogScroll,
  rows: readonly Row[],
  pages: Pages,
  firstUnread: number | undefined,
  count: number,
  isSeen: boolean | undefined,
) {
  const isDone = useRef(false);
  const [isWanted, setWanted] = useState(false);
  if (isSeen === true) isDone.current = true;
  const there = firstUnread === undefined ? undefined : rows[placeOf(rows, firstUnread)];
  const line = there?.isFirstNew === true ? there : undefined;
  const mayComeNearer = pages.hasOlder && rows.length < soughtItemsMax;
  useEffect(() => {
    if (!isWanted || firstUnread === undefined) return;
    if (line === undefined && mayComeNearer) {
      pages.readOlder();
      return;
    }
    setWanted(false);
    const order = (line ?? rows[0])?.item.order;
    if (order !== undefined) scroll.seek({ order, block: "start", found: () => undefined });
  }, [isWanted, rows]);
  const isAway = line === undefined ? count > unreadMax : isSeen === false;
  return {
    isShown: count > 0 && !isDone.current && isSeen !== undefined && isAway,
    jump: () => setWanted(true),
  };
}
