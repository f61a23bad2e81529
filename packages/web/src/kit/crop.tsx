/**
 * Crops a picture to a square for an avatar: the person moves, zooms and turns it under a frame with fingers, wheel or
 * keys (docs/spec/media.md ME25). Only the part inside the frame leaves the device.
 */
import { RotateCw, X, ZoomIn } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import "../styles/media.css";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { Over, putUp } from "./over.tsx";
import "./crop.css";

const sidePx = 640;
const zoomMax = 4;
const stepShare = 0.04;

/** `x`, `y`: offset of the picture's center, in shares of the frame's side. `turns`: quarter turns. */
type Place = { readonly x: number; readonly y: number; readonly zoom: number; readonly turns: number };
const middle: Place = { x: 0, y: 0, zoom: 1, turns: 0 };

/**
 * The square that the person chose; undefined when they cancelled. Rejects when the browser cannot read the picture.
 */
export async function askCrop(file: Blob): Promise<Blob | undefined> {
  const bitmap = await createImageBitmap(file);
  try {
    return await new Promise<Blob | undefined>((resolve) =>
      putUp((done) => (
        <Crop
          bitmap={bitmap}
          onDone={(made) => {
            done();
            resolve(made);
          }}
        />
      )),
    );
  } finally {
    bitmap.close();
  }
}

function Crop({ bitmap, onDone }: { bitmap: ImageBitmap; onDone: (made: Blob | undefined) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [place, setPlace] = useState(middle);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context != null) draw(context, bitmap, place);
  }, [bitmap, place]);
  const change = (by: (now: Place) => Place) => setPlace((now) => kept(bitmap, by(now)));
  const move = (x: number, y: number) => change((now) => ({ ...now, x: now.x + x, y: now.y + y }));
  const zoom = (to: number) => change((now) => ({ ...now, zoom: to }));

  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined || canvas.current === null) return;
    const side = canvas.current.getBoundingClientRect().width;
    const apart = spread(fingers.current);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const share = fingers.current.size;
    const larger = apart === 0 ? 1 : spread(fingers.current) / apart;
    change((now) => ({
      ...now,
      x: now.x + (event.clientX - before.x) / side / share,
      y: now.y + (event.clientY - before.y) / side / share,
      zoom: now.zoom * larger,
    }));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move((by[0] ?? 0) * stepShare, (by[1] ?? 0) * stepShare);
  };
  const lift = (event: PointerEvent) => fingers.current.delete(event.pointerId);
  return (
    <Over
      label={t("crop.title")}
      kind="dark preview crop"
      testId="crop"
      onClose={() => onDone(undefined)}
      onKey={onKey}
    >
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.cancel")} onClick={() => onDone(undefined)}>
          <Icon of={X} />
        </button>
        <h1 class="over-title">{t("crop.title")}</h1>
        <button
          type="button"
          class="ib"
          aria-label={t("crop.turn")}
          data-testid="crop-turn"
          onClick={() => change((now) => ({ ...now, x: -now.y, y: now.x, turns: (now.turns + 1) % 4 }))}
        >
          <Icon of={RotateCw} />
        </button>
      </header>
      <div class="over-stage crop-stage">
        <canvas
          ref={canvas}
          width={sidePx}
          height={sidePx}
          role="img"
          tabIndex={0}
          aria-label={t("crop.hint")}
          data-testid="crop-canvas"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
          }}
          onPointerMove={onPointerMove}
          onPointerUp={lift}
          onPointerCancel={lift}
          onWheel={(event) => {
            event.preventDefault();
            zoom(place.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
          }}
        />
      </div>
      <p class="crop-hint" aria-hidden="true">
        {t("crop.hint")}
      </p>
      <label class="crop-zoom">
        <Icon of={ZoomIn} size="s" />
        <input
          type="range"
          min={1}
          max={zoomMax}
          step={0.05}
          value={place.zoom}
          aria-label={t("crop.zoom")}
          data-testid="crop-zoom"
          onInput={(event) => zoom(Number(event.currentTarget.value))}
        />
      </label>
      <div class="crop-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="crop-done"
          onClick={() => canvas.current?.toBlob((made) => onDone(made ?? undefined), "image/jpeg", 0.95)}
        >
          {t("crop.done")}
        </button>
      </div>
    </Over>
  );
}

/** Distance of two fingers in px; 0 with one. */
function spread(fingers: ReadonlyMap<number, { x: number; y: number }>): number {
  const [one, other] = [...fingers.values()];
  return one === undefined || other === undefined ? 0 : Math.hypot(one.x - other.x, one.y - other.y);
}

/** Limits zoom and offset, so that the picture always fills the frame. */
function kept({ width, height }: ImageBitmap, { x, y, zoom, turns }: Place): Place {
  const larger = Math.min(zoomMax, Math.max(1, zoom));
  const short = Math.min(width, height);
  const [across, down] = turns % 2 === 0 ? [width / short, height / short] : [height / short, width / short];
  const within = (at: number, side: number) => {
    const most = Math.max(0, (side * larger - 1) / 2);
    return Math.min(most, Math.max(-most, at));
  };
  return { x: within(x, across), y: within(y, down), zoom: larger, turns };
}

function draw(context: CanvasRenderingContext2D, bitmap: ImageBitmap, { x, y, zoom, turns }: Place): void {
  const scale = (sidePx / Math.min(bitmap.width, bitmap.height)) * zoom;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#fff"; // JPEG has no transparency.
  context.fillRect(0, 0, sidePx, sidePx);
  context.imageSmoothingQuality = "high";
  context.translate(sidePx / 2 + x * sidePx, sidePx / 2 + y * sidePx);
  context.rotate((turns * Math.PI) / 2);
  context.scale(scale, scale);
  context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
}
