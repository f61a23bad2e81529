/**
 * The page of the feed's measurement: the app's own player and service worker, hls.js, and a plain `<video>`, over the
 * same films. Each swipe resolves with the milliseconds until a frame of the film was on the glass, and until it moved.
 */
import { FilmPool, type PoolFilm } from "../../src/features/channels/film-pool.ts";
import { fetchHeadsOf, onFilms } from "../../src/features/channels/film-url.ts";

type Film = { readonly hash: string; readonly bytes: number; readonly seconds: number };
type HlsLike = {
  loadSource: (url: string) => void;
  attachMedia: (video: HTMLVideoElement) => void;
  destroy: () => void;
};
declare const Hls: new (options: object) => HlsLike;

const frameMsMax = 20_000;
const room = document.querySelector("#room") as HTMLElement;
/** As the stage's: films stand one below the other, and it moves. */
const track = document.querySelector("#track") as HTMLElement;
let films: readonly Film[] = [];

type Swiped = { readonly firstMs: number; readonly movesMs: number };

/**
 * Called in the turn in which the film came on screen. Where the element holds its first frame already, that is in the
 * browser's next frame, which is on the glass once the one behind it begins; the film moves with its second frame, a
 * twenty-fourth of a second later at the soonest. Else the first frame to come is both.
 */
async function framesOf(video: HTMLVideoElement, beganMs: number): Promise<Swiped> {
  const isHeld = video.readyState >= video.HAVE_CURRENT_DATA && video.currentTime === 0;
  const next = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no frame")), frameMsMax);
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve(performance.now());
    });
  });
  const glass = new Promise<number>((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  });
  const movesMs = (await next) - beganMs;
  return { firstMs: isHeld ? (await glass) - beganMs : movesMs, movesMs };
}

/** The films of a page, and the service worker in charge. */
async function ready(): Promise<void> {
  films = (await (await fetch("/films.json")).json()) as Film[];
  await navigator.serviceWorker.register("/sw.js", { type: "module" });
  if (navigator.serviceWorker.controller === null)
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
}

let packs = 0;
/** Resolves once all heads of the page are here. */
function heads(): Promise<void> {
  return new Promise((resolve) => {
    const end = onFilms((said) => {
      if (said.kind !== "film-heads-read") return;
      end();
      resolve();
    });
    // Of another pack each time: heads that are here are not fetched again.
    fetchHeadsOf((++packs).toString(16).padStart(64, "0"));
  });
}

const own = (() => {
  let pool: FilmPool | undefined;
  let place = 0;
  const nothing = () => undefined;
  const filmAt = (at: number, behind: number): PoolFilm | undefined => {
    const film = films[at];
    const file = film && { hash: film.hash, bytes: film.bytes, mime: "video/mp4", width: 540, height: 960 };
    return file && { entry: `${at}`, file, loudness: -16, at: place + behind };
  };
  return {
    async swipe(at: number, near: readonly number[], rate = 1): Promise<Swiped> {
      pool ??= new FilmPool(track, {
        broken: nothing,
        begun: nothing,
        finished: nothing,
        held: nothing,
        time: nothing,
      });
      const beganMs = performance.now();
      track.style.setProperty("--at", `${++place}`);
      pool.show(
        filmAt(at, 0),
        near.flatMap((one, behind) => filmAt(one, behind + 1) ?? []),
      );
      const video = document.querySelector<HTMLVideoElement>("video[data-on=true]");
      if (video === null) throw new Error("nothing is shown");
      video.playbackRate = rate;
      return framesOf(video, beganMs);
    },
    close() {
      pool?.close();
      pool = undefined;
    },
  };
})();

/** As feeds use it: the next two are attached ahead. */
const hls = (() => {
  const held = new Map<number, { readonly player: HlsLike; readonly video: HTMLVideoElement }>();
  const lay = (at: number) => {
    const known = held.get(at);
    if (known !== undefined) return known;
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    room.append(video);
    const player = new Hls({ maxBufferLength: 4, startLevel: 0 });
    player.loadSource(`/hls/${at}/master.m3u8`);
    player.attachMedia(video);
    const made = { player, video };
    held.set(at, made);
    return made;
  };
  const drop = (keep: readonly number[]) => {
    for (const [at, { player, video }] of held) {
      if (keep.includes(at)) continue;
      player.destroy();
      video.remove();
      held.delete(at);
    }
  };
  return {
    async swipe(at: number, near: readonly number[]): Promise<Swiped> {
      const beganMs = performance.now();
      for (const { video } of held.values()) video.pause();
      const { video } = lay(at);
      video.style.zIndex = "1";
      const shown = framesOf(video, beganMs);
      await video.play();
      const swiped = await shown;
      drop([at, ...near]);
      for (const one of near) lay(one);
      return swiped;
    },
    close: () => drop([]),
  };
})();

const plain = (() => {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "none";
  return {
    async swipe(at: number): Promise<Swiped> {
      if (!video.isConnected) room.append(video);
      const beganMs = performance.now();
      video.src = `/public/films/${films[at]?.hash}`;
      const shown = framesOf(video, beganMs);
      await video.play();
      return shown;
    },
    close: () => video.remove(),
  };
})();

/** How far the film on the glass has come, as a share. */
const share = () => {
  const video = document.querySelector<HTMLVideoElement>("video[data-on=true]");
  return video === null ? 0 : video.currentTime / video.duration;
};

Object.assign(globalThis, { feed: { ready, heads, own, hls, plain, share } });
