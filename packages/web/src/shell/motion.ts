/**
 * Motion between pages (WE26): on a phone a deeper page slides over the one before, and back again. The browser
 * animates snapshots of both pages (View Transitions), so the old page is unmounted at once and no page has code for
 * it. Loaded after the first screen.
 */
import "../styles/motion.css";
import type { Move } from "./routes.ts";

let running: ViewTransition | undefined;

/**
 * Calls `change`, which renders the other page: at once, or a frame later, after the browser took its snapshot.
 */
export function turnPage(move: Move, change: () => void): void {
  // A new navigation ends the animation of the one before.
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
  // `ready` rejects when another transition replaces this one or the window is hidden; `change` runs all the same.
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

/** Resolves in the next task, when Preact has rendered. Not by a frame: none comes during the transition's callback. */
function drawn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
