/** The screen of a Live, over every page: for the broadcaster, who sees their own picture, and for viewers. */
import type { LiveCommentView, LiveView } from "@yanshu/client";
import { Gauge, Heart, Mic, MicOff, MonitorUp, Radio, Send, SwitchCamera, Volume2, X } from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { elder } from "../../shell/prefs.ts";
import { useView } from "../../shell/session.ts";
import {
  comment,
  encodesIn,
  endLive,
  facing,
  flip,
  heart,
  isHere,
  isMuted,
  isScreen,
  isSilent,
  isSpared,
  leaveLive,
  playIn,
  shown,
  toggleMute,
  toggleScreen,
  toggleSpared,
} from "./live.ts";
import "./live.css";

type Showing = NonNullable<LiveView["showing"]>;
type Watching = NonNullable<LiveView["watching"]>;

const commentsShown = 6;
const commentMax = 200;

export function LiveOver() {
  const live = useView("live");
  if (live?.showing !== undefined) return isHere(live.showing) ? <Show now={live.showing} /> : <Elsewhere />;
  if (live?.watching !== undefined) return isHere(live.watching) ? <Watch now={live.watching} /> : <Elsewhere />;
  return null;
}

function Elsewhere() {
  return (
    <p class="live-elsewhere" role="status" data-testid="live-elsewhere">
      <Icon of={Radio} size="s" />
      {t("live.elsewhere")}
    </p>
  );
}

function Show({ now }: { now: Showing }) {
  const ref = useRef<HTMLVideoElement>(null);
  const stream = shown.value;
  const [seen, setSeen] = useState<MediaStream | undefined>(undefined);
  useLayoutEffect(() => {
    const video = ref.current;
    if (video === null) return;
    video.srcObject = stream ?? null;
    // A browser that saves power leaves `autoplay` for later.
    void video.play().catch(() => undefined);
  }, [stream]);
  const words = now.isAway ? t("live.reconnecting") : now.isIn ? t("live.on") : t("live.starting");
  const hasScreens = "getDisplayMedia" in navigator.mediaDevices;
  return (
    <section
      class="live-screen"
      role="dialog"
      aria-modal="true"
      aria-label={t("live.of", { name: personName(now.person) })}
      data-testid="live-show"
      data-encodes={encodesIn.value}
    >
      <video
        ref={ref}
        class={`live-picture ${!isScreen.value && facing.value === "user" ? "mirrored" : ""}`}
        muted
        autoplay
        playsinline
        onLoadedData={() => setSeen(stream)}
      />
      {seen !== stream && <NoPicture now={now} />}
      <Head now={now} name={now.chatTitle} words={words} isLive={now.isIn && !now.isAway} />
      <Foot now={now}>
        <div class="live-row live-controls">
          <Control
            id="live-mute"
            label={t(isMuted.value ? "live.unmute" : "live.mute")}
            pressed={isMuted.value}
            onClick={toggleMute}
          >
            <Icon of={isMuted.value ? MicOff : Mic} />
          </Control>
          {!elder.value && !isScreen.value && (
            <Control id="live-flip" label={t("live.flip")} onClick={() => void flip()}>
              <Icon of={SwitchCamera} />
            </Control>
          )}
          {!elder.value && hasScreens && (
            <Control
              id="live-screen"
              label={t(isScreen.value ? "live.camera" : "live.screen")}
              pressed={isScreen.value}
              onClick={() => void toggleScreen()}
            >
              <Icon of={MonitorUp} />
            </Control>
          )}
          <button type="button" class="live-end" data-testid="live-end" onClick={() => void endLive()}>
            {t("live.end")}
          </button>
        </div>
      </Foot>
    </section>
  );
}

function Watch({ now }: { now: Watching }) {
  const ref = useRef<HTMLVideoElement>(null);
  const { live } = now;
  const [seen, setSeen] = useState("");
  useEffect(() => (ref.current === null ? undefined : playIn(ref.current, live)), [live]);
  const words = now.at === "on" ? onWords(now) : t(now.at === "away" ? "live.away" : "live.joining");
  return (
    <section
      class="live-screen"
      role="dialog"
      aria-modal="true"
      aria-label={t("live.of", { name: personName(now.person) })}
      data-testid="live-watching"
      data-at={now.at}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: live speech has no captions. */}
      <video ref={ref} class="live-picture" playsinline data-testid="live-picture" onLoadedData={() => setSeen(live)} />
      {seen !== live && <NoPicture now={now} />}
      <Head now={now} name={personName(now.person)} words={words} isLive={now.at === "on"} />
      {isSilent.value && (
        <button
          type="button"
          class="live-sound"
          data-testid="live-sound"
          onClick={() => {
            isSilent.value = false;
            if (ref.current !== null) ref.current.muted = false;
          }}
        >
          <Icon of={Volume2} />
          {t("live.sound")}
        </button>
      )}
      <Foot now={now}>
        {elder.value ? (
          <button type="button" class="live-end" data-testid="live-leave" onClick={leaveLive}>
            {t("live.leave")}
          </button>
        ) : (
          <Say live={live} />
        )}
      </Foot>
      {!elder.value && (
        <button
          type="button"
          class="live-close"
          aria-label={t("live.leave")}
          data-testid="live-leave"
          onClick={leaveLive}
        >
          <Icon of={X} />
        </button>
      )}
    </section>
  );
}

/** In the place of a picture that is not there yet: a black one looks like a fault. */
function NoPicture({ now }: { now: Showing | Watching }) {
  return (
    <div class="live-no-picture" data-testid="live-no-picture">
      <Avatar face={now.face} size="xl" />
    </div>
  );
}

type HeadProps = {
  readonly now: Showing | Watching;
  readonly name: string;
  readonly words: string;
  readonly isLive: boolean;
};
function Head({ now, name, words, isLive }: HeadProps) {
  return (
    <header class="live-head">
      <Avatar face={now.face} size="sm" />
      <div>
        <h1 class="ell">{now.title === "" ? name : `${name} · ${now.title}`}</h1>
        <p role="status" data-testid="live-words" class={isLive ? "on" : ""}>
          {words}
        </p>
      </div>
      <p class="live-count" data-testid="live-count">
        {t("live.n", { n: now.watching })}
      </p>
    </header>
  );
}

function Foot({ now, children }: { now: Showing | Watching; children: preact.ComponentChildren }) {
  return (
    <footer class="live-foot">
      <div class="live-row">
        <ul class="live-comments" aria-label={t("live.comments")} aria-live="polite" data-testid="live-comments">
          {now.comments.slice(-commentsShown).map((one) => (
            <Comment key={one.n} one={one} />
          ))}
        </ul>
        <p class="live-hearts" data-testid="live-hearts" title={t("live.hearts", { n: now.hearts })}>
          <Icon of={Heart} size="s" />
          {now.hearts}
        </p>
      </div>
      {children}
    </footer>
  );
}

function Comment({ one }: { one: LiveCommentView }) {
  return (
    <li data-testid="live-comment">
      <b>{personName(one.person)}</b> {one.text}
    </li>
  );
}

/** Says why the picture is small: the viewer asked for it, or the network is slow. */
function onWords({ isSmall }: Watching): string {
  if (!isSmall) return t("live.on");
  return t(isSpared.value ? "live.small.asked" : "live.small");
}

function Say({ live }: { live: string }) {
  const [text, setText] = useState("");
  const send = async (event: Event) => {
    event.preventDefault();
    if (text.trim() !== "" && (await comment(text))) setText("");
  };
  return (
    <form class="live-row" onSubmit={(event) => void send(event)}>
      <input
        class="live-field"
        data-testid="live-field"
        aria-label={t("live.say")}
        placeholder={t("live.say")}
        maxLength={commentMax}
        enterkeyhint="send"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() !== "" && (
        <button type="submit" class="live-control" aria-label={t("live.send")} data-testid="live-send">
          <Icon of={Send} />
        </button>
      )}
      <Control
        id="live-spare"
        label={t(isSpared.value ? "live.full.ask" : "live.small.ask")}
        pressed={isSpared.value}
        onClick={() => toggleSpared(live)}
      >
        <Icon of={Gauge} />
      </Control>
      <button
        type="button"
        class="live-control heart"
        aria-label={t("live.heart")}
        data-testid="live-heart"
        onClick={heart}
      >
        <Icon of={Heart} />
      </button>
    </form>
  );
}

type ControlProps = {
  readonly id: string;
  readonly label: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: preact.ComponentChildren;
};
function Control({ id, label, pressed, onClick, children }: ControlProps) {
  return (
    <button
      type="button"
      class="live-control"
      aria-label={label}
      title={label}
      data-testid={id}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
