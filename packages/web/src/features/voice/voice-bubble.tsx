/**
 * A voice message: a play button, a waveform with the progress, its length; a red dot until it was played. At its end
 * the next unplayed one starts by itself. While it plays, a button changes the speed.
 */
import { signal } from "@preact/signals";
import type { TimelineItem } from "@yanshu/client";
import { Pause, Play } from "lucide";
import { blobOf, urlOf } from "../../kit/bytes.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { VoiceWords } from "./voice-words.tsx";
import "../../styles/media.css";
import "./voice.css";

type VoiceBody = Extract<TimelineItem["body"], { kind: "voice" }>;
type Props = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly body: VoiceBody;
  readonly around: Around;
};
type Around = { readonly current: readonly TimelineItem[] };

const speeds = [1, 1.5, 2] as const;
const speed = signal<(typeof speeds)[number]>(1);
/** The message that is playing, and its progress, 0 to 1. */
const playing = signal<{ readonly id: string; readonly share: number; readonly isPaused: boolean } | undefined>(
  undefined,
);
const audio = new Audio();
/** The chat in which it plays, with its loaded items at the end of playback: to find the next message. */
let within: { chat: string; around: Around } = { chat: "", around: { current: [] } };
let length = 1;

audio.addEventListener("timeupdate", () => tell());
audio.addEventListener("pause", () => tell());
audio.addEventListener("play", () => tell());
audio.addEventListener("ended", () => {
  const ended = playing.value?.id;
  playing.value = undefined;
  const { chat, around } = within;
  const at = around.current.findIndex((one) => one.id === ended);
  const next = around.current.slice(at + 1).find((one) => one.body.kind === "voice" && !one.body.heard && !one.mine);
  if (at >= 0 && next?.body.kind === "voice") void play(chat, next, next.body);
});

function tell(): void {
  const now = playing.value;
  if (now === undefined) return;
  playing.value = { ...now, share: Math.min(1, (audio.currentTime * 1_000) / length), isPaused: audio.paused };
}

async function play(chat: string, item: TimelineItem, body: VoiceBody): Promise<void> {
  playing.value = { id: item.id, share: 0, isPaused: true };
  length = Math.max(1, body.ms);
  const url = body.file === undefined ? inlineUrl(body) : await attempt(() => urlOf(body.file as never, body.type));
  if (url === undefined || playing.value?.id !== item.id) {
    if (playing.value?.id === item.id) playing.value = undefined;
    return;
  }
  audio.src = url;
  audio.playbackRate = speed.value;
  if (!body.heard) void api.markHeard(chat, item.id).catch(() => undefined);
  await audio.play().catch(() => {
    playing.value = undefined;
  });
}

const inlineUrls = new WeakMap<Uint8Array, string>();

function inlineUrl({ inline, type }: VoiceBody): string | undefined {
  if (inline === undefined) return undefined;
  const url = inlineUrls.get(inline) ?? URL.createObjectURL(new Blob([inline as Uint8Array<ArrayBuffer>], { type }));
  inlineUrls.set(inline, url);
  return url;
}

export function VoiceBubble({ chat, item, body, around }: Props) {
  const now = playing.value?.id === item.id ? playing.value : undefined;
  const isOn = now !== undefined && !now.isPaused;
  const seconds = Math.round(body.ms / 1_000);
  const toggle = () => {
    if (now === undefined) {
      within = { chat, around };
      void play(chat, item, body);
    } else if (audio.paused) void audio.play();
    else audio.pause();
  };
  const sound = async () => {
    if (body.file === undefined) return new Blob([body.inline as Uint8Array<ArrayBuffer>], { type: body.type });
    const { file, type } = body;
    return attempt(() => blobOf(file, type));
  };
  return (
    <>
      <div class="voice-in" data-testid="voice" data-heard={body.heard} data-playing={isOn}>
        <button type="button" class="voice-main" data-testid="voice-play" onClick={toggle}>
          <span class="sr">{t(body.heard ? "voice.of" : "voice.ofNew", { name: item.from.name, n: seconds })}</span>
          <span class="voice-disc">
            <Icon of={isOn ? Pause : Play} size="xs" solid />
          </span>
          <Bars waveform={body.waveform} share={now?.share ?? 0} seconds={seconds} />
          {/* The button's accessible name has the seconds: screen readers misread this text. */}
          <span class="num" aria-hidden="true">
            {lengthWords(body.ms)}
          </span>
        </button>
        {now !== undefined && (
          <button
            type="button"
            class="speed num"
            data-testid="voice-speed"
            aria-label={t("voice.speed", { n: speed.value })}
            onClick={() => {
              speed.value = speeds[(speeds.indexOf(speed.value) + 1) % speeds.length] ?? 1;
              audio.playbackRate = speed.value;
            }}
          >
            {speed.value}×
          </button>
        )}
        {!body.heard && <span class="unheard" data-testid="unheard" aria-hidden="true" />}
      </div>
      <VoiceWords id={item.id} sound={sound} />
    </>
  );
}

/** The waveform as two SVG paths, played and rest: one element for each bar would be forty in every row. */
function Bars({ waveform, share, seconds }: { waveform: Uint8Array; share: number; seconds: number }) {
  const count = Math.min(40, Math.max(12, 10 + Math.round(seconds / 2)));
  const bars = Array.from({ length: count }, (_, bar) => {
    const level = waveform[Math.floor((bar * waveform.length) / count)] ?? 0;
    const height = 1.5 + (level / 255) * 26;
    return `M${bar * 5 + 2.25} ${(16 - height / 2).toFixed(1)}v${height.toFixed(1)}`;
  });
  const heard = Math.ceil(share * count);
  return (
    <svg class="wave" viewBox={`0 0 ${count * 5} 32`} width={count * 4} height="26" aria-hidden="true">
      <path class="done" d={bars.slice(0, heard).join("")} />
      <path d={bars.slice(heard).join("")} />
    </svg>
  );
}
