/**
 * The keyboard on the glass never covers the composer (WE19). Where the browser shrinks the page for it
 * (`interactive-widget=resizes-content`), nothing is to be done; Safari only shrinks what is seen of it, so the app
 * takes that height while the keyboard is up.
 */

/** Less than this is a bar of the browser that comes and goes. */
const keyboardPxMin = 100;

/** The height that the app takes, in CSS px; undefined: all of the window. Someone who zooms in is left alone. */
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
    // Safari scrolls the page under the keyboard to show the field; the app shows it by itself.
    if (height !== undefined) scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
}
