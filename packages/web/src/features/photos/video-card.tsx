/** A film in the log: its poster, how long it is; a tap plays it over everything, before all of it is here. */
import type { TimelineItem } from "@yanshu/client";
import { ArrowUp, Download, Play, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { saveAs, streamUrl, useUrl } from "../../kit/bytes.ts";
import { Over, putUp } from "../../kit/over.tsx";
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
      onClick={() => putUp((done) => <Player item={item} body={body} onDone={done} />)}
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

function Player({ item, body, onDone }: { item: TimelineItem; body: VideoBody; onDone: () => void }) {
  const [streamed] = useState(() => streamUrl(body.file, body.type));
  const whole = useUrl(streamed === undefined ? body.file : undefined, body.type, true);
  const [isBroken, setBroken] = useState(false);
  const url = streamed ?? whole;
  useEffect(() => setBroken(false), [url]);
  return (
    <Over label={t("video.title")} kind="dark viewer" testId="player" onClose={onDone}>
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.close")} data-testid="player-close" onClick={onDone}>
          <Icon of={X} />
        </button>
        <b class="over-title">{item.from.name}</b>
        <button
          type="button"
          class="ib"
          aria-label={t("file.act.save")}
          data-testid="player-save"
          onClick={() =>
            void saveAs(
              { file: body.file, type: body.type },
              `${item.atMs}.${body.type === "video/mp4" ? "mp4" : "webm"}`,
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
            poster={body.poster.length > 0 ? pictureUrl(body.poster) : undefined}
            data-testid="player-video"
            onError={() => setBroken(true)}
          />
        )}
      </div>
      {isBroken && <p class="viewer-foot">{t("video.broken")}</p>}
    </Over>
  );
}
