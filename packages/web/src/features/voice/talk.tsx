/**
 * Hold to talk: a button in place of the composer's field. Letting go sends, sliding up cancels, sliding to the lock
 * continues without the finger. A tap (or Enter) begins a locked recording at once, for weak hands and keyboards.
 */
import { Lock, Mic, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import "../../styles/media.css";
import { lengthWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Goose } from "../../shell/mark.tsx";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { type Recording, record, voiceMsMax } from "./recorder.ts";
import "./voice.css";

const tapMs = 300;
const slidePx = 80;
const countdownMs = 10_000;
type Mode = "idle" | "starting" | "held" | "locked";

/** @param onDone called when the recording is over; if given, a recording begins at once. */
export function Talk({ id, onDone }: { id: string; onDone?: () => void }) {
  const [mode, setMode] = useState<Mode>("idle");
  const [aim, setAim] = useState<"send" | "cancel" | "lock">("send");
  const [ms, setMs] = useState(0);
  const [levels, setLevels] = useState<readonly number[]>([]);
  const recording = useRef<Recording | undefined>(undefined);
  /** What the person wanted by the time the microphone was ready. */
  const wanted = useRef<"hold" | "lock" | "nothing">("nothing");
  const pressed = useRef({ atMs: 0, x: 0, y: 0 });
  useEffect(() => {
    if (onDone !== undefined) void begin("lock");
    return () => recording.current?.cancel();
  }, []);

  const reset = () => {
    recording.current = undefined;
    wanted.current = "nothing";
    setMode("idle");
    setAim("send");
    setMs(0);
    setLevels([]);
    onDone?.();
  };
  const send = async () => {
    const { current } = recording;
    if (current === undefined) return;
    reset();
    const made = await current.finish();
    if (made === undefined) toast(t("voice.short"));
    else await attempt(() => api.sendVoice(id, made));
  };
  const cancel = () => {
    recording.current?.cancel();
    reset();
  };
  const begin = async (how: "hold" | "lock") => {
    if (mode !== "idle") return;
    wanted.current = how;
    setMode("starting");
    try {
      const made = await record((length, level) => {
        setMs(length);
        setLevels((before) => [...before.slice(-23), level]);
        if (length >= voiceMsMax) void latest.current();
      });
      recording.current = made;
      if ((wanted.current as string) === "nothing") return cancel();
      setMode(wanted.current === "lock" ? "locked" : "held");
      navigator.vibrate?.(10);
    } catch {
      reset();
      toast(t("voice.noMicrophone"));
    }
  };
  const latest = useRef(send);
  latest.current = send;

  const letGo = () => {
    const isTap = performance.now() - pressed.current.atMs < tapMs;
    if (isTap || aim === "lock") {
      wanted.current = "lock";
      setAim("send");
      if (mode === "held") setMode("locked");
    } else if (mode === "starting") wanted.current = "nothing";
    else if (aim === "cancel") cancel();
    else void send();
  };
  const left = Math.ceil((voiceMsMax - ms) / 1_000);
  const isOn = mode === "held" || mode === "locked";
  const words = mode === "held" ? t("voice.release") : mode === "locked" ? t("voice.listening") : t("voice.hold");
  return (
    <div class={`talk ${mode}`}>
      {isOn && (
        <div class="talk-over" data-testid="talking" data-mode={mode}>
          <div class={`talk-bubble aim-${aim}`} role="status">
            <Wave levels={levels} />
            <span class="num">{lengthWords(ms)}</span>
          </div>
          {voiceMsMax - ms <= countdownMs && <b class="talk-left">{t("voice.left", { n: left })}</b>}
          {mode === "held" ? (
            <div class="talk-aims" aria-hidden="true">
              <span class={aim === "cancel" ? "on" : ""}>
                <Icon of={X} />
                {t("voice.cancel")}
              </span>
              <span class={aim === "lock" ? "on" : ""}>
                <Icon of={Lock} />
                {t("voice.lock")}
              </span>
            </div>
          ) : (
            <div class="talk-acts">
              <button
                type="button"
                class="ib"
                aria-label={t("action.cancel")}
                data-testid="talk-cancel"
                onClick={cancel}
              >
                <Icon of={X} />
              </button>
              <button
                type="button"
                class="send on"
                aria-label={t("compose.send")}
                data-testid="talk-send"
                onClick={() => void send()}
              >
                <Goose />
              </button>
            </div>
          )}
        </div>
      )}
      <button
        type="button"
        class="talk-hold"
        data-testid="talk-hold"
        {...(mode === "idle" ? { "aria-label": `${words}. ${t("voice.tap")}` } : {})}
        onContextMenu={(event) => event.preventDefault()}
        onPointerDown={(event) => {
          if (event.button !== 0 || mode !== "idle") return;
          event.currentTarget.setPointerCapture(event.pointerId);
          pressed.current = { atMs: performance.now(), x: event.clientX, y: event.clientY };
          void begin("hold");
        }}
        onPointerMove={(event) => {
          if (mode !== "held") return;
          const up = pressed.current.y - event.clientY;
          const side = event.clientX - pressed.current.x;
          setAim(up > slidePx ? (side > slidePx ? "lock" : "cancel") : "send");
        }}
        onPointerUp={() => {
          if (mode === "held" || mode === "starting") letGo();
        }}
        onPointerCancel={() => {
          if (mode === "held") cancel();
          wanted.current = "nothing";
        }}
        onKeyDown={(event) => {
          if ((event.key !== "Enter" && event.key !== " ") || event.repeat) return;
          event.preventDefault();
          if (mode === "locked") void send();
          else void begin("lock");
        }}
      >
        <Icon of={Mic} size="s" />
        {words}
      </button>
    </div>
  );
}

function Wave({ levels }: { levels: readonly number[] }) {
  return (
    <svg class="wave" viewBox="0 0 120 32" aria-hidden="true">
      {Array.from({ length: 24 }, (_, place) => levels[levels.length - 24 + place] ?? 0).map((level, place) => {
        const height = 3 + level * 27;
        return <rect key={place} x={place * 5 + 1} y={16 - height / 2} width="2.5" height={height} rx="1.25" />;
      })}
    </svg>
  );
}
