/** The screen of a group call, over every page: ringing, a grid of avatars and pictures, or a small tile. */
import { useSignal } from "@preact/signals";
import type { GroupCallNow, GroupCallPerson, GroupCallsView } from "@yanshu/client";
import { ChevronDown, Ellipsis, MicOff, Phone, ScreenShareOff, UserPlus, Users } from "lucide";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { personName, personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { ChatDisc, hasBeside, People, useBeside } from "./beside.tsx";
import { facing, isSharing, local, speaker } from "./devices.ts";
import { Disc } from "./disc.tsx";
import {
  choosing,
  flipGroupCamera,
  groupRing,
  isGroupSmall,
  isHere,
  joinGroupCall,
  leaveGroupCall,
  peer,
  pictureOrder,
  sealCounts,
  seatOfSlot,
  sharerOf,
  showPictures,
  silence,
  speaking,
  spokeLast,
  toggleGroupCamera,
  toggleGroupMute,
  toggleGroupSharing,
} from "./group-call.ts";
import { hasMore, isMoreOpen, More } from "./more.tsx";
import { isPreviewed, OwnPreview } from "./own-preview.tsx";
import { DeviceDiscs, RingDiscs, Timer } from "./parts.tsx";
import { Verse } from "./sheet-lines.tsx";
import { SilenceButton, SilencedNote } from "./silenced.tsx";
import "./calls.css";
import "./group.css";

/** With more people, one tile is large and the others small. */
const tilesMax = 9;
/** With up to this many people, each picture is requested in full size. */
const fullMax = 4;

export function GroupCallOver() {
  const calls = useView("groupCalls");
  const ringing = groupRing();
  if (calls === undefined) return null;
  const { now } = calls;
  return (
    <>
      {now !== undefined && isHere(now) && <Voices />}
      {now === undefined ? null : isGroupSmall.value || !isHere(now) ? <Small now={now} /> : <Talk now={now} />}
      {now !== undefined && isHere(now) && isMoreOpen.value && (
        <More isTalking={now.isIn} isOfTwo={false} onShare={() => void toggleGroupSharing()} />
      )}
      {ringing !== undefined && <Incoming ringing={ringing} />}
    </>
  );
}

/** Plays all voices, in every layout. */
function Voices() {
  const slots = peer.value?.slots.filter(({ kind }) => kind === "voice") ?? [];
  return (
    <>
      {slots.map(({ index, stream }) => (
        <Voice key={index} stream={stream} />
      ))}
    </>
  );
}

function Voice({ stream }: { stream: MediaStream }) {
  const ref = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = stream;
  }, [stream]);
  const out = speaker.value;
  useEffect(() => {
    // On failure, such as when the device was unplugged, the voice stays on the old output.
    void ref.current?.setSinkId?.(out).catch(() => undefined);
  }, [out]);
  // biome-ignore lint/a11y/useMediaCaption: live speech has no captions.
  return <audio ref={ref} autoplay />;
}

function Incoming({ ringing }: { ringing: NonNullable<GroupCallsView["ringing"]> }) {
  const words = t(`call.group.in.${ringing.media}`, { title: ringing.title });
  const name = personName(ringing.person);
  const inIt = ringing.people.filter(({ account }) => account !== ringing.person.account);
  return (
    <section
      class={`call-screen ${isPreviewed.value ? "previewed" : ""}`}
      role="alertdialog"
      aria-modal="true"
      aria-label={`${name} · ${words}`}
      data-testid="group-call-incoming"
      data-at="ringing"
    >
      <SilenceButton call={ringing.call} />
      <div class="call-who">
        <Avatar face={ringing.face} size="xxl" />
        <h1>{name}</h1>
        <p role="status">{words}</p>
        {inIt.length > 0 && (
          <p class="call-note" data-testid="group-call-in-it">
            {t("call.group.inIt", { names: personNames(inIt) })}
          </p>
        )}
        <SilencedNote call={ringing.call} />
        <Verse at="ringing" />
      </div>
      <OwnPreview key={ringing.call} media={ringing.media} />
      <RingDiscs
        media={ringing.media}
        ids={{ decline: "group-call-decline", answer: "group-call-answer" }}
        onDecline={() => silence(ringing.call)}
        onAnswer={(media) => void joinGroupCall(ringing.conversation, ringing.call, media)}
      />
    </section>
  );
}

function Talk({ now }: { now: GroupCallNow }) {
  const { people } = now;
  const isCrowd = people.length > tilesMax;
  const screen = sharerOf(people, (one) => streamOf(one) !== undefined);
  const spoke = people.find(({ seat, isHere: mine }) => !mine && seat === spokeLast.value);
  const large = screen ?? (isCrowd ? (spoke ?? people[1]) : undefined);
  const shown = pictureOrder(people, large).filter(({ picture, isHere: mine }) => picture && !mine);
  const sharers = new Set(shown.flatMap(({ seat, screen: shares }) => (shares ? [seat] : [])));
  useEffect(() =>
    showPictures(
      shown.map(({ seat }) => seat),
      (seat) => {
        if (seat === large?.seat) return 2;
        if (isCrowd) return sharers.has(seat) ? 1 : 0;
        return large === undefined && people.length <= fullMax ? 2 : 1;
      },
    ),
  );
  const isBeside = useBeside(now.conversation);
  const hasPeople = hasBeside.value && !isBeside;
  return (
    <section
      class={`call-screen group-call ${hasPeople ? "with-people" : ""}`}
      role="dialog"
      aria-modal={!isBeside}
      aria-label={t("call.group.with", { title: now.title })}
      data-testid="group-call-screen"
      data-opened={sealCounts.value?.opened ?? 0}
      data-refused={(sealCounts.value?.refused ?? 0) + (sealCounts.value?.replayed ?? 0)}
    >
      <header class="group-head">
        <button
          type="button"
          class="icon-button"
          aria-label={t("call.minimise")}
          data-testid="group-call-minimise"
          onClick={() => (isGroupSmall.value = true)}
        >
          <Icon of={ChevronDown} />
        </button>
        <div>
          <h1 class="ell">{now.title}</h1>
          <div class="group-words">
            <p role="status" data-testid="group-call-words">
              {wordsOf(now)}
            </p>
            <Timer sinceMs={now.sinceMs} />
          </div>
          {now.rung.length > 0 && (
            <p class="ell" role="status" data-testid="group-call-rung">
              {t("call.group.rung", { names: personNames(now.rung) })}
            </p>
          )}
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label={t("call.add")}
          data-testid="group-call-add"
          onClick={() => (choosing.value = { chat: now.conversation, media: now.media, call: now.call })}
        >
          <Icon of={UserPlus} />
        </button>
      </header>
      {isSharing.value && (
        <p class="group-sharing" role="status" data-testid="group-call-sharing">
          {t("call.group.shares")}
          <button type="button" class="btn" data-testid="group-call-unshare" onClick={() => void toggleGroupSharing()}>
            <Icon of={ScreenShareOff} size="s" />
            {t("call.unshare")}
          </button>
        </p>
      )}
      {large !== undefined ? (
        <Crowd people={people} large={large} isSeen={!isCrowd} />
      ) : (
        <ul class={`group-tiles n${columnsOf(people.length)}`} data-testid="group-call-tiles">
          {people.map((one) => (
            <Tile key={one.device} one={one} />
          ))}
        </ul>
      )}
      <div class="call-discs">
        <DeviceDiscs
          ids={{ mute: "group-call-mute", camera: "group-call-camera" }}
          onMute={() => void toggleGroupMute()}
          onCamera={() => void toggleGroupCamera()}
          onFlip={() => void flipGroupCamera()}
        />
        {now.isIn && <ChatDisc conversation={now.conversation} />}
        {hasMore({ isTalking: now.isIn, isOfTwo: false }) && (
          <Disc label={t("call.more")} id="call-more" onClick={() => (isMoreOpen.value = true)}>
            <Icon of={Ellipsis} />
          </Disc>
        )}
        <Disc kind="no" label={t("call.hangUp")} id="group-call-leave" onClick={leaveGroupCall}>
          <Icon of={Phone} />
        </Disc>
      </div>
      {hasPeople && <People now={now} />}
    </section>
  );
}

function columnsOf(count: number): 1 | 2 | 3 {
  if (count === 1) return 1;
  return count <= fullMax ? 2 : 3;
}

function wordsOf(now: GroupCallNow): string {
  if (now.isAway) return t("call.away");
  if (!now.isIn || now.answer === undefined) return t("call.joining");
  if (now.people.length === 1) return t("call.group.alone");
  return t("call.group.count", { n: now.people.length });
}

/** A person's picture: the slot that was opened by the key of their seat. */
function streamOf({ seat, isHere: mine, picture }: GroupCallPerson): MediaStream | undefined {
  if (!picture) return undefined;
  if (mine) return local.value;
  return peer.value?.slots.find(({ kind, index }) => kind === "picture" && seatOfSlot.value.get(index) === seat)
    ?.stream;
}

type TileProps = {
  readonly one: GroupCallPerson;
  readonly size?: "tile" | "large" | "small";
  readonly isSeen?: boolean;
};

function Tile({ one, size = "tile", isSeen = true }: TileProps) {
  const name = one.isHere ? t("call.group.me") : personName(one.person);
  const stream = isSeen ? streamOf(one) : undefined;
  const isSpeaking = speaking.value.has(one.seat);
  return (
    <li
      class={`group-tile ${size} ${isSpeaking ? "speaking" : ""} ${one.screen ? "screen" : ""}`}
      data-testid="group-call-tile"
      data-seen={stream !== undefined}
      data-name={name}
    >
      <Avatar face={one.face} size={size === "small" ? "md" : "xl"} />
      {stream !== undefined && <Picture stream={stream} mine={one.isHere && !one.screen} />}
      <span class="group-name">
        {!one.voice && <Icon of={MicOff} size="s" />}
        <span class="ell">{one.screen ? screenName(one) : name}</span>
        {!one.voice && <span class="sr">{t("call.group.muted")}</span>}
        {isSpeaking && <span class="sr">{t("call.group.speaks")}</span>}
      </span>
    </li>
  );
}

function screenName({ isHere: mine, person }: GroupCallPerson): string {
  return mine ? t("call.group.shares") : t("call.theirScreen", { name: personName(person) });
}

type CrowdProps = {
  readonly people: readonly GroupCallPerson[];
  readonly large: GroupCallPerson;
  /** The small tiles show pictures too. */
  readonly isSeen: boolean;
};

function Crowd({ people, large, isSeen }: CrowdProps) {
  return (
    <>
      <ul class="group-tiles n1" data-testid="group-call-tiles">
        <Tile one={large} size="large" />
      </ul>
      <ul class="group-strip">
        {people
          .filter(({ device }) => device !== large.device)
          .map((one) => (
            <Tile key={one.device} one={one} size="small" isSeen={isSeen} />
          ))}
      </ul>
    </>
  );
}

function Picture({ stream, mine }: { stream: MediaStream; mine: boolean }) {
  const ref = useRef<HTMLVideoElement>(null);
  const isDrawn = useSignal(false);
  // In a layout effect, before the browser paints: no picture may appear under another person's name (CA101).
  useLayoutEffect(() => {
    isDrawn.value = false;
    if (ref.current !== null) ref.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={ref}
      class={`${mine && facing.value === "user" ? "mirrored" : ""} ${isDrawn.value ? "" : "undrawn"}`}
      onLoadedData={() => {
        isDrawn.value = true;
      }}
      autoplay
      playsInline
      muted
      data-testid="group-call-picture"
    />
  );
}

function Small({ now }: { now: GroupCallNow }) {
  const here = isHere(now);
  const label = here ? t("call.open", { name: now.title }) : t("call.elsewhereHere");
  return (
    <button
      type="button"
      class="call-float"
      data-testid="group-call-float"
      disabled={!here}
      onClick={() => (isGroupSmall.value = false)}
    >
      {/* The accessible name contains the visible text (WCAG 2.5.3). */}
      <span class="sr">{label}</span>
      <Icon of={Users} />
      <span>{t("call.group.count", { n: now.people.length })}</span>
      <Timer sinceMs={now.sinceMs} />
    </button>
  );
}
