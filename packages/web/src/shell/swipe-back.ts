/**
 * Swiping from the left edge leads back, as the hand knows it (WE20). Safari does so by itself, also in an installed
 * app; twice would be once too often.
 */
import { back, route } from "./router.ts";
import { isTab } from "./routes.ts";

/** What begins this near the edge leads back, or nowhere. */
export const edgePx = 28;
const farPx = 72;

type Point = { readonly x: number; readonly y: number };

/** Whether a finger that went from one point to another swiped back. */
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
