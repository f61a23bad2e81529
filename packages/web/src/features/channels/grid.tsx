/** Films three across, each with how often it was seen; home's claim, as all counts are. */
import type { ChannelFilmView } from "@yanshu/client";
import { GalleryHorizontalEnd, Play } from "lucide";
import { shortCount } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { FilmPicture } from "./film-picture.tsx";
import { placeOf } from "./spots.ts";

type GridProps = {
  readonly films: readonly (ChannelFilmView & { readonly isPinned?: boolean })[];
  /** Home may be asked for posters: one opened this channel, and searched or followed nothing. */
  readonly mayAsk?: boolean;
};

export function Grid({ films, mayAsk = false }: GridProps) {
  return (
    <ul class="ch-grid" data-testid="film-grid">
      {films.map((film) => (
        <li key={film.entry}>
          <Link to={placeOf(film.entry)} class="ch-tile" data-testid="film-tile">
            <FilmPicture film={film} mayAsk={mayAsk} />
            <span class="sr">{film.title || film.channel.name}</span>
            {film.isPinned === true && <span class="ch-pinned">{t("ch.pinned")}</span>}
            <span class="ch-tile-foot">
              <Icon of={film.kind === "film" ? Play : GalleryHorizontalEnd} size="xs" solid={film.kind === "film"} />
              {shortCount(film.views, locale.value)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
