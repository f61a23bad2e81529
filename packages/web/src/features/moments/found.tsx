/** Posts of Moments in the global search: one row for each, which opens the post. */
import type { MomentHit } from "@yanshu/client";
import { ChevronRight } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { rememberWord } from "../../kit/search/use-search.ts";
import { isoTime, listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { nowMs } from "../../shell/now.ts";
import { api } from "../../shell/session.ts";
import { FilmSquare, Picture } from "./pictures.tsx";
import { tongueOf } from "./words-of.tsx";
import "./moments.css";

/** Number of rows shown before a tap on "more". */
const few = 3;
const many = 100;
/** Pause after the last key before a search. */
const pauseMs = 120;

type FoundProps = { readonly query: string; readonly onFound: (query: string, count: number) => void };

export function FoundMoments({ query, onFound }: FoundProps) {
  const [hits, setHits] = useState<readonly MomentHit[]>([]);
  const [isOpen, setOpen] = useState(false);
  const latest = useRef("");
  useEffect(() => {
    latest.current = query;
    setOpen(false);
    const timer = setTimeout(() => {
      void api.searchMoments(query, many).then(
        (found) => {
          if (latest.current !== query) return; // The query has changed.
          setHits(found);
          onFound(query, found.length);
        },
        () => latest.current === query && onFound(query, 0),
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [query]);
  if (hits.length === 0) return null;
  return (
    <section class="surface" data-testid="found-moments">
      <h2 class="sec">{t("moments.title")}</h2>
      {(isOpen ? hits : hits.slice(0, few)).map((hit) => (
        <Found key={hit.id} hit={hit} query={query} />
      ))}
      {!isOpen && hits.length > few && (
        <button type="button" class="more" data-testid="found-moments-more" onClick={() => setOpen(true)}>
          {t("moments.foundMore", { n: hits.length })}
          <Icon of={ChevronRight} size="s" />
        </button>
      )}
    </section>
  );
}

function Found({ hit, query }: { readonly hit: MomentHit; readonly query: string }) {
  const { id, author, atMs, before, match, after, pictures, video } = hit;
  const [first] = pictures;
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <Link to={{ name: "moment", id }} class="row" data-testid="found-moment" onPick={() => rememberWord(query)}>
      <Avatar face={author.face} />
      <span class="body">
        <span class="l1">
          <span class="name ell" lang={tongueOf(author.name)}>
            {author.name}
          </span>
          <time class="time" dateTime={isoTime(atMs)}>
            {listTime(atMs, nowMs.value, locale.value, words)}
          </time>
        </span>
        <span class="l2">
          <span class="prev ell" lang={tongueOf(before + match + after)}>
            {before}
            {match !== "" && <mark>{match}</mark>}
            {after}
          </span>
        </span>
      </span>
      {(first ?? video) !== undefined && (
        <span class="mo-found-pic">
          {first !== undefined ? <Picture picture={first} /> : video !== undefined && <FilmSquare video={video} />}
        </span>
      )}
    </Link>
  );
}
