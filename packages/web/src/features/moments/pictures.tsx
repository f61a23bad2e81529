/**
 * Pictures and the video of a post: their places show blurred placeholders from the first frame on; the pictures are
 * loaded when they come near the screen.
 */
import type { MomentPictureView, MomentView, PictureView } from "@yanshu/client";
import { Play } from "lucide";
import { usePictureUrl } from "../../kit/bytes.ts";
import { playFilm } from "../../kit/film-player.tsx";
import { shadowOf } from "../../kit/shadow.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { useNear } from "../../kit/use-near.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import { elder } from "../../shell/prefs.ts";
import { columnsOf, shapeAlone, shownMax } from "./layout.ts";
import "../../styles/media.css";

/** Largest side of a single picture in CSS px. */
const aloneMax = 180;
/** A picture that flies past in less time is not fetched. */
const restMs = 120;

/**
 * A picture that fills its place: first its placeholder, then its preview. @param isLarge its place is larger than the
 * preview, so the full picture follows.
 */
export function Picture({ picture, isLarge = false }: PictureProps) {
  const [holder, isNear] = useNear<HTMLSpanElement>(restMs);
  return (
    <span ref={holder} class="mo-pic">
      <img src={shadowOf(picture.placeholder)} alt="" />
      {isNear && <Sharp picture={picture} isLarge={isLarge} />}
    </span>
  );
}

type PictureProps = { readonly picture: MomentPictureView; readonly isLarge?: boolean };

function Sharp({ picture: { preview, file, type }, isLarge = false }: PictureProps) {
  const small = usePictureUrl(preview, preview?.type ?? "", true);
  const whole = usePictureUrl(file, type, preview === undefined || (isLarge && small !== undefined));
  const url = whole ?? small;
  if (url === undefined) return null;
  return (
    <img class="sharp" src={url} alt="" decoding="async" data-testid="moment-sharp" data-whole={whole !== undefined} />
  );
}

/** In elder mode a single picture has the full width. */
function sizeOf({ width, height }: { readonly width: number; readonly height: number }) {
  return elder.value ? { width: "100%", aspectRatio: `${width} / ${height}` } : { width, height };
}

type GridProps = {
  readonly post: MomentView;
  /** Their places alone, at first. */
  readonly isBare?: boolean;
};

export function PictureGrid(props: GridProps) {
  return props.post.pictures.length === 0 ? null : <Grid {...props} />;
}

/** All pictures of a post come near the screen together: one observer and one state, not nine. */
function Grid({ post, isBare = false }: GridProps) {
  const { pictures } = post;
  const [holder, isNear] = useNear<HTMLDivElement>(restMs);
  const shown = pictures.slice(0, shownMax);
  const [only] = shown;
  const rest = pictures.length - shownMax;
  const columns = columnsOf(pictures.length);
  const alone = columns === 1 && only !== undefined ? shapeAlone(only, aloneMax) : undefined;
  return (
    <div ref={holder} class={`mo-grid m${columns}`} data-testid="moment-pictures" data-count={pictures.length}>
      {shown.map((picture, place) => (
        <button
          key={place}
          type="button"
          class="mo-cell"
          style={alone && sizeOf(alone)}
          aria-label={`${place === shownMax - 1 && rest > 0 ? `+${rest} ` : ""}${t("moments.photoOf", { n: pictures.length, at: place + 1 })}`}
          data-testid="moment-picture"
          onClick={() => void openPictures(post, place)}
        >
          {!isBare && <img src={shadowOf(picture.placeholder)} alt="" />}
          {isNear && !isBare && <Sharp picture={picture} isLarge={columns === 1 && elder.value} />}
          {place === shownMax - 1 && rest > 0 && (
            <span class="mo-rest num" aria-hidden="true">
              +{rest}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

/** Opens the viewer with all pictures of a post or status, at the tapped one. */
export async function openPictures(
  post: Pick<MomentView, "id" | "atMs" | "author" | "pictures" | "text">,
  place: number,
): Promise<void> {
  const { openViewer } = await import("../../kit/viewer.tsx");
  const { id, atMs, author, pictures, text } = post;
  openViewer(
    [
      {
        id,
        order: 0,
        atMs,
        from: author,
        body: { kind: "photos", pictures: pictures as readonly PictureView[], caption: text },
      },
    ],
    id,
    place,
  );
}

export function FilmCard({ post }: { readonly post: MomentView }) {
  const { video, author, atMs } = post;
  if (video === undefined) return null;
  return (
    <button
      type="button"
      class="mo-cell mo-film"
      style={sizeOf(shapeAlone(video, aloneMax + 44))}
      aria-label={t("moments.videoOf", { length: lengthWords(video.ms) })}
      data-testid="moment-film"
      onClick={() => playFilm(video, { name: author.name, atMs })}
    >
      <img src={video.poster.length > 0 ? pictureUrl(video.poster) : shadowOf(video.placeholder)} alt="" />
      <span class="mo-play">
        <Icon of={Play} solid />
      </span>
      <span class="film-length num">{lengthWords(video.ms)}</span>
    </button>
  );
}

/** A video's still as a small square. */
export function FilmSquare({ video }: { readonly video: NonNullable<MomentView["video"]> }) {
  return (
    <span class="mo-pic">
      <img src={video.poster.length > 0 ? pictureUrl(video.poster) : shadowOf(video.placeholder)} alt="" />
      <span class="mo-play small">
        <Icon of={Play} size="xs" solid />
      </span>
    </span>
  );
}
