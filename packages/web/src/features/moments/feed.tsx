/**
 * Moments: posts of friends and one's own, the newest first. Posts that arrive while somebody reads do not move the
 * list: a button at the top shows them.
 */
import type { MomentView } from "@yanshu/client";
import { ArrowUp, Bell } from "lucide";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { VListHandle } from "virtua";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { BackButton } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { NetworkStrip } from "../../shell/network-strip.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, useStatus, useView } from "../../shell/session.ts";
import { VirtualRows } from "../../shell/virtual-rows.tsx";
import { columns } from "../../shell/width.ts";
import { Cover } from "./cover.tsx";
import { Flight } from "./in-parts.ts";
import { BigNewPost, NewPostButton, NewPostSheet } from "./new-post.tsx";
import { type Answering, Post, type PostProps } from "./post.tsx";
import { SayBar } from "./say-bar.tsx";
import { SettingsLink } from "./settings-link.tsx";
import { useMomentsShown } from "./shown.ts";
import { usePages } from "./use-pages.ts";
import "./moments.css";

/** Scroll offset in CSS px from which the bar has its own background. */
const coverEnds = 200;
/** CSS px of posts that are drawn beyond the screen once the list is scrolled: before, its opening would wait. */
const drawnAheadPx = 600;

export function Feed() {
  const me = useStatus()?.me;
  const own = useView("momentsOf", me?.account ?? "", { limit: 0 });
  const news = useView("momentsNews");
  const { head, posts, hasMore, more, inSight } = usePages((range) => useView("momentsFeed", range));
  const [answering, setAnswering] = useState<Answering | undefined>(undefined);
  const [isPast, setPast] = useState(false);
  const [isNewOpen, setNewOpen] = useState(false);
  const list = useRef<VListHandle | null>(null);
  const { shown, waiting, showAll } = useHeldBack(posts, isPast);
  const [flight] = useState(() => new Flight());
  /** Rows of the list above its posts. */
  const above = useRef(0);
  const [inList] = useState(() => ({
    flight,
    heightOf: (place: number) => list.current?.getItemSize(above.current + place - 1) ?? 0,
  }));
  useMomentsShown();
  useEffect(() => {
    if (waiting === 0 && head !== undefined) void api.seeMoments();
  }, [waiting, head?.posts[0]?.id]);

  const top = [
    <Cover key="cover" page={own} />,
    ...(news !== undefined && (news.count > 0 || (elder.value && news.items.length > 0))
      ? [
          <article key="news" class="mo-pill" aria-label={t("moments.news")}>
            <Link to={{ name: "moments-news" }} class="mo-chip" data-testid="moments-news-chip">
              {news.items[0] !== undefined && <Avatar face={news.items[0].by.face} size="xs" />}
              <span>{news.count > 0 ? t("moments.newsChip", { n: news.count }) : t("moments.news")}</span>
            </Link>
          </article>,
        ]
      : []),
    ...(head?.away ?? []).map((server) => (
      <Note key={`away ${server}`} testId="moments-away">
        {t("moments.away", { server })}
      </Note>
    )),
    ...(head?.gaps ?? []).map(({ person, count }) => (
      <Note key={`gap ${person.account}`} testId="moments-gap">
        {t("moments.gap", { n: count, name: person.name })}
      </Note>
    )),
  ];
  above.current = top.length;
  const rows = [
    ...top,
    ...useRows(shown, hasMore ? -1 : shown.length, setAnswering, inList),
    ...(hasMore ? [<More key="more" count={shown.length} onSeen={more} />] : []),
  ];
  return (
    <section class="screen surface mo-screen" data-testid="moments">
      <header class={`bar mo-bar ${isPast ? "surface line" : "over-cover"}`}>
        {columns.value === 1 && <BackButton />}
        <div class="mid">
          <h1 class="title" data-testid="title">
            {t("moments.title")}
          </h1>
        </div>
        {/* In elder mode the news are below the cover, and the button for a new post is at the foot. */}
        {elder.value ? (
          <span class="ib" />
        ) : (
          <>
            <Link to={{ name: "moments-news" }} class="ib" aria-label={t("moments.news")} data-testid="moments-news">
              <Icon of={Bell} />
            </Link>
            <SettingsLink />
            <NewPostButton />
          </>
        )}
      </header>
      <NetworkStrip />
      {waiting > 0 && (
        <div class="mo-waiting">
          <button
            type="button"
            class="mo-chip"
            data-testid="moments-waiting"
            onClick={() => {
              showAll();
              list.current?.scrollToIndex(1, { align: "start" });
            }}
          >
            <Icon of={ArrowUp} size="s" />
            {t("moments.newChip", { n: waiting })}
          </button>
        </div>
      )}
      <div class="stretch" data-testid="moments-list" data-looking={head?.isLooking === true}>
        <VirtualRows
          label={t("moments.title")}
          keep="moments"
          role={posts.length > 0 ? "feed" : "region"}
          {...(isPast ? { ahead: drawnAheadPx } : {})}
          onScroll={(offset) => {
            flight.moved(offset, performance.now());
            setPast(offset > coverEnds);
            inSight(list.current?.findItemIndex(offset) ?? 0);
          }}
          handle={(handle) => {
            list.current = handle;
          }}
        >
          {rows}
          {head !== undefined && posts.length === 0 ? <Empty key="empty" onNew={() => setNewOpen(true)} /> : null}
        </VirtualRows>
      </div>
      {answering !== undefined && <SayBar answering={answering} onDone={() => setAnswering(undefined)} />}
      {elder.value && answering === undefined && posts.length > 0 && <BigNewPost />}
      {isNewOpen && <NewPostSheet onClose={() => setNewOpen(false)} />}
    </section>
  );
}

/** Posts as rows: one that is as it was is the same row, so that a list of thousands is not drawn anew. */
function useRows(
  posts: readonly MomentView[],
  of: number,
  onSay: (answering: Answering) => void,
  list: NonNullable<PostProps["list"]>,
) {
  const made = useRef(
    new WeakMap<MomentView, { readonly at: number; readonly of: number; readonly row: JSX.Element }>(),
  );
  return useMemo(
    () =>
      posts.map((post, at) => {
        const held = made.current.get(post);
        if (held?.at === at && held.of === of) return held.row;
        const row = <Post key={post.id} post={post} onSay={onSay} place={{ at: at + 1, of }} list={list} />;
        made.current.set(post, { at, of, row });
        return row;
      }),
    [posts, of, onSay, list],
  );
}

/** A note among the posts, about posts that this device does not have. */
function Note({ testId, children }: { readonly testId: string; readonly children: string }) {
  return (
    <article class="mo-note" aria-label={children}>
      <p role="status" data-testid={testId}>
        {children}
      </p>
    </article>
  );
}

function Empty({ onNew }: { readonly onNew: () => void }) {
  return (
    <div class="mo-empty" data-testid="moments-empty">
      <p class="mo-verse" lang="zh" aria-hidden="true">
        <span>日出江花红胜火</span>
        <span>春来江水绿如蓝</span>
      </p>
      <h2>{t("moments.empty")}</h2>
      <p>{t("moments.emptyNote")}</p>
      <button type="button" class="btn fill" data-testid="moments-first" onClick={onNew}>
        {t("moments.first")}
      </button>
    </div>
  );
}

/** The end of the loaded posts: calls `onSeen` when it comes near the screen. */
export function More({ count, onSeen }: { readonly count: number; readonly onSeen: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onSeen(), {
      rootMargin: "800px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  return <div ref={ref} class="mo-more" />;
}

/** While the list is scrolled down, holds back others' posts that are newer than the one that was on top. */
function useHeldBack(posts: readonly MomentView[], isPast: boolean) {
  const [top, setTop] = useState<number | undefined>(undefined);
  const newest = posts[0]?.atMs;
  useEffect(() => {
    if (!isPast) setTop(undefined);
    else if (top === undefined && newest !== undefined) setTop(newest);
  }, [isPast, newest]);
  return useMemo(() => {
    const shown = top === undefined ? posts : posts.filter(({ atMs, mine }) => atMs <= top || mine !== undefined);
    return { shown, waiting: posts.length - shown.length, showAll: () => setTop(newest) };
  }, [posts, top]);
}
