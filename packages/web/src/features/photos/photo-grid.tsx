/**
 * Pictures in the timeline: one in its aspect ratio, several as a mosaic.
 */
import type { TimelineItem } from "@yanshu/client";
import { Photo } from "../../kit/photo.tsx";
import { t } from "../../locales/i18n.ts";
import "../../styles/media.css";
import "./photos.css";

type PhotosBody = Extract<TimelineItem["body"], { kind: "photos" }>;
const shownMax = 9;

type GridProps = {
  readonly item: TimelineItem;
  readonly body: PhotosBody;
  readonly around: { readonly current: readonly TimelineItem[] };
};

export function PhotoGrid({ item, body, around }: GridProps) {
  const { pictures, caption } = body;
  const shown = pictures.slice(0, shownMax);
  const columns = shown.length === 1 ? 1 : shown.length === 2 || shown.length === 4 ? 2 : 3;
  const view = (place: number) =>
    void import("../../kit/viewer.tsx").then((m) => m.openViewer(around.current, item.id, place));
  return (
    <div class="photos" data-testid="photos" data-count={pictures.length}>
      <div class={`mosaic m${columns}`}>
        {shown.map((picture, place) => (
          <button
            key={place}
            type="button"
            class="photo"
            data-testid="photo"
            aria-label={t("photo.of", { name: item.from.name, n: place + 1 })}
            onClick={() => view(place)}
          >
            <Photo picture={picture} isAlone={shown.length === 1} />
            {place === shownMax - 1 && pictures.length > shownMax && (
              <span class="photo-rest num">+{pictures.length - shownMax}</span>
            )}
          </button>
        ))}
      </div>
      {caption !== "" && <p class="caption">{caption}</p>}
    </div>
  );
}
