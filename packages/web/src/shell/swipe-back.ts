/**
 * A swipe from the left edge goes back (WE20). Not in Safari on a phone or tablet, which has this gesture itself, also
 * in an installed app.
 */
import { back, route } from "./router.ts";
import { isTab } from "./routes.ts";

/** A touch that begins this near the edge is a swipe back or nothing else. */
export const edgePx = 28;
const farPx = 72;

type Point = { readonly x: number; readonly y: number };

/** Whether a movement between two points is a swipe back. */
export function isSwipeBack(from: Point, to: Point): boolean {
  const across = to.x - from.x;
  return from.x <= edgePx && across >= farPx && Math.abs(to.y - from.y) <= across / 2;
}

export function startSwipeBack(): void {
  if (/iPhone|iPad/.test(navigator.userAgent)) return;
  let from: Point | undefined;
  document.addEventListener(
    "touchstart",
    ({ touches }) => {
      const [only] = touches;
      from = touches.length === 1 && only !== undefined ? { x: only.clientX, y: only.clientY } : undefined;
    },
    { passive: true },
  );
  document.addEventListener(
    "touchend",
    ({ changedTouches }) => {
      const [last] = changedTouches;
      const { name } = route.peek();
      if (from === undefined || last === undefined || isTab(name) || name === "welcome") return;
      if (document.querySelector("dialog[open]") !== null) return;
      if (isSwipeBack(from, { x: last.clientX, y: last.clientY })) back();
      from = undefined;
    },
    { passive: true },
  );
}
