/**
 * A post: author, text, pictures, time and place, and one block below with the likes and comments of friends of both
 * author and reader. Only own posts show their audience.
 */
import type { MomentComment, MomentView } from "@yanshu/client";
import { Ellipsis, Heart, Link as LinkIcon, Lock, MessageSquare, Pin, UsersRound, X } from "lucide";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { hostOf } from "../../kit/links/found.ts";
import { OutLink } from "../../kit/links/out-link.tsx";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, attempt } from "../../shell/session.ts";
import { Slot } from "../../shell/slot.tsx";
import { type Flight, usePartsDrawn } from "./in-parts.ts";
import { mayFold } from "./layout.ts";
import { OwnMenu } from "./own-menu.tsx";
import { PersonLink } from "./person-link.tsx";
import { FilmCard, PictureGrid } from "./pictures.tsx";
import { Talk } from "./talk.tsx";
import { Unsent } from "./unsent.tsx";
import { tongueOf, When, Words, type WordsProps, whenWords } from "./words-of.tsx";

export type Answering = { readonly post: MomentView; readonly to?: MomentComment };

export type PostProps = {
  readonly post: MomentView;
  /** The person wants to comment on the post, or to reply to a comment. */
  readonly onSay: (answering: Answering) => void;
  /** Shows the whole text; on the page of the post. */
  readonly isWhole?: boolean;
  /** `aria-posinset` and `aria-setsize`: position from 1, and number of posts; -1: unknown. */
  readonly place?: { readonly at: number; readonly of: number };
  /** In a list: how it moves, and how tall the post at a place is, or may be. */
  readonly list?: { readonly flight: Flight; readonly heightOf: (place: number) => number };
};
/** Props of the parts of a post. */
type PartProps = Omit<PostProps, "isWhole" | "place" | "list">;

/** Words and the places of pictures; then the foot; then the talk; then what fills those places. */
const parts = 4;
/** With the talk a post is as tall as it will be. */
const tall = 3;

export function Post({ post, onSay, isWhole = false, place: at, list }: PostProps) {
  const { author, text, mine, link, place } = post;
  const drawn = usePartsDrawn(parts, list?.flight);
  return (
    <article
      class="mo-post"
      style={drawn < tall && at !== undefined ? { minHeight: list?.heightOf(at.at) } : undefined}
      aria-label={`${author.name} · ${whenWords(post.atMs)}`}
      aria-posinset={at?.at}
      aria-setsize={at?.of}
      tabIndex={-1}
      onKeyDown={at && walkPosts}
      data-testid="moment"
      data-id={post.id}
      data-state={mine?.state}
      data-mine={mine !== undefined}
    >
      <PersonLink person={author} class="mo-post-face">
        <Avatar face={author.face} size="sm" />
      </PersonLink>
      <div class="mo-post-in">
        <h2 class="mo-post-name" lang={tongueOf(author.name)}>
          <PersonLink person={author}>{author.name}</PersonLink>
        </h2>
        {text !== "" && <Folded text={text} from={author} isMine={mine !== undefined} isWhole={isWhole} />}
        {elder.value && text !== "" && <Slot name="listenButton" id={post.id} text={text} lang={tongueOf(text)} />}
        <PictureGrid post={post} isBare={drawn < parts} />
        <FilmCard post={post} />
        {link !== undefined && (
          <OutLink from={author} isMine={mine !== undefined} url={link.url} class="mo-link" testId="moment-link">
            <span class="mo-link-mark" aria-hidden="true">
              <Icon of={LinkIcon} />
            </span>
            <span class="grow">
              <span class="mo-link-title" lang={tongueOf(link.title)}>
                {link.title}
              </span>
              <small class="ell">{hostOf(link.url)}</small>
            </span>
          </OutLink>
        )}
        {place !== undefined && (
          <p class="mo-place" lang={tongueOf(place.name)} data-testid="moment-place">
            {place.name}
          </p>
        )}
        {drawn > 1 && <Foot post={post} onSay={onSay} />}
        {drawn >= tall && <Talk post={post} onAnswer={(to) => onSay({ post, to })} />}
      </div>
    </article>
  );
}

/** Page Down and Page Up move the focus from post to post (WAI-ARIA, pattern “feed”). */
function walkPosts(event: KeyboardEvent): void {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const here = event.currentTarget as HTMLElement;
  if (step === undefined) return;
  const posts = [...(here.closest("[role=feed]")?.querySelectorAll<HTMLElement>(".mo-post") ?? [])];
  const next = posts[posts.indexOf(here) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** Shows six lines of text, and the rest after a tap. */
function Folded({ isWhole, ...words }: WordsProps & { readonly isWhole: boolean }) {
  const { text } = words;
  const mayBeLong = mayFold(text);
  const ref = useRef<HTMLParagraphElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(isWhole);
  useLayoutEffect(() => {
    const element = ref.current;
    // What is measured here has the page laid out at once, so of short words nothing is.
    if (element !== null && !isOpen && mayBeLong) setLong(element.scrollHeight > element.clientHeight + 2);
  }, [text, isOpen]);
  return (
    <>
      <p ref={ref} class={`mo-post-text ${isOpen ? "" : "folded"}`} lang={tongueOf(text)} data-testid="moment-text">
        <Words {...words} />
      </p>
      {isLong && !isWhole && (
        <button
          type="button"
          class="mo-fold"
          aria-expanded={isOpen}
          data-testid="moment-fold"
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? "moments.fold" : "moments.unfold")}
        </button>
      )}
    </>
  );
}

function Foot({ post, onSay }: PartProps) {
  const { mine } = post;
  return (
    <div class="mo-post-foot">
      <span class="mo-post-when">
        <When atMs={post.atMs} />
        {mine?.isPinned === true && (
          <span class="mo-post-mark">
            <Icon of={Pin} size="xs" />
            {t("moments.pinned")}
          </span>
        )}
        {mine !== undefined && mine.audience.who !== "all" && (
          <span class="mo-post-mark" data-testid="moment-audience">
            <Icon of={mine.audience.who === "me" ? Lock : UsersRound} size="xs" />
            {mine.audience.who === "me" ? t("aud.me") : t("aud.saw", { n: mine.count })}
          </span>
        )}
        {post.mentionsMe && <span class="mo-post-mark">{t("moments.calledMe")}</span>}
        {mine !== undefined && <Unsent id={post.id} state={mine.state} />}
      </span>
      {mine !== undefined && <OwnMenu post={post} />}
      {elder.value ? <BigActs post={post} onSay={onSay} /> : <Acts post={post} onSay={onSay} />}
    </div>
  );
}

const toggleLike = ({ id, isLikedByMe }: MomentView) =>
  void attempt(() => (isLikedByMe ? api.unlikeMoment(id) : api.likeMoment(id)));

/** In elder mode: the buttons to like and to comment, with labels. */
function BigActs({ post, onSay }: PartProps) {
  return (
    <div class="mo-post-big">
      <button
        type="button"
        class={`btn soft ${post.isLikedByMe ? "on" : ""}`}
        aria-pressed={post.isLikedByMe}
        data-testid="moment-like"
        onClick={() => toggleLike(post)}
      >
        <Icon of={Heart} solid={post.isLikedByMe} />
        {t(post.isLikedByMe ? "moments.unlike" : "moments.like")}
      </button>
      <button type="button" class="btn soft" data-testid="moment-comment" onClick={() => onSay({ post })}>
        <Icon of={MessageSquare} />
        {t("moments.comment")}
      </button>
    </div>
  );
}

/** The button at the end of the line that opens the buttons to like and to comment. */
function Acts({ post, onSay }: PartProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    bar.current?.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
    const outside = (event: Event) => {
      const { target } = event;
      if (!(target instanceof Node) || (!bar.current?.contains(target) && !button.current?.contains(target)))
        setOpen(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [isOpen]);
  return (
    <>
      {isOpen && (
        <div
          ref={bar}
          class="mo-twobar"
          role="toolbar"
          aria-label={t("moments.acts")}
          onKeyDown={(event) => {
            const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
            const at = items.indexOf(document.activeElement as HTMLElement);
            if (event.key === "Escape") close(true);
            else if (event.key === "ArrowRight" || event.key === "ArrowLeft") items[at === 0 ? 1 : 0]?.focus();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        >
          <button
            type="button"
            aria-pressed={post.isLikedByMe}
            data-testid="moment-like"
            onClick={() => {
              toggleLike(post);
              close(true);
            }}
          >
            <Icon of={Heart} size="s" solid={post.isLikedByMe} />
            {t(post.isLikedByMe ? "moments.unlike" : "moments.like")}
          </button>
          <i aria-hidden="true" />
          <button
            type="button"
            data-testid="moment-comment"
            onClick={() => {
              close(false);
              onSay({ post });
            }}
          >
            <Icon of={MessageSquare} size="s" />
            {t("moments.comment")}
          </button>
        </div>
      )}
      <button
        ref={button}
        type="button"
        class="ib mo-two"
        aria-label={t("moments.acts")}
        aria-expanded={isOpen}
        data-testid="moment-acts"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon of={isOpen ? X : Ellipsis} size="s" />
      </button>
    </>
  );
}
