/**
 * Viewer: the pictures of a chat on the whole screen. Swipe or arrow keys for the next; pinch, wheel or +/− to zoom;
 * drag down or Esc to close. Buttons save the picture and load its original, if there is one.
 */
import type { PictureView, TimelineItem } from "@yanshu/client";
import { Download, X, ZoomIn, ZoomOut } from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import "../styles/media.css";
import { locale, t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { nowMs } from "../shell/now.ts";
import { pictureUrl } from "../shell/picture-url.ts";
import { type Part, saveAs, usePictureUrl, useUrl } from "./bytes.ts";
import { Over, putUp } from "./over.tsx";
import { usePinch } from "./pinch.ts";
import { shadowOf } from "./shadow.ts";
import { sizeWords } from "./sizes.ts";
import { isoTime, lineTime } from "./time.ts";

/** The fields of a message that the viewer uses. */
type Viewed = Pick<TimelineItem, "id" | "order" | "atMs" | "from" | "body"> & { readonly conversation?: string };
/** A picture, some with a small preview that is loaded first. */
type Previewed = PictureView & { readonly preview?: Part & { readonly type: string } };
type Shown = { readonly item: Viewed; readonly picture: Previewed; readonly caption: string };

/** @param onShow opens the picture's message; for viewers that are opened outside of its chat. */
export function openViewer(items: readonly Viewed[], id: string, place: number, onShow?: (item: Viewed) => void): void {
  const all = items.flatMap((item) =>
    item.body.kind === "photos"
      ? item.body.pictures.map((picture, at) => ({ item, picture, at, caption: captionOf(item) }))
      : [],
  );
  const start = Math.max(
    0,
    all.findIndex((one) => one.item.id === id && one.at === place),
  );
  putUp((done) => <Viewer all={all} start={start} onShow={onShow} onDone={done} />);
}

function captionOf({ body }: Viewed): string {
  return body.kind === "photos" ? body.caption : "";
}

type ViewerProps = {
  readonly all: readonly Shown[];
  readonly start: number;
  readonly onShow: ((item: Viewed) => void) | undefined;
  readonly onDone: () => void;
};

function Viewer({ all, start, onShow, onDone }: ViewerProps) {
  const [at, setAt] = useState(start);
  const [original, setOriginal] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const shown = all[at];
  useLayoutEffect(() => {
    const box = scroller.current;
    box?.scrollTo({ left: start * box.clientWidth, behavior: "instant" });
  }, []);
  const goTo = (place: number) => {
    const box = scroller.current;
    if (place < 0 || place >= all.length) return;
    box?.scrollTo({ left: place * box.clientWidth, behavior: "smooth" });
  };
  if (shown === undefined) return null;
  const { picture, item } = shown;
  const hasOriginal = picture.original !== undefined && !original.has(at);
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const save = () => {
    const best = picture.original ?? picture.file;
    const type = picture.original?.type ?? picture.type;
    const stamp = isoTime(item.atMs).slice(0, 19).replaceAll(/[T:]/g, "-");
    const name = `${stamp}-${at + 1}.${(type.split("/")[1] ?? "jpg").replace("jpeg", "jpg")}`;
    if (best !== undefined) void saveAs({ file: best, type }, name);
    else if (picture.inline !== undefined) void saveAs({ bytes: picture.inline, type }, name);
  };
  return (
    <Over
      label={t("photo.viewer")}
      kind="dark viewer"
      testId="viewer"
      onClose={onDone}
      onKey={(event) => {
        if (event.key === "ArrowRight") goTo(at + 1);
        else if (event.key === "ArrowLeft") goTo(at - 1);
        else return;
        event.preventDefault();
      }}
    >
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.close")} data-testid="viewer-close" onClick={onDone}>
          <Icon of={X} />
        </button>
        <span class="over-title">
          <b>{item.from.name}</b>
          <span class="num" data-testid="viewer-place">
            {lineTime(item.atMs, nowMs.value, locale.value, words)} · {at + 1} / {all.length}
          </span>
        </span>
        <button type="button" class="ib" aria-label={t("file.act.save")} data-testid="viewer-save" onClick={save}>
          <Icon of={Download} />
        </button>
      </header>
      <div
        ref={scroller}
        class="viewer-row"
        onScroll={(event) => {
          const box = event.currentTarget;
          setAt(Math.max(0, Math.min(all.length - 1, Math.round(box.scrollLeft / Math.max(1, box.clientWidth)))));
        }}
      >
        {all.map((one, place) => (
          <div key={`${one.item.id} ${place}`} class="viewer-page">
            {Math.abs(place - at) <= 1 && (
              <Large shown={one} isCurrent={place === at} isOriginal={original.has(place)} onDone={onDone} />
            )}
          </div>
        ))}
      </div>
      <footer class="viewer-foot">
        {shown.caption !== "" && <p>{shown.caption}</p>}
        {onShow !== undefined && (
          <button
            type="button"
            class="over-pill"
            data-testid="viewer-show"
            onClick={() => {
              onDone();
              onShow(item);
            }}
          >
            {t("gallery.show")}
          </button>
        )}
        {hasOriginal && (
          <button
            type="button"
            class="over-pill"
            data-testid="viewer-original"
            onClick={() => setOriginal(new Set([...original, at]))}
          >
            {t("photo.original", { size: sizeWords(picture.original?.bytes ?? 0) })}
          </button>
        )}
      </footer>
    </Over>
  );
}

type LargeProps = {
  readonly shown: Shown;
  readonly isCurrent: boolean;
  readonly isOriginal: boolean;
  readonly onDone: () => void;
};

function Large({ shown: { picture, item }, isCurrent, isOriginal, onDone }: LargeProps) {
  const frame = useRef<HTMLDivElement>(null);
  const normal = usePictureUrl(picture.file, picture.type, true);
  const whole = useUrl(picture.original, picture.original?.type ?? picture.type, isOriginal);
  const url = whole ?? (picture.inline === undefined ? normal : pictureUrl(picture.inline));
  const small = usePictureUrl(picture.preview, picture.preview?.type ?? "", url === undefined);
  const zoom = usePinch(frame, onDone);
  useEffect(() => {
    if (!isCurrent) zoom.reset();
  }, [isCurrent]);
  return (
    <>
      <div ref={frame} class="viewer-frame">
        <img
          class={(url ?? small) === undefined ? "blurred" : ""}
          src={url ?? small ?? shadowOf(picture.placeholder)}
          width={picture.width}
          height={picture.height}
          alt={t("photo.from", { name: item.from.name })}
          data-testid={isCurrent ? "viewer-shown" : undefined}
          data-original={whole !== undefined}
          draggable={false}
        />
      </div>
      {isCurrent && (
        <div class="viewer-zoom">
          <button
            type="button"
            class="ib"
            aria-label={t("photo.closer")}
            data-testid="viewer-closer"
            onClick={() => zoom.by(1.6)}
          >
            <Icon of={ZoomIn} />
          </button>
          <button type="button" class="ib" aria-label={t("photo.further")} onClick={() => zoom.by(1 / 1.6)}>
            <Icon of={ZoomOut} />
          </button>
        </div>
      )}
    </>
  );
}
