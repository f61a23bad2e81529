/**
 * Found pictures and videos as small squares, by month. A picture opens in the viewer, from which one can go to its
 * message.
 */
import type { MessageHit } from "@yanshu/client";
import { Play } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import { go } from "../../shell/router.ts";
import { Photo } from "../photo.tsx";
import { shadowOf } from "../shadow.ts";
import { lengthWords } from "../sizes.ts";
import "../../styles/media.css";
import "./tiles.css";

export function Tiles({ hits }: { hits: readonly MessageHit[] }) {
  const months = new Map<string, MessageHit[]>();
  for (const hit of hits) {
    const at = new Date(hit.atMs);
    const month = t("search.month", { year: at.getFullYear(), month: at.getMonth() + 1 });
    months.set(month, [...(months.get(month) ?? []), hit]);
  }
  return (
    <div data-testid="tiles">
      {[...months].map(([month, found]) => (
        <section key={month} class="surface">
          <h2 class="sec">{month}</h2>
          <div class="tiles">
            {found.map((hit) => (
              <Tile key={hit.order} hit={hit} hits={hits} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function Tile({ hit, hits }: { hit: MessageHit; hits: readonly MessageHit[] }) {
  const { media } = hit;
  if (media?.kind === "video") {
    return (
      <Link
        to={{ name: "chat", id: hit.conversation, at: hit.order }}
        class="media-tile"
        aria-label={t("video.play", { name: hit.from.name, length: lengthWords(media.ms) })}
        data-testid="tile"
      >
        <img src={media.poster.length > 0 ? pictureUrl(media.poster) : shadowOf(media.placeholder)} alt="" />
        <span class="tile-length num">
          <Icon of={Play} size="xs" solid />
          {lengthWords(media.ms)}
        </span>
      </Link>
    );
  }
  if (media?.kind !== "photos") return null;
  const open = (place: number) =>
    void import("../viewer.tsx").then((m) => m.openViewer(oldestFirst(hits), hit.id, place, show));
  return (
    <>
      {media.pictures.map((picture, place) => (
        <button
          key={place}
          type="button"
          class="media-tile"
          data-testid="tile"
          aria-label={t("photo.of", { name: hit.from.name, n: place + 1 })}
          onClick={() => open(place)}
        >
          <Photo picture={picture} isAlone={false} />
        </button>
      ))}
    </>
  );
}

/** The viewer's order. */
function oldestFirst(hits: readonly MessageHit[]) {
  return hits
    .flatMap((hit) => (hit.media === undefined ? [] : [{ ...hit, body: hit.media }]))
    .sort((one, other) => one.order - other.order);
}

function show(item: { readonly order: number; readonly conversation?: string }): void {
  if (item.conversation !== undefined) go({ name: "chat", id: item.conversation, at: item.order });
}
