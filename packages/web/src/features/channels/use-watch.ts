/**
 * Tells the client what was watched, and for how long: it stays on this device, and is what For You learns from
 * (README.md). A film that stands still, or lies behind a sheet of another page, is not watched.
 */
import type { ChannelFilmView } from "@yanshu/client";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../../shell/session.ts";
import { stopClock } from "./screen-time.ts";

const stepMs = 250;
/** A longer step means that the page slept. */
const stepMsMax = 1_000;
/** Pictures that were looked at for this long were seen. */
const picturesMs = 3_000;
const wholeShare = 0.9;

type Watching = {
  readonly film: ChannelFilmView | undefined;
  readonly isRunning: () => boolean;
};

/** Tells what of the film on screen was watched until now. */
let tellNow: (() => Promise<void>) | undefined;

/**
 * Before a page begins: what is on screen counts for it, and is not in it. Told later, the film would stand on the new
 * page and vanish from it.
 */
export async function tellWatched(): Promise<void> {
  await tellNow?.();
}

/** Returns a function to call when the film came to its end. */
export function useWatch({ film, isRunning }: Watching): () => void {
  const finished = useRef(false);
  const running = useRef(isRunning);
  running.current = isRunning;
  const entry = film?.entry;
  useEffect(() => {
    if (film === undefined) return undefined;
    finished.current = false;
    let ms = 0;
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const step = Math.min(stepMsMax, now - before);
      before = now;
      if (document.visibilityState !== "visible" || !running.current()) return;
      ms += step;
      stopClock.watched(step);
    }, stepMs);
    void api.showsFilm(film.entry).catch(() => undefined);
    const tell = async () => {
      const wholeMs = film.kind === "pictures" ? picturesMs : film.durationMs * wholeShare;
      const watched = { ms: Math.round(ms), finished: finished.current || (wholeMs > 0 && ms >= wholeMs) };
      // A minute counts once.
      ms = 0;
      finished.current = false;
      await api.watchedFilm(film.entry, watched).catch(() => undefined);
    };
    tellNow = tell;
    return () => {
      clearInterval(timer);
      if (tellNow === tell) tellNow = undefined;
      void tell();
    };
  }, [entry]);
  return () => {
    finished.current = true;
  };
}
