/**
 * Motion between pages (WE26): on a phone a deeper page comes over the one that led to it, and goes away again. The
 * browser draws it from pictures of both (View Transitions), so a page neither knows of it nor stays for it. Loaded
 * after the first screen.
 */
import "../styles/motion.css";
import type { Move } from "./routes.ts";

let running: ViewTransition | undefined;

/**
 * Does `change`, which draws the other page; at once, or a frame later, when the browser has its picture of this one.
 */
export function turnPage(move: Move, change: () => void): void {
  // The one before is over, however far it came.
  running?.skipTransition();
  if (move === "none" || !mayMove()) {
    change();
    return;
  }
  document.documentElement.dataset["move"] = move;
  const turning = document.startViewTransition(() => {
    change();
    return drawn();
  });
  running = turning;
  // Refused when another one takes its place, or nobody sees the window: the page was changed all the same.
  turning.ready.catch(() => undefined);
  void turning.finished
    .catch(() => undefined)
    .then(() => {
      if (running === turning) delete document.documentElement.dataset["move"];
    });
}

function mayMove(): boolean {
  const isPhone = document.querySelector(".app.narrow") !== null;
  return isPhone && "startViewTransition" in document && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Preact draws what changed before the next task; no frame comes while the browser waits for it. */
function drawn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
