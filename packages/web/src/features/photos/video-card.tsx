/** A video in the timeline: a still and its length; a tap plays it full screen, streamed where the browser can. */
import type { TimelineItem } from "@yanshu/client";
import { ArrowUp, Play } from "lucide";
import { playFilm } from "../../kit/film-player.tsx";
import { Ring } from "../../kit/ring.tsx";
import { shadowOf } from "../../kit/shadow.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import { useView } from "../../shell/session.ts";
import "../../styles/media.css";
import "./photos.css";

type VideoBody = Extract<TimelineItem["body"], { kind: "video" }>;

export function VideoCard({ item, body }: { item: TimelineItem; body: VideoBody }) {
  const transfer = useView("transfer", body.file.handle);
  const scale = Math.min(1, 264 / Math.max(body.width, body.height));
  const isUp = transfer?.direction === "up" && (transfer.state === "moving" || transfer.state === "waiting");
  const isGone = transfer?.state === "expired";
  return (
    <button
      type="button"
      class="film"
      data-testid="video"
      data-state={transfer?.state}
      disabled={isGone}
      aria-label={t("video.play", { name: item.from.name, length: lengthWords(body.ms) })}
      onClick={() => playFilm(body, { name: item.from.name, atMs: item.atMs })}
    >
      <img
        src={body.poster.length > 0 ? pictureUrl(body.poster) : shadowOf(body.placeholder)}
        width={Math.max(120, Math.round(body.width * scale))}
        height={Math.max(120, Math.round(body.height * scale))}
        alt=""
      />
      <span class="film-mid">
        {isUp ? (
          <Ring share={transfer.done / Math.max(1, transfer.total)} icon={ArrowUp} />
        ) : (
          <span class="film-play">
            <Icon of={Play} solid />
          </span>
        )}
      </span>
      <span class="film-length num">{isGone ? t("file.expired") : lengthWords(body.ms)}</span>
    </button>
  );
}
