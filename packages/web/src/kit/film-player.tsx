/** A video player on the whole screen: it streams where it can, and can save the file. */
import type { FileView } from "@yanshu/client";
import { Download, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { pictureUrl } from "../shell/picture-url.ts";
import { saveAs, streamUrl, useUrl } from "./bytes.ts";
import { Over, putUp } from "./over.tsx";
import "../styles/media.css";

export type FilmToPlay = { readonly file: FileView; readonly type: string; readonly poster: Uint8Array };
/** The sender, and when it was sent in ms: for the title and the name of the saved file. */
export type FilmFrom = { readonly name: string; readonly atMs: number };

export function playFilm(film: FilmToPlay, from: FilmFrom): void {
  putUp((done) => <Player film={film} from={from} onDone={done} />);
}

function Player({ film, from, onDone }: { film: FilmToPlay; from: FilmFrom; onDone: () => void }) {
  const [streamed] = useState(() => streamUrl(film.file, film.type));
  const whole = useUrl(streamed === undefined ? film.file : undefined, film.type, true);
  const [isBroken, setBroken] = useState(false);
  const url = streamed ?? whole;
  useEffect(() => setBroken(false), [url]);
  return (
    <Over label={t("video.title")} kind="dark viewer" testId="player" onClose={onDone}>
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.close")} data-testid="player-close" onClick={onDone}>
          <Icon of={X} />
        </button>
        <b class="over-title">{from.name}</b>
        <button
          type="button"
          class="ib"
          aria-label={t("file.act.save")}
          data-testid="player-save"
          onClick={() =>
            void saveAs(
              { file: film.file, type: film.type },
              `${from.atMs}.${film.type === "video/mp4" ? "mp4" : "webm"}`,
            )
          }
        >
          <Icon of={Download} />
        </button>
      </header>
      <div class="over-stage">
        {url !== undefined && (
          // biome-ignore lint/a11y/useMediaCaption: what people film has no captions.
          <video
            src={url}
            controls
            autoplay
            playsInline
            poster={film.poster.length > 0 ? pictureUrl(film.poster) : undefined}
            data-testid="player-video"
            onError={() => setBroken(true)}
          />
        )}
      </div>
      {isBroken && <p class="viewer-foot">{t("video.broken")}</p>}
    </Over>
  );
}
