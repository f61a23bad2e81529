/**
 * The on-screen keyboard never covers the composer (WE19). Browsers with `interactive-widget=resizes-content` shrink
 * the page themselves. Safari shrinks only the visual viewport, so the app takes that height while the keyboard is up.
 */

/** A smaller difference is a browser bar that hides and shows, not a keyboard. */
const keyboardPxMin = 100;

/** The app's height in CSS px; undefined: the whole window, also while somebody zooms in. */
export function heightBeside(windowPx: number, seenPx: number, zoom: number): number | undefined {
  return zoom < 1.05 && windowPx - seenPx >= keyboardPxMin ? seenPx : undefined;
}

export function startKeyboard(): void {
  const seen = globalThis.visualViewport;
  if (seen === null || seen === undefined) return;
  const fit = () => {
    const height = heightBeside(innerHeight, seen.height, seen.scale);
    const { style } = document.documentElement;
    if (height === undefined) style.removeProperty("--view");
    else style.setProperty("--view", `${height}px`);
    // Safari scrolls the page to show the focused field; at this height the field is in sight already.
    if (height !== undefined) scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
}
