/** Cutting a film: from where to where, which of its pictures is the cover, and its captions. */
import { ClosedCaption, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { chooseFiles } from "../../kit/send-files.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { cuesIn } from "./captions.ts";
import { filmMsMin } from "./limits.ts";
import { change, type Draft } from "./publish-draft.ts";

type FilmDraft = Extract<Draft, { kind: "film" }>;
type TrimProps = { readonly draft: FilmDraft; readonly onNext: () => void; readonly onAway: () => void };

const frames = 7;
const framePx = 112;
const stepMs = 100;
const captionBytesMax = 64 << 10;
const parts = ["cut", "cover", "captions"] as const;
const partWords = { cut: "ch.cut", cover: "ch.cover", captions: "ch.captions" } as const;

export function Trim({ draft: now, onNext, onAway }: TrimProps) {
  const { opened, url, cut } = now;
  const [part, setPart] = useState<(typeof parts)[number]>("cut");
  const [urls, setUrls] = useState<readonly string[]>([]);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let isGone = false;
    const drawn = opened.frames(frames, framePx).catch(() => []);
    void drawn.then((found) => isGone || setUrls(found));
    return () => {
      isGone = true;
      void drawn.then((found) => {
        for (const one of found) URL.revokeObjectURL(one);
      });
    };
  }, [opened]);
  const look = (ms: number) => {
    if (video.current !== null) video.current.currentTime = ms / 1_000;
  };
  const percent = (ms: number) => `${(100 * ms) / opened.durationMs}%`;
  const set = (next: Partial<typeof cut>, lookAt: number) => {
    const whole = { ...cut, ...next };
    const coverMs = Math.min(whole.toMs, Math.max(whole.fromMs, whole.coverMs));
    change({ cut: { ...whole, coverMs } });
    look(lookAt);
  };
  return (
    <section class="screen ch-dark" data-testid="publish-trim">
      <header class="bar">
        <button type="button" class="ib" aria-label={t("ch.throwAwayYes")} data-testid="trim-away" onClick={onAway}>
          <Icon of={X} />
        </button>
        <div class="mid">
          <h1 class="title">{t(partWords[part])}</h1>
        </div>
        <button type="button" class="btn sm ch-on-dark" data-testid="trim-next" onClick={onNext}>
          {t("ch.nextStep")}
        </button>
      </header>
      <div class="ch-trim">
        <div class="ch-trim-film">
          {/* biome-ignore lint/a11y/useMediaCaption: its captions are being made here. */}
          <video ref={video} src={url} playsInline controls preload="auto" data-testid="trim-video" />
        </div>
        <div class="ch-seg" role="tablist" aria-label={t("ch.parts")}>
          {parts.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={part === one}
              class={part === one ? "on" : ""}
              data-testid={`trim-${one}`}
              onClick={() => setPart(one)}
            >
              {t(partWords[one])}
            </button>
          ))}
        </div>
        {part === "captions" ? (
          <CaptionField text={now.captions} />
        ) : (
          <>
            <div class="ch-strip" style={{ "--from": percent(cut.fromMs), "--to": percent(cut.toMs) }}>
              <span class="ch-frames" aria-hidden="true">
                {urls.map((one) => (
                  <img key={one} src={one} alt="" />
                ))}
              </span>
              <span class="ch-sel" aria-hidden="true" />
              {part === "cover" && <span class="ch-head" style={{ left: percent(cut.coverMs) }} aria-hidden="true" />}
            </div>
            {part === "cut" ? (
              <>
                <Range
                  label={t("ch.from")}
                  value={cut.fromMs}
                  max={opened.durationMs}
                  testId="trim-from"
                  onValue={(ms) => set({ fromMs: Math.min(ms, cut.toMs - filmMsMin) }, ms)}
                />
                <Range
                  label={t("ch.to")}
                  value={cut.toMs}
                  max={opened.durationMs}
                  testId="trim-to"
                  onValue={(ms) => set({ toMs: Math.max(ms, cut.fromMs + filmMsMin) }, ms)}
                />
                <p class="ch-chosen" aria-live="polite">
                  {t("ch.chosen", { length: lengthWords(cut.toMs - cut.fromMs) })}
                </p>
              </>
            ) : (
              <Range
                label={t("ch.cover")}
                value={cut.coverMs}
                max={opened.durationMs}
                testId="trim-cover-at"
                onValue={(ms) => set({ coverMs: ms }, ms)}
              />
            )}
          </>
        )}
      </div>
    </section>
  );
}

type RangeProps = {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly testId: string;
  readonly onValue: (ms: number) => void;
};

function Range({ label, value, max, testId, onValue }: RangeProps) {
  return (
    <label class="ch-range">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={max}
        step={stepMs}
        value={value}
        style={{ "--share": `${(100 * value) / max}%` }}
        aria-valuetext={lengthWords(value)}
        data-testid={testId}
        onInput={(event) => {
          onValue(Number(event.currentTarget.value));
        }}
      />
      <small>{lengthWords(value)}</small>
    </label>
  );
}

function CaptionField({ text }: { readonly text: string }) {
  const count = cuesIn(text).length;
  const read = ([file]: readonly File[]) => {
    if (file === undefined || file.size > captionBytesMax) return;
    void file.text().then((captions) => change({ captions }));
  };
  return (
    <div class="ch-caption-field">
      <textarea
        rows={5}
        aria-label={t("ch.captionsHint")}
        placeholder={t("ch.captionsHint")}
        value={text}
        data-testid="trim-captions-text"
        onInput={(event) => change({ captions: event.currentTarget.value })}
      />
      <div class="ch-caption-acts">
        <button
          type="button"
          class="btn sm ch-on-dark"
          data-testid="trim-captions-file"
          onClick={() => chooseFiles(".srt,.vtt,text/vtt", read)}
        >
          <Icon of={ClosedCaption} size="s" />
          {t("ch.captionsFile")}
        </button>
        {count > 0 && <span>{t("ch.captionLines", { n: count })}</span>}
      </div>
    </div>
  );
}
