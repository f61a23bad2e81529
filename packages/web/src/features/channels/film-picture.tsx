/** A picture of a film: its blurred shadow at once, and the poster over it once it is here. */
import type { ChannelFileView, ChannelFilmView } from "@yanshu/client";
import { shadowOf } from "../../kit/shadow.ts";
import { useNear } from "../../kit/use-near.ts";
import { usePicture } from "./use-picture.ts";

export function FilmPicture({ film, file = film.poster ?? firstPicture(film), mayAsk = false }: FilmPictureProps) {
  const [holder, isNear] = useNear<HTMLSpanElement>();
  const { url, onError } = usePicture(isNear ? file : undefined, mayAsk);
  return (
    <span ref={holder} class="ch-picture">
      {film.thumbhash.length > 0 && <img src={shadowOf(film.thumbhash)} alt="" draggable={false} />}
      {url !== undefined && <img class="sharp" src={url} alt="" decoding="async" draggable={false} onError={onError} />}
    </span>
  );
}
type FilmPictureProps = {
  readonly film: ChannelFilmView;
  readonly file?: ChannelFileView | undefined;
  /** Home may be asked for it: it is on screen by itself. */
  readonly mayAsk?: boolean;
};

const firstPicture = ({ kind, files }: ChannelFilmView) => (kind === "pictures" ? files[0] : undefined);
