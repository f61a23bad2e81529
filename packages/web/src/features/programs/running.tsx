/**
 * A running mini program. Its frame is drawn by strangers' code; the bar, its name, the capsule, the tabs and every
 * sheet are the app's own and stand outside the frame, so that a program cannot draw over them
 * (docs/spec/programs.md PR11).
 */
import {
  type Bar,
  type Begin,
  type FromApp,
  type FromProgram,
  type Modal,
  type Program,
  programMessage,
  type Update,
} from "@yanshu/mini";
import { programFrame } from "@yanshu/release/program-frame";
import { ArrowLeft, Blocks, CircleDot, Ellipsis } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Over } from "../../kit/over.tsx";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api } from "../../shell/session.ts";
import { About } from "./about.tsx";
import { Choosing, Question } from "./questions.tsx";
import { pace, type SharedIn, useUpdates } from "./shared.ts";
import "./programs.css";

type Asked =
  | { readonly kind: "modal"; readonly id: number; readonly modal: Modal }
  | { readonly kind: "choose"; readonly id: number; readonly items: readonly string[] };
type Shown = { readonly path: string; readonly depth: number; readonly bar: Bar };
type RunningProps = {
  readonly program: Program;
  readonly stored: Readonly<Record<string, string>>;
  readonly shared?: SharedIn;
  readonly onClose: () => void;
};

export function Running({ program, stored, shared, onClose }: RunningProps) {
  const { manifest, id } = program;
  const frame = useRef<HTMLIFrameElement>(null);
  const port = useRef<MessagePort | undefined>(undefined);
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [state, setState] = useState<"opening" | "running" | "ended">("opening");
  const [toast, setToast] = useState<{ readonly title: string; readonly ms: number } | undefined>(undefined);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [isAbout, setAbout] = useState(false);
  const [isReady, setReady] = useState(false);
  const turn = useRef(pace());

  const tell = (message: FromApp) => port.current?.postMessage(message);
  const answer = (result: unknown) => {
    if (asked !== undefined) tell({ kind: "result", id: asked.id, result });
    setAsked(undefined);
  };
  const refuse = (why: string) => {
    if (asked !== undefined) tell({ kind: "result", id: asked.id, fail: why });
    setAsked(undefined);
  };

  function heard(message: FromProgram): void {
    switch (message.kind) {
      case "page":
        setShown(message);
        break;
      case "painted":
        setState("running");
        break;
      case "ended":
        setState("ended");
        break;
      case "toast":
        setToast(message);
        break;
      case "toast-off":
        setToast(undefined);
        break;
      case "modal":
      case "choose":
        setAsked(message);
        break;
      case "store":
        void done(message.id, api.storeForProgram(id, message.key, message.value));
        break;
      case "forget":
        void done(message.id, api.clearProgram(id));
        break;
      case "share":
        void done(message.id, share(message.update), "not shared");
        break;
      case "ready":
        setReady(true);
        break;
      // For the developer, who opens the browser's own console.
      case "fault":
        console.warn(message.words);
        break;
    }
  }

  async function share(update: Update): Promise<void> {
    if (shared === undefined) throw new Error("opened from no chat");
    await turn.current();
    if (port.current === undefined) throw new Error("it was closed");
    await api.shareFromProgram(shared.chat, shared.card, update);
  }

  async function done(call: number, work: Promise<void>, why = "storage limit reached"): Promise<void> {
    try {
      await work;
      tell({ kind: "result", id: call });
    } catch {
      tell({ kind: "result", id: call, fail: why });
    }
  }

  function end(): void {
    if (port.current !== undefined) port.current.onmessage = null;
    port.current?.close();
    port.current = undefined;
    onClose();
  }

  const hear = useRef(heard);
  hear.current = heard;
  useEffect(() => {
    const meet = ({ source, data }: MessageEvent) => {
      const target = frame.current?.contentWindow;
      if (target == null || source !== target || (data as { kind?: unknown } | null)?.kind !== "frame") return;
      window.removeEventListener("message", meet);
      const channel = new MessageChannel();
      port.current = channel.port1;
      channel.port1.onmessage = ({ data: said }: MessageEvent) => {
        const message = programMessage(said);
        if (message !== undefined) hear.current(message);
        else if ((said as { kind?: unknown } | null)?.kind === "frame") channel.port1.postMessage(begin());
      };
      // Every frame of a sandbox has the same origin, "null": the port is for the window that was compared.
      target.postMessage({ kind: "port" }, "*", [channel.port2]);
    };
    const begin = (): Begin => ({
      kind: "begin",
      manifest,
      logic: program.logic,
      styles: program.styles,
      assets: program.sources,
      stored,
      device: { language: locale.value, theme: isDark() ? "dark" : "light" },
      ...(shared === undefined ? {} : { self: shared.self }),
    });
    window.addEventListener("message", meet);
    const seen = () => tell({ kind: document.visibilityState === "visible" ? "shown" : "hidden" });
    document.addEventListener("visibilitychange", seen);
    if (frame.current !== null) frame.current.src = programFrame;
    return () => {
      window.removeEventListener("message", meet);
      document.removeEventListener("visibilitychange", seen);
      port.current?.close();
      port.current = undefined;
    };
  }, []);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => setToast(undefined), toast.ms);
    return () => clearTimeout(timer);
  }, [toast]);

  useUpdates(isReady ? shared : undefined, (updates, last) => tell({ kind: "updates", updates, last }));

  const depth = shown?.depth ?? 0;
  const tabs = manifest.tabs;
  const hasTabs = depth === 0 && tabs.some(({ path }) => path === shown?.path);
  return (
    <Over
      label={manifest.name}
      kind="program"
      testId="program"
      onClose={depth > 0 ? () => tell({ kind: "back" }) : onClose}
    >
      <header class="program-bar">
        {depth > 0 ? (
          <button
            type="button"
            class="ib"
            aria-label={t("action.back")}
            data-testid="program-back"
            onClick={() => tell({ kind: "back" })}
          >
            <Icon of={ArrowLeft} />
          </button>
        ) : (
          <span class="program-badge" aria-hidden="true">
            <Icon of={Blocks} />
          </span>
        )}
        <div class="program-names">
          <h1 data-testid="program-title">{shown?.bar.title || manifest.name}</h1>
          <small>{t("program.by", { name: manifest.name })}</small>
        </div>
        <div class="capsule">
          <button
            type="button"
            aria-label={t("program.more")}
            data-testid="program-more"
            onClick={() => setAbout(true)}
          >
            <Icon of={Ellipsis} />
          </button>
          <button type="button" aria-label={t("action.close")} data-testid="program-close" onClick={onClose}>
            <Icon of={CircleDot} />
          </button>
        </div>
      </header>
      <div class="program-room">
        {state === "ended" ? (
          <p class="program-said" data-testid="program-ended">
            {t("program.ended")}
          </p>
        ) : (
          <iframe ref={frame} title={manifest.name} data-testid="program-frame" data-state={state} />
        )}
        {state === "opening" && <p class="program-said">{t("program.opening")}</p>}
        {toast !== undefined && (
          <p class="program-toast" role="status" data-testid="program-toast">
            {toast.title}
          </p>
        )}
      </div>
      {hasTabs && (
        <nav class="program-tabs">
          {tabs.map(({ path, text }) => (
            <button
              key={path}
              type="button"
              aria-current={path === shown?.path ? "page" : undefined}
              data-testid={`program-tab-${path}`}
              onClick={() => tell({ kind: "tab", path })}
            >
              {text}
            </button>
          ))}
        </nav>
      )}
      {asked?.kind === "modal" && (
        <Question
          modal={asked.modal}
          name={manifest.name}
          onStop={onClose}
          onAnswer={(confirm, content) => answer({ confirm, cancel: !confirm, ...(confirm ? { content } : {}) })}
        />
      )}
      {asked?.kind === "choose" && (
        <Choosing
          items={asked.items}
          name={manifest.name}
          onChoose={(tapIndex) => answer({ tapIndex })}
          onClose={() => refuse("cancel")}
          onStop={onClose}
        />
      )}
      {isAbout && (
        <About program={program} isShared={shared !== undefined} onClose={() => setAbout(false)} onGone={end} />
      )}
    </Over>
  );
}

function isDark(): boolean {
  return getComputedStyle(document.documentElement).colorScheme === "dark";
}
