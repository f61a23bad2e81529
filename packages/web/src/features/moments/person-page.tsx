/**
 * The Moments of one person by month: pinned posts first, then day by day. At the end of one's own page a line says how
 * far back friends can see.
 */
import type { MomentsWindow, MomentView } from "@yanshu/client";
import { Plus } from "lucide";
import { useRef, useState } from "preact/hooks";
import type { VListHandle } from "virtua";
import { locale, t } from "../../locales/i18n.ts";
import { BackButton } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { nowMs } from "../../shell/now.ts";
import { elder } from "../../shell/prefs.ts";
import { useStatus, useView } from "../../shell/session.ts";
import { VirtualRows } from "../../shell/virtual-rows.tsx";
import { Cover } from "./cover.tsx";
import { More } from "./feed.tsx";
import { byMonth, isFirstOfDay, isSameDay } from "./layout.ts";
import { monthWords } from "./month.ts";
import { NewPostButton, NewPostSheet } from "./new-post.tsx";
import { FilmSquare, Picture } from "./pictures.tsx";
import { SettingsLink } from "./settings-link.tsx";
import { useMomentsShown } from "./shown.ts";
import { usePages } from "./use-pages.ts";
import { tongueOf } from "./words-of.tsx";
import "./moments.css";

export function MyMoments() {
  const me = useStatus()?.me;
  return me === undefined ? null : <PersonMoments id={me.account} isMine />;
}

export function FriendMoments({ id }: { readonly id: string }) {
  return <PersonMoments id={id} isMine={false} />;
}

const squares = 4;
const windowWords = {
  3: "moments.window.days",
  30: "moments.window.month",
  180: "moments.window.half",
  all: "moments.window.all",
} as const;

export const windowName = (window: MomentsWindow): string => t(windowWords[window]);

function PersonMoments({ id, isMine }: { readonly id: string; readonly isMine: boolean }) {
  const { head, posts, hasMore, more, inSight } = usePages((range) => useView("momentsOf", id, range));
  const [isNewOpen, setNewOpen] = useState(false);
  const [isPast, setPast] = useState(false);
  const list = useRef<VListHandle | null>(null);
  useMomentsShown();
  const name = head?.person.name ?? "";
  const title = isMine ? t("moments.mine") : name === "" ? t("moments.title") : t("moments.of", { name });
  const pinned = head?.pinned ?? [];
  // On one's own page the posts of today stand with the day's button, before any month.
  const isBeside = ({ atMs }: MomentView) => isMine && isToday(atMs);
  const today = posts.filter(isBeside);
  const months = byMonth(posts.filter((post) => !isBeside(post)));
  const rows = [
    <Cover key="cover" page={head} />,
    ...(pinned.length > 0
      ? [
          <section key="pinned" class="mo-pinned" aria-label={t("moments.pinned")} data-testid="moments-pinned">
            <h2 class="sec">{t("moments.pinned")}</h2>
            {pinned.map((post) => (
              <Entry key={post.id} post={post} isDated={false} />
            ))}
          </section>,
        ]
      : []),
    ...(isMine
      ? [
          <div key="today" class="mo-day">
            <span class="mo-date">
              <b class="brush">{t("moments.today")}</b>
            </span>
            <button type="button" class="mo-add" data-testid="moments-today" onClick={() => setNewOpen(true)}>
              <Icon of={Plus} size="l" />
              <span class={elder.value ? "" : "sr"}>{t("moments.addToday")}</span>
            </button>
          </div>,
          ...today.map((post) => <Entry key={post.id} post={post} isDated={false} />),
        ]
      : []),
    ...months.flatMap(({ year, month, rows: found }) => [
      <h2 key={`${year} ${month}`} class="sec mo-month" data-testid="moments-month">
        {monthWords(new Date(year, month - 1), locale.value)}
      </h2>,
      ...found.map((post, place) => <Entry key={post.id} post={post} isDated={isFirstOfDay(found, place)} />),
    ]),
    ...(hasMore ? [<More key="more" count={posts.length} onSeen={more} />] : []),
    ...(head !== undefined && !hasMore && head.days !== undefined && head.days !== "all"
      ? [
          <p key="end" class="mo-end" data-testid="moments-end">
            {t(isMine ? "moments.ends" : "moments.endsOf", { window: windowName(head.days) })}
          </p>,
        ]
      : []),
    ...(head !== undefined && posts.length === 0 && !isMine
      ? [
          <p key="none" class="mo-end" data-testid="moments-none">
            {t("moments.emptyOf")}
          </p>,
        ]
      : []),
  ];
  return (
    <section class="screen surface mo-screen" data-testid={isMine ? "moments-mine" : "moments-of"}>
      <header class={`bar mo-bar ${isPast ? "surface line" : "over-cover"}`}>
        <BackButton />
        <div class="mid">
          <h1 class="title ell" data-testid="title">
            {title}
          </h1>
        </div>
        {isMine ? (
          <>
            <SettingsLink />
            {!elder.value && <NewPostButton />}
          </>
        ) : (
          <span class="ib" />
        )}
      </header>
      <div class="stretch">
        <VirtualRows
          label={title}
          keep={`moments ${id}`}
          role="region"
          handle={(handle) => {
            list.current = handle;
          }}
          onScroll={(offset) => {
            setPast(offset > 200);
            inSight(list.current?.findItemIndex(offset) ?? 0);
          }}
        >
          {rows}
        </VirtualRows>
      </div>
      {isNewOpen && <NewPostSheet onClose={() => setNewOpen(false)} />}
    </section>
  );
}

/** On one's own page, today has its own entry on top, with the button for a new post. */
function isToday(atMs: number): boolean {
  return isSameDay(atMs, nowMs.value);
}

/** A row for one post: the day in large digits, its pictures in a square, its text. */
function Entry({ post, isDated }: { readonly post: MomentView; readonly isDated: boolean }) {
  const at = new Date(post.atMs);
  const shown = post.pictures.slice(0, squares);
  const words = post.text !== "" ? post.text : (post.link?.title ?? post.place?.name ?? "");
  return (
    <article class="mo-day" aria-label={post.author.name}>
      <span class="mo-date num">
        {isDated && (isToday(post.atMs) ? <b class="brush">{t("moments.today")}</b> : <DayOf at={at} />)}
      </span>
      <Link to={{ name: "moment", id: post.id }} class="mo-entry" data-testid="moments-entry">
        {(shown.length > 0 || post.video !== undefined) && (
          <span
            class={`mo-squares s${post.video === undefined ? Math.min(shown.length, squares) : 1}`}
            aria-hidden="true"
          >
            {post.video === undefined ? (
              shown.map((picture, place) => <Picture key={place} picture={picture} />)
            ) : (
              <FilmSquare video={post.video} />
            )}
          </span>
        )}
        <span class={`mo-entry-words ${shown.length === 0 && post.video === undefined ? "bare" : ""}`}>
          <span lang={tongueOf(words)}>{words === "" ? t("moments.count", { n: post.pictures.length }) : words}</span>
          {post.mine?.audience.who === "me" && <small>{t("aud.me")}</small>}
          {post.pictures.length > 1 && words !== "" && <small>{t("moments.count", { n: post.pictures.length })}</small>}
        </span>
      </Link>
    </article>
  );
}

function DayOf({ at }: { readonly at: Date }) {
  return (
    <>
      <b class="brush">{at.getDate()}</b> {monthWords(at, locale.value, true)}
    </>
  );
}
