/**
 * Posts that come while a feed flies past are drawn in parts, one part a frame: a whole one takes a slow phone longer
 * than a frame. What comes while somebody reads is whole at once.
 */
import { useEffect, useState } from "preact/hooks";

/** A list that moves faster than this is not read: 1.2 screens of a phone a second. */
const fliesPxPerMs = 1;
/** So long after its last such step a list still flies: events of scrolling skip frames where a device is slow. */
const fliesOnMs = 150;

/** Tells by the offsets of a list whether it flies. */
export class Flight {
  private offset = 0;
  private atMs = Number.NEGATIVE_INFINITY;
  private fastMs = Number.NEGATIVE_INFINITY;

  moved(offset: number, atMs: number): void {
    const isFast = Math.abs(offset - this.offset) > fliesPxPerMs * (atMs - this.atMs);
    if (isFast) this.fastMs = atMs;
    [this.offset, this.atMs] = [offset, atMs];
  }

  flies(atMs: number): boolean {
    return atMs - this.fastMs < fliesOnMs;
  }
}

/** With more than so many parts in the queue two are drawn in a frame: a list that stops shall stand whole soon. */
const queuedMax = 6;
const queue = new Set<() => void>();

function drawNext(): void {
  for (const draw of [...queue].slice(0, queue.size > queuedMax ? 2 : 1)) {
    queue.delete(draw);
    draw();
  }
  if (queue.size > 0) requestAnimationFrame(drawNext);
}

/** How many of so many parts are drawn by now. @param flight of the list; none: all at once. */
export function usePartsDrawn(count: number, flight: Flight | undefined): number {
  const [drawn, setDrawn] = useState(() => (flight?.flies(performance.now()) === true ? 1 : count));
  useEffect(() => {
    if (drawn >= count) return undefined;
    const draw = () => setDrawn(drawn + 1);
    if (queue.size === 0) requestAnimationFrame(drawNext);
    queue.add(draw);
    return () => void queue.delete(draw);
  }, [drawn, count]);
  return drawn;
}
