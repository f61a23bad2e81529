/** Search in what is here: all metadata of the last days is on the device, so nothing is asked of anybody. */
import type { ChannelsFound } from "@yanshu/client";
import { ChevronRight, Hash, Search, TabletSmartphone, UserRoundCheck } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { BackButton } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt } from "../../shell/session.ts";
import { ChannelFace } from "./face.tsx";
import { Grid } from "./grid.tsx";
import { placeOf, placeOfTag, spots } from "./spots.ts";
import "./channels.css";

const foundMax = 60;
const restMs = 200;

/** @param tag what to begin with: a hashtag that was tapped */
export function ChannelSearch({ tag }: { readonly tag?: string }) {
  const [query, setQuery] = useState(tag === undefined ? "" : `#${tag}`);
  const [found, setFound] = useState<ChannelsFound | undefined>(undefined);
  useEffect(() => {
    const words = query.trim();
    if (words === "") {
      setFound(undefined);
      return undefined;
    }
    let isGone = false;
    const timer = setTimeout(() => {
      void attempt(() => api.searchChannels(words, foundMax)).then((result) => {
        if (!isGone && result !== undefined) setFound(result);
      });
    }, restMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [query]);
  const isNothing = found !== undefined && found.films.length + found.channels.length + found.tags.length === 0;
  return (
    <section class="screen surface" data-testid="channel-search">
      <header class="bar surface">
        <BackButton />
        <h1 class="sr">{t("ch.search")}</h1>
        <label class="ch-find">
          <Icon of={Search} size="s" />
          <input
            type="search"
            aria-label={t("ch.search")}
            placeholder={t("ch.searchHint")}
            value={query}
            autocomplete="off"
            data-testid="channel-query"
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
      </header>
      <div class="scroll surface">
        {found?.tags.map(({ tag: one, films }) => (
          <button
            key={one}
            type="button"
            class="ch-row"
            data-testid="found-tag"
            onClick={() => {
              const to = placeOfTag(one);
              if (to !== undefined) go(to, "replace");
              setQuery(`#${one}`);
            }}
          >
            <span class="ch-reason-icon">
              <Icon of={Hash} size="s" />
            </span>
            <b class="ell">{one}</b>
            <small>{t("ch.filmsCount", { n: films })}</small>
          </button>
        ))}
        {found?.channels.map((channel) => (
          <Link key={channel.id} to={placeOf(channel.id)} class="ch-row" data-testid="found-channel">
            <ChannelFace of={channel} size="sm" />
            <b class="ell">{channel.name}</b>
            {channel.isFollowed && <small>{t("ch.followed")}</small>}
          </Link>
        ))}
        {found !== undefined && <Grid films={found.films} />}
        {isNothing && <p class="ch-quiet">{t("ch.foundNothing")}</p>}
        <p class="ch-note">
          <Icon of={TabletSmartphone} size="xs" />
          <span>{t("ch.searchNote")}</span>
        </p>
        {query === "" && (
          <Link to={spots.followed} class="ch-row" data-testid="to-followed">
            <span class="ch-reason-icon">
              <Icon of={UserRoundCheck} size="s" />
            </span>
            <b>{t("ch.followedAll")}</b>
            <span class="ch-row-end">
              <Icon of={ChevronRight} size="s" />
            </span>
          </Link>
        )}
      </div>
    </section>
  );
}
