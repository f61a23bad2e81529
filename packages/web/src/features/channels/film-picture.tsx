/** A picture of a film: its blurred shadow at once, and the poster over it once it is here. */
import type { ChannelFileView, ChannelFilmView } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";
import { shadowOf } from "../../kit/shadow.ts";
import { useNear } from "../../kit/use-near.ts";
import { filmUrl } from "./film-url.ts";

/** Undefined until it is known. */
function useFilmUrl(file: ChannelFileView | undefined, isWanted: boolean): string | undefined {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    setUrl(undefined);
    if (file === undefined || !isWanted) return undefined;
    let isGone = false;
    filmUrl(file).then(
      (found) => isGone || setUrl(found),
      () => undefined, // Its shadow stays.
    );
    return () => {
      isGone = true;
    };
  }, [file?.hash, isWanted]);
  return url;
}

export function FilmPicture({ film, file = film.poster ?? firstPicture(film) }: FilmPictureProps) {
  const [holder, isNear] = useNear<HTMLSpanElement>();
  const url = useFilmUrl(file, isNear);
  return (
    <span ref={holder} class="ch-picture">
      {film.thumbhash.length > 0 && <img src={shadowOf(film.thumbhash)} alt="" draggable={false} />}
      {url !== undefined && <img class="sharp" src={url} alt="" decoding="async" draggable={false} />}
    </span>
  );
}
type FilmPictureProps = { readonly film: ChannelFilmView; readonly file?: ChannelFileView | undefined };

const firstPicture = ({ kind, files }: ChannelFilmView) => (kind === "pictures" ? files[0] : undefined);
