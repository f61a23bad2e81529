/**
 * Drawing on a picture: lines, and a mosaic that makes parts unrecognizable. It changes the full-size canvas that is
 * sent, so the covered pixels are not in the message.
 */
import { Check, Grid2x2, Pencil, Undo2, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Over } from "../over.tsx";
import { open, type Picked } from "./shrink.ts";

const colours = ["#b3261e", "#f4b400", "#1d6350", "#ffffff", "#1c1b19"] as const;
const undoMax = 12;
type Tool = { readonly kind: "line"; readonly colour: string } | { readonly kind: "mosaic" };
type Point = { readonly x: number; readonly y: number };

type DoodleProps = { readonly picture: Picked; readonly onDone: (changed: Picked | undefined) => void };

export function Doodle({ picture, onDone }: DoodleProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [tool, setTool] = useState<Tool>({ kind: "line", colour: colours[0] });
  const [undo, setUndo] = useState<readonly ImageData[]>([]);
  const last = useRef<Point | undefined>(undefined);
  const { width, height } = picture.bitmap;

  useEffect(() => {
    contextOf(canvas.current)?.drawImage(picture.bitmap, 0, 0);
  }, [picture]);

  const pointOf = (event: PointerEvent): Point => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    };
  };
  const stroke = (from: Point, to: Point) => {
    const context = contextOf(canvas.current);
    if (context === undefined) return;
    if (tool.kind === "line") drawLine(context, from, to, tool.colour);
    else drawMosaic(context, from, to);
  };
  const save = async () => {
    const made = await new Promise<Blob | null>((resolve) => canvas.current?.toBlob(resolve, "image/jpeg", 0.95));
    const changed = made && (await open(new File([made], picture.file.name, { type: "image/jpeg" })));
    onDone(changed ?? undefined);
  };
  return (
    <Over label={t("photo.draw")} kind="dark preview" testId="doodle" onClose={() => onDone(undefined)}>
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.cancel")} onClick={() => onDone(undefined)}>
          <Icon of={X} />
        </button>
        <button
          type="button"
          class="ib"
          aria-label={t("photo.undo")}
          data-testid="doodle-undo"
          disabled={undo.length === 0}
          onClick={() => {
            const before = undo.at(-1);
            if (before !== undefined) contextOf(canvas.current)?.putImageData(before, 0, 0);
            setUndo(undo.slice(0, -1));
          }}
        >
          <Icon of={Undo2} />
        </button>
        <button
          type="button"
          class="ib"
          aria-label={t("action.done")}
          data-testid="doodle-done"
          onClick={() => void save()}
        >
          <Icon of={Check} />
        </button>
      </header>
      <div class="over-stage">
        <canvas
          ref={canvas}
          width={width}
          height={height}
          aria-label={t("photo.draw")}
          data-testid="doodle-canvas"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const before = contextOf(canvas.current)?.getImageData(0, 0, width, height);
            if (before !== undefined) setUndo([...undo.slice(1 - undoMax), before]);
            last.current = pointOf(event);
            stroke(last.current, last.current);
          }}
          onPointerMove={(event) => {
            if (last.current === undefined) return;
            const next = pointOf(event);
            stroke(last.current, next);
            last.current = next;
          }}
          onPointerUp={() => {
            last.current = undefined;
          }}
          onPointerCancel={() => {
            last.current = undefined;
          }}
        />
      </div>
      <fieldset class="over-tools" aria-label={t("photo.draw")}>
        {colours.map((colour, place) => (
          <button
            key={colour}
            type="button"
            class={`colour c${place} ${tool.kind === "line" && tool.colour === colour ? "on" : ""}`}
            aria-pressed={tool.kind === "line" && tool.colour === colour}
            aria-label={t("photo.colour", { n: place + 1 })}
            onClick={() => setTool({ kind: "line", colour })}
          >
            <Icon of={Pencil} size="xs" />
          </button>
        ))}
        <button
          type="button"
          class={`over-pill ${tool.kind === "mosaic" ? "on" : ""}`}
          aria-pressed={tool.kind === "mosaic"}
          data-testid="doodle-mosaic"
          onClick={() => setTool({ kind: "mosaic" })}
        >
          <Icon of={Grid2x2} size="s" />
          {t("photo.mosaic")}
        </button>
      </fieldset>
    </Over>
  );
}

function contextOf(canvas: HTMLCanvasElement | null): CanvasRenderingContext2D | undefined {
  return canvas?.getContext("2d", { willReadFrequently: true }) ?? undefined;
}

function drawLine(context: CanvasRenderingContext2D, from: Point, to: Point, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(context.canvas.width, context.canvas.height) / 120;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** Fills each cell under the finger with the mean color of its pixels. */
function drawMosaic(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  const { width, height } = context.canvas;
  const cell = Math.max(8, Math.round(Math.max(width, height) / 48));
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / cell));
  for (let step = 0; step <= steps; step++) {
    const x = from.x + ((to.x - from.x) * step) / steps;
    const y = from.y + ((to.y - from.y) * step) / steps;
    for (const dx of [-cell, 0, cell])
      for (const dy of [-cell, 0, cell]) {
        const left = Math.floor((x + dx) / cell) * cell;
        const top = Math.floor((y + dy) / cell) * cell;
        if (left + cell <= 0 || top + cell <= 0 || left >= width || top >= height) continue;
        context.fillStyle = meanOf(context.getImageData(left, top, cell, cell).data);
        context.fillRect(left, top, cell, cell);
      }
  }
}

function meanOf(data: Uint8ClampedArray): string {
  const sum = [0, 0, 0];
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 0) continue; // Outside of the picture.
    for (const channel of [0, 1, 2]) sum[channel] = (sum[channel] ?? 0) + (data[at + channel] ?? 0);
    count++;
  }
  return `rgb(${sum.map((one) => Math.round(one / Math.max(1, count))).join(" ")})`;
}
