/** The screen of a call between two, over every page: full screen, or a small tile. */
import type { CallNow, CallsView } from "@yanshu/client";
import { ChevronDown, Ellipsis, Phone, UserPlus, Video } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import { AddPeople, addingTo } from "./add-people.tsx";
import { ChatDisc, useBeside } from "./beside.tsx";
import {
  answerCall,
  declineCall,
  flipCamera,
  hangUp,
  heard,
  held,
  isHere,
  isSmall,
  isVoiceFirst,
  remote,
  theirs,
  toggleCamera,
  toggleMute,
  toggleSharing,
} from "./call.ts";
import { facing, isSharing, local, speaker } from "./devices.ts";
import { Disc } from "./disc.tsx";
import { hasGroupCalls } from "./group-call.ts";
import { hasMore, isMoreOpen, More } from "./more.tsx";
import { isPreviewed, OwnPreview } from "./own-preview.tsx";
import { DeviceDiscs, RingDiscs, Timer } from "./parts.tsx";
import { Trust, Verse } from "./sheet-lines.tsx";
import { SilenceButton, SilencedNote } from "./silenced.tsx";
import "./calls.css";

export function CallOver() {
  const latest = useView("calls");
  const calls = held.value ?? latest;
  const now = calls?.now;
  if (now === undefined) return null;
  return (
    <>
      <Sound />
      {now.at === "ringing" ? (
        <Incoming now={now} />
      ) : isSmall.value || !isHere(now) ? (
        <Small now={now} />
      ) : (
        <Talk now={now} />
      )}
      {calls?.waiting !== undefined && <Waiting waiting={calls.waiting} />}
      {isMoreOpen.value && isHere(now) && now.at !== "ringing" && (
        <More isTalking={now.at === "talking"} isOfTwo onShare={() => void toggleSharing()} />
      )}
      {now.at === "talking" && addingTo.value?.call === now.call && <AddPeople />}
    </>
  );
}

/** Plays the other party's voice, in every layout. */
function Sound() {
  const ref = useRef<HTMLAudioElement>(null);
  const stream = heard.value;
  const isOn = remote.value !== undefined;
  const out = speaker.value;
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = stream ?? null;
  }, [stream]);
  useEffect(() => {
    // Autoplay policy: before the first tap on the page, `play` is refused, even for silence.
    if (isOn && ref.current?.paused === true) void ref.current.play().catch(() => undefined);
  }, [isOn, stream]);
  useEffect(() => {
    // On failure, such as when the device was unplugged, the voice stays on the old output.
    void ref.current?.setSinkId?.(out).catch(() => undefined);
  }, [out]);
  return <audio ref={ref} autoplay muted={!isOn} />;
}

function Picture({ stream, mine }: { stream: MediaStream | undefined; mine: boolean }) {
  // The front camera is mirrored, as people know themselves; the rear camera is not, so that text is readable.
  const mirrored = mine && facing.value === "user" && !isSharing.value ? "mirrored" : "";
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = stream ?? null;
  }, [stream]);
  return (
    <video
      ref={ref}
      class={mine ? `self ${mirrored} ${isSharing.value ? "screen" : ""}` : "them"}
      autoplay
      playsInline
      muted
      data-testid={mine ? "call-self" : "call-them"}
    />
  );
}

function Who({ now, words, children }: { now: CallNow; words: string; children?: preact.ComponentChildren }) {
  return (
    <div class="call-who">
      <Avatar face={now.face} size="xxl" />
      <h1>{personName(now.person)}</h1>
      <p role="status" data-testid="call-words">
        {words}
      </p>
      {children}
      <Verse at={now.at} />
      {local.value?.getVideoTracks().length !== 1 && <Trust account={now.person.account} />}
    </div>
  );
}

function Incoming({ now }: { now: CallNow }) {
  const words = t(`call.in.${now.media}`);
  return (
    <section
      class={`call-screen ${isPreviewed.value ? "previewed" : ""}`}
      role="alertdialog"
      aria-modal="true"
      aria-label={`${words} · ${personName(now.person)}`}
      data-testid="call-incoming"
      data-at="ringing"
    >
      <SilenceButton call={now.call} />
      <Who now={now} words={words}>
        <SilencedNote call={now.call} />
      </Who>
      <OwnPreview key={now.call} media={now.media} />
      <RingDiscs
        media={now.media}
        ids={{ decline: "call-decline", answer: "call-answer" }}
        onDecline={() => declineCall(now.call)}
        onReply={() => {
          declineCall(now.call);
          go({ name: "chat", id: now.conversation });
        }}
        onAnswer={(media) => void answerCall(now.call, media === "video")}
      />
    </section>
  );
}

function Talk({ now }: { now: CallNow }) {
  const hasPicture = isSeen(now);
  const picture = local.value?.getVideoTracks().length === 1;
  const isBeside = useBeside(now.conversation);
  return (
    <section
      class={`call-screen ${hasPicture ? "seen" : ""}`}
      role="dialog"
      aria-modal={!isBeside}
      aria-label={t("call.with", { name: personName(now.person) })}
      data-testid="call-screen"
      data-at={now.at}
    >
      {hasPicture && <Picture stream={remote.value} mine={false} />}
      <button
        type="button"
        class="icon-button call-small"
        aria-label={t("call.minimise")}
        data-testid="call-minimise"
        onClick={() => (isSmall.value = true)}
      >
        <Icon of={ChevronDown} />
      </button>
      {now.at === "talking" && hasGroupCalls() && (
        <button
          type="button"
          class="icon-button call-small call-add"
          aria-label={t("call.add")}
          data-testid="call-add"
          onClick={() => (addingTo.value = { call: now.call, account: now.person.account })}
        >
          <Icon of={UserPlus} />
        </button>
      )}
      <Who now={now} words={wordsOf(now)}>
        {now.at === "talking" && <Timer sinceMs={now.sinceMs} />}
        {!theirs.value.voice && (
          <p class="call-note" data-testid="call-their-mute">
            {t("call.theirMute", { name: personName(now.person) })}
          </p>
        )}
        {hasPicture && theirs.value.screen && (
          <p class="call-note">{t("call.theirScreen", { name: personName(now.person) })}</p>
        )}
        {isSharing.value && <p class="call-note">{t("call.sharing")}</p>}
        {isVoiceFirst.value && (
          <p class="call-note" role="status" data-testid="call-weak">
            {t("call.weak")}
          </p>
        )}
      </Who>
      {picture && <Picture stream={local.value} mine />}
      <div class="call-discs">
        <DeviceDiscs
          ids={{ mute: "call-mute", camera: "call-camera" }}
          onMute={toggleMute}
          onCamera={() => void toggleCamera()}
          onFlip={() => void flipCamera()}
        />
        {now.at === "talking" && <ChatDisc conversation={now.conversation} />}
        {hasMore({ isTalking: now.at === "talking", isOfTwo: true }) && (
          <Disc label={t("call.more")} id="call-more" onClick={() => (isMoreOpen.value = true)}>
            <Icon of={Ellipsis} />
          </Disc>
        )}
        <Disc kind="no" label={t("call.hangUp")} id="call-hang-up" onClick={hangUp}>
          <Icon of={Phone} />
        </Disc>
      </div>
    </section>
  );
}

const isSeen = (now: CallNow) => theirs.value.picture && remote.value !== undefined && now.at === "talking";

function wordsOf(now: CallNow): string {
  if (now.at === "calling") {
    if (now.isBusy) return t("call.busy");
    return t(now.isReached ? "call.ringing" : now.isWaking ? "call.waking" : "call.calling");
  }
  if (now.at === "joining") return t("call.joining");
  return now.isAway ? t("call.away") : "";
}

function Small({ now }: { now: CallNow }) {
  const here = isHere(now);
  const seen = here && isSeen(now);
  const name = personName(now.person);
  const label = here ? t("call.open", { name }) : t("call.elsewhereHere");
  return (
    <button
      type="button"
      class={`call-float ${seen ? "seen" : ""}`}
      data-testid="call-float"
      disabled={!here}
      onClick={() => (isSmall.value = false)}
    >
      {/* The accessible name contains the visible text (WCAG 2.5.3). */}
      <span class="sr">{label}</span>
      {seen ? <Picture stream={remote.value} mine={false} /> : <Icon of={now.media === "video" ? Video : Phone} />}
      {now.at === "talking" ? <Timer sinceMs={now.sinceMs} /> : <span aria-hidden={here}>{name}</span>}
    </button>
  );
}

function Waiting({ waiting }: { waiting: NonNullable<CallsView["waiting"]> }) {
  const name = personName(waiting.person);
  const words = t(`call.in.${waiting.media}`);
  return (
    <div class="call-waiting" role="alertdialog" aria-label={`${words} · ${name}`} data-testid="call-waiting">
      <Avatar face={waiting.face} size="sm" />
      <p>
        <b>{name}</b>
        <span>{words}</span>
      </p>
      <button
        type="button"
        class="btn call-no"
        data-testid="call-waiting-decline"
        onClick={() => declineCall(waiting.call)}
      >
        {t("call.decline")}
      </button>
      <button
        type="button"
        class="btn fill"
        data-testid="call-waiting-answer"
        onClick={() => void answerCall(waiting.call, false)}
      >
        {t("call.endAndAnswer")}
      </button>
    </div>
  );
}
