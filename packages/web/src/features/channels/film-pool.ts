/**
 * Pool: four video elements that are used again and again, because making one costs more than all else of a swipe. One
 * plays, the next two and the one before stand ready with their first frame beside it. A swipe shows its film before
 * anything else is done: the others are made ready once its first frame was seen.
 */
import type { ChannelFileView } from "@yanshu/client";
import { filmUrl, isInPieces, onFilms, tellShown } from "./film-url.ts";
import { gainOf } from "./loudness.ts";

export type PoolFilm = {
  readonly entry: string;
  readonly file: ChannelFileView;
  readonly loudness: number;
  /** Its place in the feed: the element stands there. */
  readonly at: number;
};
export type PoolEvents = {
  /** The film that is on screen cannot be played. */
  readonly broken: (entry: string) => void;
  /** It shows its first frame. */
  readonly begun: (entry: string) => void;
  /** It came to its end, and begins again. */
  readonly finished: (entry: string) => void;
  /** The browser does not play it before a tap. */
  readonly held: (entry: string) => void;
  readonly time: (seconds: number, ofSeconds: number) => void;
};

const elements = 4;
/** What is made ready does not wait longer for the first frame of the film on screen. */
const firstFrameMsMax = 400;
/** So far ahead of what plays a film is fetched: who swipes on has fetched little that they did not see. */
const aheadSeconds = 5;
/** The worker is told anew once so much more is wanted. */
const aheadStepBytes = 64 << 10;

type Slot = {
  readonly video: HTMLVideoElement;
  film: PoolFilm | undefined;
  gain: GainNode | undefined;
  lastSeconds: number;
};

export class FilmPool {
  private readonly slots: Slot[];
  private readonly events: PoolEvents;
  private current: string | undefined;
  private isSoundOn = false;
  private isPaused = false;
  private audio: AudioContext | undefined;
  private tell = () => tellShown("", []);
  /** What is made ready once the film on screen was seen. */
  private later: (() => void) | undefined;
  private laterTimer: ReturnType<typeof setTimeout> | undefined;
  private hashes: readonly string[] = [];
  /** Of the film on screen no byte from there on is wanted yet; undefined: all of it is. */
  private upTo: number | undefined;
  /** A film had to wait for its bytes: from then on all is fetched ahead. */
  private isSlow = false;
  /** The browser ends a service worker that rests, and begins it anew: it asks then. */
  private readonly endAsking = onFilms(({ kind }) => {
    if (kind === "film-which") this.tell();
  });

  /** @param room where the elements stand: each at `top: at * 100%` */
  constructor(room: HTMLElement, events: PoolEvents) {
    this.events = events;
    this.slots = Array.from({ length: elements }, () => {
      const video = document.createElement("video");
      const slot: Slot = { video, film: undefined, gain: undefined, lastSeconds: 0 };
      video.className = "ch-video";
      video.muted = true;
      video.playsInline = true;
      video.loop = true;
      video.preload = "auto";
      video.disableRemotePlayback = true;
      video.tabIndex = -1;
      video.setAttribute("aria-hidden", "true");
      video.dataset["testid"] = "film-video";
      video.addEventListener("loadeddata", () => {
        if (slot.film === undefined) return;
        video.dataset["ready"] = "true";
        if (slot.film.entry !== this.current) return;
        this.wants(slot);
        events.begun(slot.film.entry);
      });
      video.addEventListener("seeking", () => this.wants(slot));
      video.addEventListener("waiting", () => {
        if (slot.film?.entry !== this.current || slot.film === undefined || video.seeking || video.currentTime === 0)
          return;
        this.isSlow = true;
        this.wants(slot);
      });
      video.addEventListener("error", () => {
        if (slot.film?.entry === this.current && slot.film !== undefined) events.broken(slot.film.entry);
      });
      video.addEventListener("timeupdate", () => this.tick(slot));
      room.append(video);
      return slot;
    });
  }

  /** Plays a film, and makes others ready. @param near at most three, the likeliest first */
  show(film: PoolFilm | undefined, near: readonly PoolFilm[]): void {
    const wanted = film === undefined ? near : [film, ...near.filter(({ entry }) => entry !== film.entry)];
    // Without pieces all of a film would be read before it is on screen.
    const kept = isInPieces() ? wanted.slice(0, elements) : wanted.filter((one) => one === film);
    const isOther = film?.entry !== this.current;
    this.current = film?.entry;
    this.hashes = kept.map(({ file }) => file.hash);
    if (isOther) this.upTo = undefined;
    this.tell = () => tellShown(film?.file.hash ?? "", this.hashes, this.upTo);
    this.tell();
    if (film !== undefined) this.lay(film, kept);
    for (const slot of this.slots) {
      const isShown = slot.film !== undefined && slot.film.entry === this.current;
      slot.video.dataset["on"] = `${isShown}`;
      slot.video.muted = !isShown || !this.isSoundOn;
      if (!isShown) slot.video.pause();
      else if (isOther) this.begin(slot);
    }
    const ready = () => {
      for (const slot of this.slots) {
        if (slot.film !== undefined && !kept.some(({ entry }) => entry === slot.film?.entry)) clear(slot);
        // It begins anew when one comes back to it.
        else if (slot.film?.entry !== this.current && slot.video.currentTime > 0) slot.video.currentTime = 0;
      }
      for (const one of kept) this.lay(one, kept);
    };
    if (film !== undefined && isOther) this.readyAfter(this.shown(), ready);
    else if (this.later === undefined) ready();
    else this.later = ready;
  }

  private begin(slot: Slot): void {
    slot.lastSeconds = 0;
    this.isPaused = false;
    // It waited for too long, or home was away.
    if (slot.video.error !== null) slot.video.load();
    if (slot.video.dataset["ready"] === "true" && slot.film !== undefined) {
      this.wants(slot);
      this.events.begun(slot.film.entry);
    }
    void this.play(slot);
  }

  /** Once the film's first frame was seen, or did not come soon. */
  private readyAfter(slot: Slot | undefined, ready: () => void): void {
    clearTimeout(this.laterTimer);
    this.later = ready;
    const go = () => {
      if (this.laterTimer !== timer) return;
      clearTimeout(timer);
      const work = this.later;
      this.later = undefined;
      work?.();
    };
    const timer = setTimeout(go, firstFrameMsMax);
    this.laterTimer = timer;
    if (slot !== undefined && "requestVideoFrameCallback" in slot.video) slot.video.requestVideoFrameCallback(go);
  }

  /** Tells the worker how far the film on screen is wanted. */
  private wants(slot: Slot): void {
    const { video, film } = slot;
    if (film === undefined || film.entry !== this.current || !(video.duration > 0)) return;
    const share = (video.currentTime + aheadSeconds) / video.duration;
    const upTo = this.isSlow || share >= 1 ? undefined : Math.ceil(share * film.file.bytes);
    const isMore = upTo === undefined ? this.upTo !== undefined : Math.abs(upTo - (this.upTo ?? 0)) > aheadStepBytes;
    if (!isMore) return;
    this.upTo = upTo;
    this.tell();
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    const slot = this.shown();
    if (slot === undefined) return;
    if (isPaused) slot.video.pause();
    else void this.play(slot);
  }

  /** Called within a tap, so that the browser lets it be heard. */
  setSound(isOn: boolean): void {
    this.isSoundOn = isOn;
    if (isOn) {
      this.audio ??= newAudio();
      void this.audio?.resume();
    }
    const slot = this.shown();
    if (slot === undefined) return;
    this.connect(slot);
    slot.video.muted = !isOn;
  }

  seek(share: number): void {
    const video = this.shown()?.video;
    if (video !== undefined && Number.isFinite(video.duration)) video.currentTime = share * video.duration;
  }

  /** Whether the film on screen runs now. */
  isRunning(): boolean {
    const video = this.shown()?.video;
    return video !== undefined && !video.paused && video.readyState >= video.HAVE_CURRENT_DATA;
  }

  close(): void {
    this.endAsking();
    clearTimeout(this.laterTimer);
    this.laterTimer = undefined;
    tellShown("", []);
    for (const slot of this.slots) {
      clear(slot);
      slot.video.remove();
    }
    void this.audio?.close();
  }

  private shown(): Slot | undefined {
    return this.slots.find(({ film }) => film !== undefined && film.entry === this.current);
  }

  /** @param kept of other films the elements may be taken */
  private lay(film: PoolFilm, kept: readonly PoolFilm[]): void {
    const known = this.slots.find((slot) => slot.film?.entry === film.entry);
    const isKept = (slot: Slot) => kept.some(({ entry }) => entry === slot.film?.entry);
    const slot = known ?? this.slots.find((one) => one.film === undefined) ?? this.slots.find((one) => !isKept(one));
    if (slot === undefined) return;
    if (known === undefined && slot.film !== undefined) clear(slot);
    slot.film = film;
    slot.video.style.top = `${film.at * 100}%`;
    slot.video.dataset["entry"] = film.entry;
    if (known !== undefined) return;
    slot.video.dataset["ready"] = "false";
    void filmUrl(film.file).then(
      (url) => {
        if (slot.film?.entry === film.entry) slot.video.src = url;
        if (film.entry === this.current) void this.play(slot);
      },
      () => this.events.broken(film.entry),
    );
  }

  private async play(slot: Slot): Promise<void> {
    const { video, film } = slot;
    if (film === undefined || this.isPaused || !video.hasAttribute("src")) return;
    this.connect(slot);
    video.muted = !this.isSoundOn;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || film.entry !== this.current) return;
      // With sound it would need a tap; without it does not.
      video.muted = true;
      await video.play().catch(() => this.events.held(film.entry));
    }
  }

  /** Films are played equally loud: through a gain, since a volume alone cannot lift a quiet one. */
  private connect(slot: Slot): void {
    if (!this.isSoundOn || this.audio === undefined) return;
    if (slot.gain === undefined) {
      slot.gain = this.audio.createGain();
      this.audio.createMediaElementSource(slot.video).connect(slot.gain).connect(this.audio.destination);
    }
    slot.gain.gain.value = gainOf(slot.film?.loudness ?? Number.NaN);
  }

  private tick(slot: Slot): void {
    const { video, film } = slot;
    if (film === undefined || film.entry !== this.current) return;
    // Begun again: the whole was seen.
    if (video.currentTime + 0.5 < slot.lastSeconds && slot.lastSeconds > 0.9 * video.duration)
      this.events.finished(film.entry);
    slot.lastSeconds = video.currentTime;
    this.wants(slot);
    this.events.time(video.currentTime, video.duration);
  }
}

function newAudio(): AudioContext | undefined {
  try {
    return new AudioContext();
  } catch {
    return undefined; // Without it films are as loud as they are.
  }
}

function clear(slot: Slot): void {
  slot.film = undefined;
  slot.video.pause();
  slot.video.removeAttribute("src");
  slot.video.load();
  delete slot.video.dataset["entry"];
  delete slot.video.dataset["ready"];
}
