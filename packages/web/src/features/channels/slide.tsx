/** What lies over a film: whose it is, its words, why it is shown, and what one can do with it. */
import type { ChannelFilmView } from "@yanshu/client";
import {
  Bookmark,
  CaptionsOff,
  ClosedCaption,
  Flag,
  Heart,
  Lightbulb,
  MessageCircle,
  Plus,
  Redo2,
  Volume2,
  VolumeX,
} from "lucide";
import { useState } from "preact/hooks";
import { shortened } from "../../kit/shortened.ts";
import { languageOf } from "../../kit/text.ts";
import { shortCount } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, attempt } from "../../shell/session.ts";
import { ChannelFace } from "./face.tsx";
import { FilmPicture } from "./film-picture.tsx";
import { areCaptionsOn, isSoundOn, setCaptionsOn } from "./prefs.ts";
import { placeOf } from "./spots.ts";
import { Tagged, withoutTags } from "./tags.tsx";

export type SlideActs = {
  readonly like: () => void;
  readonly comments: () => void;
  readonly why: () => void;
  readonly share: () => void;
  readonly sound: () => void;
};
type SlideProps = {
  readonly film: ChannelFilmView;
  readonly acts: SlideActs;
  /** What is said now; undefined: nothing, or not shown. */
  readonly caption: string | undefined;
  readonly showsWhy: boolean;
  readonly isHere: boolean;
};

/** More of a title is folded, in UTF-16 units. */
const foldedAt = 60;

export function Slide({ film, acts, caption, showsWhy, isHere }: SlideProps) {
  const { channel, title, decision } = film;
  return (
    <>
      {film.kind === "pictures" ? (
        <Pictures film={film} isHere={isHere} />
      ) : (
        <FilmPicture film={film} mayAsk={isHere} />
      )}
      <div class="ch-shade" />
      <div class="ch-foot">
        <div class="ch-says">
          {caption !== undefined && (
            <p class="ch-caption" data-testid="film-caption">
              {caption}
            </p>
          )}
          <Link to={placeOf(channel.id)} class="ch-name" data-testid="film-channel">
            <b lang={languageOf(channel.name, locale.value)}>{channel.name}</b>
          </Link>
          <Title text={title} />
          {decision !== undefined && (
            <p class="ch-decision" data-testid="film-decision">
              <Icon of={Flag} size="xs" />
              {t("ch.labelled", { reason: decision.reason })}
            </p>
          )}
          {showsWhy && (
            <button type="button" class="ch-why" data-testid="film-why" onClick={acts.why}>
              <Icon of={Lightbulb} size="xs" />
              <span>{whyWords(film)}</span>
            </button>
          )}
        </div>
        <Rail film={film} acts={acts} isHere={isHere} />
      </div>
    </>
  );
}

function Title({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  if (text === "") return null;
  const isLong = text.length > foldedAt || text.split("\n").length > 2;
  return (
    <div class="ch-title" lang={languageOf(text, locale.value)}>
      <p class={isOpen ? "" : "folded"} data-testid="film-title">
        <Tagged text={text} />
      </p>
      {isLong && (
        <button type="button" class="ch-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? "ch.fold" : "ch.unfold")}
        </button>
      )}
    </div>
  );
}

function Rail({ film, acts, isHere }: Pick<SlideProps, "film" | "acts" | "isHere">) {
  const { channel, isLiked, isSaved, likes, comments, captions } = film;
  return (
    <div class="ch-rail" role="toolbar" aria-label={t("ch.acts")}>
      <span class="ch-who">
        <Link to={placeOf(channel.id)} aria-label={channel.name}>
          <ChannelFace of={channel} mayAsk={isHere} />
        </Link>
        {!channel.isFollowed && !channel.isMine && (
          <button
            type="button"
            class="ch-follow"
            aria-label={t("ch.followOf", { name: channel.name })}
            data-testid="film-follow"
            onClick={() => void attempt(() => api.followChannel(channel.id))}
          >
            <Icon of={Plus} size="xs" />
          </button>
        )}
      </span>
      <button
        type="button"
        class={`ch-act ${isLiked ? "liked" : ""}`}
        aria-pressed={isLiked}
        data-testid="film-like"
        onClick={acts.like}
      >
        <Icon of={Heart} solid={isLiked} />
        <Count of={likes} words="ch.like" />
      </button>
      <button type="button" class="ch-act" data-testid="film-comments" onClick={acts.comments}>
        <Icon of={MessageCircle} />
        <Count of={comments} words="ch.comments" />
      </button>
      <button
        type="button"
        class={`ch-act ${isSaved ? "saved" : ""}`}
        aria-pressed={isSaved}
        data-testid="film-save"
        onClick={() => void attempt(() => api.saveFilm(film.entry, !isSaved))}
      >
        <Icon of={Bookmark} solid={isSaved} />
        <span>{t("ch.save")}</span>
      </button>
      <button type="button" class="ch-act" data-testid="film-share" onClick={acts.share}>
        <Icon of={Redo2} />
        <span>{t("ch.share")}</span>
      </button>
      {film.kind === "film" && (
        <button
          type="button"
          class="ch-act"
          aria-pressed={isSoundOn.value}
          data-testid="film-sound"
          onClick={acts.sound}
        >
          <Icon of={isSoundOn.value ? Volume2 : VolumeX} />
          <span>{t(isSoundOn.value ? "ch.soundOn" : "ch.soundOff")}</span>
        </button>
      )}
      {captions !== undefined && !elder.value && (
        <button
          type="button"
          class="ch-act"
          aria-pressed={areCaptionsOn.value}
          data-testid="film-captions"
          onClick={() => setCaptionsOn(!areCaptionsOn.peek())}
        >
          <Icon of={areCaptionsOn.value ? ClosedCaption : CaptionsOff} />
          <span>{t("ch.captions")}</span>
        </button>
      )}
    </div>
  );
}

/** What it counts, or what one does there while there is none. */
function Count({ of, words }: { readonly of: number; readonly words: "ch.like" | "ch.comments" }) {
  if (of === 0) return <span>{t(words)}</span>;
  return (
    <span>
      <span class="sr">{t(words)} </span>
      {shortCount(of, locale.value)}
    </span>
  );
}

function Pictures({ film, isHere }: { readonly film: ChannelFilmView; readonly isHere: boolean }) {
  const [at, setAt] = useState(0);
  return (
    <>
      <section
        class="ch-pictures"
        aria-label={t("ch.pictures", { n: film.files.length })}
        tabIndex={isHere ? 0 : -1}
        onScroll={({ currentTarget }) =>
          setAt(Math.round(currentTarget.scrollLeft / Math.max(1, currentTarget.clientWidth)))
        }
      >
        {film.files.map((file, place) => (
          <span key={file.hash} class="ch-page">
            <FilmPicture film={film} file={Math.abs(place - at) < 2 ? file : undefined} mayAsk={isHere} />
          </span>
        ))}
      </section>
      {film.files.length > 1 && (
        <span class="ch-count" aria-hidden="true">
          {at + 1} / {film.files.length}
        </span>
      )}
    </>
  );
}

/** In one line, as true as what the sheet says. */
function whyWords({ why, likedBy }: ChannelFilmView): string {
  const [friend] = likedBy;
  const reason =
    why.kind === "watched"
      ? t("ch.why.watched", { title: shortTitle(why.title) })
      : why.kind === "topic"
        ? t("ch.why.topic", { topic: why.tag })
        : undefined;
  if (friend !== undefined)
    return reason === undefined
      ? t("ch.why.friend", { name: friend.name })
      : t("ch.why.and", { reason, name: friend.name });
  return reason ?? t(why.kind === "unexplained" ? "ch.why.new" : "ch.why.page");
}

const titleMax = 12;

/** Without its hashtags, on one line. */
function shortTitle(title: string): string {
  return shortened(withoutTags(title), titleMax);
}
