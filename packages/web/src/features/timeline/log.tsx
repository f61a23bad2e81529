/**
 * The log of a conversation: pinned to the newest, older pages on the way up, chips to jump.
 *
 * The scroller runs bottom-up (`column-reverse`) around an inner box in normal order: the browser itself then
 * stays at the newest line whatever grows, and older pages put on top do not move what one reads.
 */
import type { ChatRow, TimelineItem } from "@yanshu/client";
import { ArrowDown, ArrowUp } from "lucide";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, useKeptView } from "../../shell/session.ts";
import { Item } from "./item.tsx";
import { rowsOf } from "./rows.ts";
import { lineTime } from "./time.ts";

const pageItems = 60;
/** What stays in memory of one conversation; older than that comes by scrolling from the other end. */
const pageItemsMax = 2_000;
const atBottomPx = 48;

type LogProps = { readonly id: string; readonly kind: ChatRow["kind"]; readonly unreadBefore: number };

export function Log({ id, kind, unreadBefore }: LogProps) {
  const [limit, setLimit] = useState(pageItems);
  const timeline = useKeptView(id, "timeline", id, limit);
  const items = timeline?.items ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  // What was unread when the chat was opened: reading marks it read at once, the line shall stay.
  const opening = useRef<{ firstUnread: number | undefined; count: number } | undefined>(undefined);
  if (opening.current === undefined && timeline !== undefined) {
    opening.current = { firstUnread: timeline.firstUnread, count: unreadBefore };
  }
  const firstUnread = opening.current?.firstUnread;
  const rows = useMemo(() => rowsOf(items, firstUnread), [items, firstUnread]);

  const newest = items.at(-1);
  const bottom = useBottom(scroller, items);
  useReading(id, newest);
  const top = useOlder(timeline?.hasOlder === true && limit < pageItemsMax, items.length, () =>
    setLimit(Math.min(pageItemsMax, limit + pageItems)),
  );
  const unread = useUnreadChip(scroller, rows.length, opening.current?.count ?? 0, () =>
    setLimit(Math.min(pageItemsMax, Math.max(limit, (opening.current?.count ?? 0) + pageItems / 2))),
  );

  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <div class="log-frame">
      <div
        ref={scroller}
        class="log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={t("log.label")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        data-testid="log"
        onKeyDown={(event) => pageKeys(event, scroller.current)}
      >
        <div class="log-in">
          {timeline?.hasOlder === true && <div ref={top} class="older" aria-hidden="true" />}
          {rows.map((row) => {
            if (row.kind === "time") {
              return (
                <div key={row.key} class="when">
                  <time dateTime={new Date(row.atMs).toISOString()}>
                    {lineTime(row.atMs, nowMs.value, locale.value, words)}
                  </time>
                </div>
              );
            }
            if (row.kind === "new") {
              return (
                <div key={row.key} class="newline" data-testid="new-line">
                  {t("new.line")}
                </div>
              );
            }
            return <Item key={row.key} item={row.item} continues={row.continues} kind={kind} items={items} />;
          })}
        </div>
      </div>
      {unread.isShown && (
        <button type="button" class="fab up" data-testid="jump-unread" onClick={unread.jump}>
          <Icon of={ArrowUp} size="s" />
          {t("new.jump", { n: opening.current?.count ?? 0 })}
        </button>
      )}
      {!bottom.isThere && (
        <button
          type="button"
          class="fab down"
          aria-label={bottom.below > 0 ? t("log.below", { n: bottom.below }) : t("log.bottom")}
          data-testid="jump-bottom"
          onClick={() => toBottom(scroller.current)}
        >
          <Icon of={ArrowDown} size="s" />
          {bottom.below > 0 && <span>{bottom.below}</span>}
        </button>
      )}
    </div>
  );
}

/** Glides over a screen or two; further than that nobody wants to watch. */
function toBottom(scroller: HTMLElement | null): void {
  if (scroller === null) return;
  const isNear = -scroller.scrollTop < 2 * scroller.clientHeight;
  scroller.scrollTo({ top: 0, behavior: isNear ? "smooth" : "instant" });
}

function pageKeys(event: KeyboardEvent, scroller: HTMLElement | null): void {
  if (scroller === null || event.target !== scroller) return;
  if (event.key === "End") scroller.scrollTo({ top: 0 });
  else if (event.key === "Home") scroller.scrollTo({ top: -scroller.scrollHeight });
  else return;
  event.preventDefault();
}

type Scroller = { readonly current: HTMLElement | null };

/** Whether the newest line is in sight, and how many of others' came while it was not. */
function useBottom(scroller: Scroller, items: readonly TimelineItem[]) {
  const [isThere, setThere] = useState(true);
  const seen = useRef(Number.NEGATIVE_INFINITY);
  const newest = items.at(-1);
  if (newest !== undefined && isThere) seen.current = newest.order;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = () => setThere(element.scrollTop > -atBottomPx);
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, []);
  useLayoutEffect(() => {
    // One's own new message brings one back to the newest line.
    if (newest?.mine === true && newest.state === "sending") scroller.current?.scrollTo({ top: 0 });
  }, [newest?.id]);
  const below = isThere ? 0 : items.filter((item) => !item.mine && item.order > seen.current).length;
  return { isThere, below };
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

/** Asks for an older page a screen before the top is reached. */
function useOlder(hasOlder: boolean, loaded: number, more: () => void) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    const element = mark.current;
    if (element === null || !hasOlder) return undefined;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      {
        root: element.closest(".log"),
        rootMargin: "800px 0px 0px 0px",
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasOlder, loaded]);
  return mark;
}

/** The chip that leads up to where one stopped reading, while that is out of sight. */
function useUnreadChip(scroller: Scroller, rowCount: number, count: number, load: () => void) {
  const [isShown, setShown] = useState(false);
  const isDone = useRef(false);
  useEffect(() => {
    if (count === 0 || isDone.current) return undefined;
    const line = scroller.current?.querySelector(".newline");
    if (line === null || line === undefined) {
      setShown(count > 20);
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        const isInSight = entries.some((entry) => entry.isIntersecting);
        if (isInSight) isDone.current = true;
        setShown(!isInSight);
      },
      { root: scroller.current },
    );
    observer.observe(line);
    return () => observer.disconnect();
  }, [rowCount, count]);
  const jump = () => {
    const line = scroller.current?.querySelector(".newline");
    if (line === null || line === undefined) load();
    else line.scrollIntoView({ block: "start" });
  };
  return { isShown, jump };
}
