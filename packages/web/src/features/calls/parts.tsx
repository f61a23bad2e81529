/** Shared parts of the screens of calls between two and of group calls. */
import { useSignal } from "@preact/signals";
import { MessageCircle, Mic, MicOff, Phone, SwitchCamera, Video, VideoOff } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { clock } from "./clock.ts";
import { hasTwoCameras, isMuted, isSharing, local } from "./devices.ts";
import { Disc } from "./disc.tsx";

/** How long the call has lasted. Not an ARIA live region, which a screen reader would read every second. */
export function Timer({ sinceMs }: { sinceMs: number }) {
  const seconds = useSignal(0);
  useEffect(() => {
    const tick = () => {
      seconds.value = Math.max(0, Math.floor((Date.now() - sinceMs) / 1_000));
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [sinceMs]);
  return (
    <p class="call-timer" data-testid="call-timer">
      {clock(seconds.value)}
    </p>
  );
}

type RingDiscsProps = {
  readonly media: "voice" | "video";
  readonly ids: { readonly decline: string; readonly answer: string };
  readonly onDecline: () => void;
  /** Declines, and leads to the chat. */
  readonly onReply?: () => void;
  readonly onAnswer: (media: "voice" | "video") => void;
};

/** Buttons of a ringing call: decline or answer; a video call also with voice only, one of voice with a message. */
export function RingDiscs({ media, ids, onDecline, onReply, onAnswer }: RingDiscsProps) {
  const answer = useRef<HTMLButtonElement>(null);
  useEffect(() => answer.current?.focus(), []);
  return (
    <div class="call-discs">
      <Disc kind="no" label={t("call.decline")} id={ids.decline} onClick={onDecline}>
        <Icon of={Phone} />
      </Disc>
      {media === "voice" && onReply !== undefined && (
        <Disc label={t("call.reply")} id="call-reply" onClick={onReply}>
          <Icon of={MessageCircle} />
        </Disc>
      )}
      {media === "video" && (
        <Disc label={t("call.voiceOnly")} id="call-answer-voice" onClick={() => onAnswer("voice")}>
          <Icon of={Phone} />
        </Disc>
      )}
      <Disc kind="yes" label={t("call.answer")} id={ids.answer} ref={answer} onClick={() => onAnswer(media)}>
        <Icon of={media === "video" ? Video : Phone} />
      </Disc>
    </div>
  );
}

type DeviceDiscsProps = {
  readonly ids: { readonly mute: string; readonly camera: string };
  readonly onMute: () => void;
  readonly onCamera: () => void;
  readonly onFlip: () => void;
};

/** Buttons for the own microphone and camera. */
export function DeviceDiscs({ ids, onMute, onCamera, onFlip }: DeviceDiscsProps) {
  const camera = local.value?.getVideoTracks().length === 1 && !isSharing.value;
  return (
    <>
      <Disc
        label={t(isMuted.value ? "call.unmute" : "call.mute")}
        id={ids.mute}
        pressed={isMuted.value}
        onClick={onMute}
      >
        <Icon of={isMuted.value ? MicOff : Mic} />
      </Disc>
      <Disc label={t(camera ? "call.camOff" : "call.camOn")} id={ids.camera} onClick={onCamera}>
        <Icon of={camera ? Video : VideoOff} />
      </Disc>
      {camera && hasTwoCameras.value && (
        <Disc label={t("call.flip")} id="call-flip" onClick={onFlip}>
          <Icon of={SwitchCamera} />
        </Disc>
      )}
    </>
  );
}
