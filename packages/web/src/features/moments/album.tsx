/**
 * The family album: pictures and videos of Moments and of all groups, by month, the newest first. It is made on this
 * device, from its local store.
 */
import type { MessageHit, MomentView, PictureView } from "@yanshu/client";
import { Play } from "lucide";
import { useMemo } from "preact/hooks";
import { playFilm } from "../../kit/film-player.tsx";
import { Photo } from "../../kit/photo.tsx";
import { useSearch } from "../../kit/search/use-search.ts";
import { shadowOf } from "../../kit/shadow.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import { go } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import { byMonth } from "./layout.ts";
import { monthWords } from "./month.ts";
import { usePages } from "./use-pages.ts";
import "../../kit/search/search.css";
import "../../kit/search/tiles.css";
import "../../styles/media.css";
import "./moments.css";

type Viewed = {
  readonly id: string;
  readonly order: number;
  readonly atMs: number;
  readonly from: MomentView["author"];
  readonly conversation?: string;
  readonly body: NonNullable<MessageHit["media"]>;
};

export function FamilyAlbum() {
  const found = useSearch("", { kind: "media" }, true);
  const groups = useView("groups");
  const { head, posts, hasMore, more } = usePages((range) => useView("momentsFeed", range));
  const all = useMemo(
    () => gathered(found.hits, new Set(groups?.map(({ conversation }) => conversation)), posts),
    [found.hits, groups, posts],
  );
  const isHere = found.answers !== undefined && head !== undefined && groups !== undefined;
  const months = byMonth(all);
  return (
    <section class="screen mo-album" data-testid="family-album">
      <TopBar title={t("moments.album")} />
      <div class="scroll">
        {isHere && all.length === 0 && <Nothing title={t("moments.albumEmpty")} note={t("moments.albumEmptyNote")} />}
        {months.map(({ year, month, rows }) => (
          <section key={`${year} ${month}`} class="surface" data-testid="album-month">
            <h2 class="sec mo-month">{monthWords(new Date(year, month - 1), locale.value)}</h2>
            <div class="tiles">
              {rows.map((one) => (
                <Tiles key={`${one.conversation ?? ""} ${one.id}`} one={one} all={all} />
              ))}
            </div>
          </section>
        ))}
        {(found.hasMore || hasMore) && (
          <button
            type="button"
            class="more"
            data-testid="album-more"
            onClick={() => {
              if (found.hasMore) found.more();
              if (hasMore) more();
            }}
          >
            {t("search.more")}
          </button>
        )}
      </div>
    </section>
  );
}

/** Pictures and videos, the newest first. Chats between two are left out: they are private. */
function gathered(
  hits: readonly MessageHit[],
  groups: ReadonlySet<string>,
  posts: readonly MomentView[],
): readonly Viewed[] {
  const said = hits.flatMap(({ media, from, id, order, atMs, conversation }): readonly Viewed[] =>
    media === undefined || !groups.has(conversation) ? [] : [{ id, order, atMs, from, conversation, body: media }],
  );
  const posted = posts.flatMap(({ pictures, video, id, atMs, author, text }): readonly Viewed[] => {
    const about = { id, order: 0, atMs, from: author };
    if (pictures.length > 0)
      return [{ ...about, body: { kind: "photos", pictures: pictures as readonly PictureView[], caption: text } }];
    return video === undefined ? [] : [{ ...about, body: { kind: "video", ...video } as Viewed["body"] }];
  });
  return [...said, ...posted].sort((one, other) => other.atMs - one.atMs);
}

function Tiles({ one, all }: { readonly one: Viewed; readonly all: readonly Viewed[] }) {
  const { body, from, atMs } = one;
  if (body.kind === "video") {
    return (
      <button
        type="button"
        class="media-tile"
        aria-label={t("video.play", { name: from.name, length: lengthWords(body.ms) })}
        data-testid="album-tile"
        onClick={() => playFilm(body, { name: from.name, atMs })}
      >
        <img src={body.poster.length > 0 ? pictureUrl(body.poster) : shadowOf(body.placeholder)} alt="" />
        <span class="tile-length num">
          <Icon of={Play} size="xs" solid />
          {lengthWords(body.ms)}
        </span>
      </button>
    );
  }
  if (body.kind !== "photos") return null;
  const look = (place: number) =>
    void import("../../kit/viewer.tsx").then((m) => m.openViewer([...all].reverse(), one.id, place, leadTo));
  return (
    <>
      {body.pictures.map((picture, place) => (
        <button
          key={place}
          type="button"
          class="media-tile"
          aria-label={t("photo.of", { name: from.name, n: place + 1 })}
          data-testid="album-tile"
          onClick={() => look(place)}
        >
          <Photo picture={picture} isAlone={false} />
        </button>
      ))}
    </>
  );
}

/** Opens the message or post of a picture. */
function leadTo(item: { readonly id: string; readonly order: number; readonly conversation?: string }): void {
  if (item.conversation === undefined) go({ name: "moment", id: item.id });
  else go({ name: "chat", id: item.conversation, at: item.order });
}
