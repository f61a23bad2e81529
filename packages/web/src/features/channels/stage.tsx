/**
 * Stage: films one below the other, of which one is on screen. A swipe, the wheel, the arrows, J and K, or the buttons
 * lead on; a tap pauses, a double tap likes. Nothing goes on by itself.
 */
import type { ChannelFilmView } from "@yanshu/client";
import { ChevronUp, Heart, Play } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { onDrag } from "../../shell/drag.ts";
import { Icon } from "../../shell/icon.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { cueAt, cuesIn } from "./captions.ts";
import { Comments } from "./comments.tsx";
import { FilmPool, type PoolFilm } from "./film-pool.ts";
import { onFilms } from "./film-url.ts";
import { areCaptionsOn, isSoundOn, setSoundOn } from "./prefs.ts";
import { stopClock, stopMinutes } from "./screen-time.ts";
import { ShareSheet } from "./share.tsx";
import { Slide, type SlideActs } from "./slide.tsx";
import { StopCard } from "./stop-card.tsx";
import { useWatch } from "./use-watch.ts";
import { WhySheet } from "./why.tsx";

/** A faster flick turns the page however short it was, in px a ms. */
const flick = 0.4;
const turnShare = 0.25;
/** One turn of a wheel is many events. */
const wheelRestMs = 380;
const wheelMin = 24;
const doubleTapMs = 260;
/** Of the room's width, from which on comments stand beside the film. */
const wideFrom = 820;

type StageProps = {
  readonly films: readonly ChannelFilmView[];
  readonly label: string;
  /** The entry to begin with. */
  readonly first?: string | undefined;
  readonly showsWhy?: boolean;
  /** After the last film. Absent: it ends there. */
  readonly end?: ComponentChildren;
  /** The end comes near. */
  readonly onNearEnd?: () => void;
};
type Open = "comments" | "why" | "share";

export function Stage({ films, label, first, showsWhy = false, end, onNearEnd }: StageProps) {
  const [entry, setEntry] = useState(first ?? films[0]?.entry ?? "");
  /** Where it stood, should it be gone from the list; one past the last is the end. */
  const [place, setPlace] = useState(() =>
    Math.max(
      0,
      films.findIndex((film) => film.entry === first),
    ),
  );
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [isPaused, setPaused] = useState(false);
  const [broken, setBroken] = useState<ReadonlyMap<string, "broken" | "wrong">>(new Map());
  const [isHeld, setHeld] = useState(false);
  const [isStopped, setStopped] = useState(false);
  const [stamp, setStamp] = useState<{ readonly x: number; readonly y: number; readonly n: number } | undefined>();
  const [seconds, setSeconds] = useState(0);
  const [isWide, setWide] = useState(false);
  // In elder mode the buttons that turn the page stand below the film: comments lie over it there.
  const isBeside = isWide && !elder.value;
  const room = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLInputElement>(null);
  const pool = useRef<FilmPool | undefined>(undefined);

  const known = films.findIndex((film) => film.entry === entry);
  const at = place >= films.length ? films.length : known < 0 ? Math.min(place, films.length - 1) : known;
  const film = isStopped ? undefined : films[at];
  const last = films.length - (end === undefined ? 1 : 0);
  const finish = useWatch({
    film,
    isRunning: () => film !== undefined && (film.kind === "pictures" || pool.current?.isRunning() === true),
  });
  const cues = useMemo(() => cuesIn(film?.captions ?? ""), [film?.captions]);
  // Captions are shown to elders, while the film is silent, and else unless they were hidden.
  const showsCaptions = elder.value || areCaptionsOn.value || !isSoundOn.value;
  const caption = showsCaptions ? cueAt(cues, seconds * 1_000) : undefined;

  const markBroken = (which: string, why: "broken" | "wrong") =>
    setBroken((before) => (before.get(which) === "wrong" ? before : new Map(before).set(which, why)));
  const events = useRef({ finish, markBroken });
  events.current = { finish, markBroken };

  useLayoutEffect(() => {
    const stage = track.current;
    if (stage === null) return undefined;
    const made = new FilmPool(stage, {
      broken: (which) => events.current.markBroken(which, "broken"),
      begun: () => setHeld(false),
      finished: () => events.current.finish(),
      held: () => setHeld(true),
      time(now, whole) {
        setSeconds(now);
        const field = bar.current;
        if (field === null || !Number.isFinite(whole) || whole === 0) return;
        field.value = `${Math.round((1_000 * now) / whole)}`;
        field.style.setProperty("--share", `${(100 * now) / whole}%`);
      },
    });
    pool.current = made;
    made.setSound(isSoundOn.peek());
    return () => {
      pool.current = undefined;
      made.close();
    };
  }, []);

  useLayoutEffect(() => {
    setSeconds(0);
    setPaused(false);
    const poolFilm = (place: number): PoolFilm | undefined => {
      const one = films[place];
      const [file] = one?.files ?? [];
      if (one === undefined || file === undefined || one.kind !== "film") return undefined;
      return { entry: one.entry, file, loudness: one.loudness, at: place };
    };
    const near = [at + 1, at + 2, at - 1].flatMap((place) => poolFilm(place) ?? []);
    pool.current?.show(isStopped ? undefined : poolFilm(at), near);
  }, [films[at]?.entry, films[at + 1]?.entry, films[at + 2]?.entry, at, isStopped]);

  useEffect(() => {
    const one = films[at];
    if (one !== undefined && one.entry !== entry) setEntry(one.entry);
    if (at !== place) setPlace(at);
    if (at + 3 >= films.length) onNearEnd?.();
  }, [at, films.length, films[at]?.entry]);

  useEffect(
    () =>
      onFilms((said) => {
        if (said.kind !== "film-wrong") return;
        const { hash } = said;
        const found = films.find(({ files }) => files.some((file) => file.hash === hash));
        if (found !== undefined) events.current.markBroken(found.entry, "wrong");
      }),
    [films],
  );

  useLayoutEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWide(element.clientWidth >= wideFrom));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const turn = (by: number) => {
    if (open !== undefined && !(open === "comments" && isBeside)) return;
    const next = Math.min(last, Math.max(0, at + by));
    if (next === at || isStopped) return;
    if (next > at && stopClock.isDue(stopMinutes.peek())) setStopped(true);
    setPlace(next);
    const one = films[next];
    if (one !== undefined) setEntry(one.entry);
  };
  const pause = () => {
    if (film?.kind !== "film") return;
    pool.current?.setPaused(!isPaused);
    setPaused(!isPaused);
    setHeld(false);
  };
  const like = (isOn: boolean) => {
    if (film !== undefined) void attempt(() => api.likeFilm(film.entry, isOn));
  };
  const sound = () => {
    setSoundOn(!isSoundOn.peek());
    pool.current?.setSound(isSoundOn.peek());
  };
  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  keys.current = (event) => {
    const { target, key } = event;
    const isWriting = target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null;
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = target instanceof HTMLElement && target.closest("button, a") !== null;
    const work = {
      ArrowDown: () => turn(1),
      j: () => turn(1),
      PageDown: () => turn(1),
      ArrowUp: () => turn(-1),
      k: () => turn(-1),
      PageUp: () => turn(-1),
      " ": isButton ? undefined : pause,
      l: () => like(film?.isLiked !== true),
      m: sound,
      c: () => setOpen("comments"),
    }[key.length === 1 ? key.toLowerCase() : key];
    if (work === undefined) return;
    event.preventDefault();
    work();
  };
  useEffect(() => {
    const listener = (event: KeyboardEvent) => keys.current(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);

  const turnRef = useRef(turn);
  turnRef.current = turn;
  const move = (px: number | undefined) => {
    const element = track.current;
    if (element === null) return;
    element.classList.toggle("held", px !== undefined);
    element.style.setProperty("--drag", `${px ?? 0}px`);
  };
  useEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const end = onDrag<boolean>(element, {
      along: "y",
      take: (target) => (target.closest(".ch-side, input, dialog") === null ? true : undefined),
      move: (_, px) => move(px),
      drop(_, px, speed) {
        move(undefined);
        const isTurned = Math.abs(speed) > flick || Math.abs(px) > element.clientHeight * turnShare;
        if (isTurned && px !== 0) turnRef.current(px < 0 ? 1 : -1);
      },
    });
    let quietAfter = 0;
    const wheel = (event: WheelEvent) => {
      if (event.target instanceof Element && event.target.closest(".ch-side, dialog") !== null) return;
      event.preventDefault();
      if (event.timeStamp < quietAfter || Math.abs(event.deltaY) < wheelMin) return;
      quietAfter = event.timeStamp + wheelRestMs;
      turnRef.current(event.deltaY > 0 ? 1 : -1);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      end();
      element.removeEventListener("wheel", wheel);
    };
  }, []);

  const tapped = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const tap = (event: MouseEvent) => {
    if (tapped.current === undefined) {
      tapped.current = setTimeout(() => {
        tapped.current = undefined;
        pause();
      }, doubleTapMs);
      return;
    }
    clearTimeout(tapped.current);
    tapped.current = undefined;
    const box = room.current?.getBoundingClientRect();
    setStamp({ x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0), n: (stamp?.n ?? 0) + 1 });
    like(true);
  };

  const acts: SlideActs = {
    like: () => like(film?.isLiked !== true),
    comments: () => setOpen(open === "comments" ? undefined : "comments"),
    why: () => setOpen("why"),
    share: () => setOpen("share"),
    sound,
  };
  const around = [at - 1, at, at + 1].flatMap((place) => {
    const one = films[place];
    return one === undefined ? [] : [{ one, place }];
  });
  return (
    <div ref={room} class={`ch-room ${isWide ? "wide-room" : ""}`}>
      <div class="ch-stage" data-testid="stage" data-at={at}>
        <div ref={track} class="ch-track" style={{ "--at": at }}>
          {/* At its end no film is there for who listens. */}
          <div class="ch-feed" {...(at < films.length && { role: "feed", "aria-label": label })}>
            {around.map(({ one, place }) => (
              <article
                key={one.entry}
                class="ch-slide"
                style={{ top: `${place * 100}%` }}
                aria-label={`${one.channel.name} · ${one.title}`}
                aria-posinset={place + 1}
                aria-setsize={films.length}
                inert={place !== at}
                data-testid="film"
                data-entry={one.entry}
                data-here={place === at}
              >
                {/* biome-ignore lint/a11y/useSemanticElements: a button would hold the links and buttons over it. */}
                <div
                  class="ch-tap"
                  role="button"
                  tabIndex={place === at ? 0 : -1}
                  aria-label={t(isPaused ? "ch.play" : "ch.pause")}
                  data-testid="film-tap"
                  onClick={tap}
                  onKeyDown={(event) => event.key === "Enter" && pause()}
                />
                <Slide
                  film={one}
                  acts={acts}
                  caption={place === at ? caption : undefined}
                  showsWhy={showsWhy}
                  isHere={place === at}
                />
                {place === at && broken.has(one.entry) && (
                  <p class="ch-broken" role="status" data-testid="film-broken">
                    {t(broken.get(one.entry) === "wrong" ? "ch.wrong" : "ch.broken")}
                  </p>
                )}
              </article>
            ))}
          </div>
          {at + 1 >= films.length && end !== undefined && (
            <div class="ch-slide ch-end" style={{ top: `${films.length * 100}%` }} inert={at < films.length}>
              {end}
            </div>
          )}
        </div>
        {(isPaused || isHeld) && film !== undefined && (
          <span class="ch-paused" aria-hidden="true">
            <Icon of={Play} size="l" solid />
          </span>
        )}
        {stamp !== undefined && (
          <span
            key={stamp.n}
            class="ch-stamp"
            aria-hidden="true"
            style={{ left: `${stamp.x}px`, top: `${stamp.y}px` }}
            onAnimationEnd={() => setStamp(undefined)}
          >
            <Icon of={Heart} solid />
          </span>
        )}
        {film?.kind === "film" && (
          <input
            ref={bar}
            key={film.entry}
            class="ch-progress"
            type="range"
            min={0}
            max={1_000}
            defaultValue="0"
            aria-label={t("ch.progress")}
            onInput={(event) => pool.current?.seek(Number(event.currentTarget.value) / 1_000)}
          />
        )}
        {isStopped && (
          <StopCard
            onMore={() => {
              stopClock.grant(stopMinutes.peek());
              setStopped(false);
            }}
          />
        )}
      </div>
      {(isWide || elder.value) && !isStopped && (
        <div class={elder.value ? "ch-next" : "ch-arrows"}>
          <Turn words="ch.before" testId="film-before" isOff={at === 0} onTurn={() => turn(-1)} />
          <Turn words="ch.next" testId="film-next" isOff={at >= last} onTurn={() => turn(1)} />
        </div>
      )}
      {film !== undefined && open === "comments" && (
        <Comments key={film.entry} film={film} isBeside={isBeside} onClose={() => setOpen(undefined)} />
      )}
      {film !== undefined && open === "why" && (
        <WhySheet
          film={film}
          onClose={() => setOpen(undefined)}
          onAway={() => {
            setOpen(undefined);
            toast(t("ch.lessDone"));
          }}
        />
      )}
      {film !== undefined && open === "share" && <ShareSheet film={film} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

type TurnProps = {
  readonly words: "ch.before" | "ch.next";
  readonly testId: string;
  readonly isOff: boolean;
  readonly onTurn: () => void;
};

/** A disc beside the film; in elder mode a wide button with its words. */
function Turn({ words, testId, isOff, onTurn }: TurnProps) {
  const isNext = words === "ch.next";
  const look = elder.value ? `btn ${isNext ? "fill" : "line"}` : "ch-arrow";
  return (
    <button type="button" class={look} aria-label={t(words)} disabled={isOff} data-testid={testId} onClick={onTurn}>
      <span class={isNext ? "ch-down" : ""}>
        <Icon of={ChevronUp} />
      </span>
      {elder.value && t(words)}
    </button>
  );
}
