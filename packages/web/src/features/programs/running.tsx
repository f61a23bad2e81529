/**
 * A running mini program. Its frame is drawn by strangers' code; tabs and every sheet are the app's own and stand
 * outside the frame (docs/spec/programs.md PR11).
 */
import {
  type Answers,
  type Bar,
  type Begin,
  type FromApp,
  type FromProgram,
  type Modal,
  type Program,
  programMessage,
  type Update,
  type Wish,
} from "@yanshu/mini";
import { programFrame } from "@yanshu/release/program-frame";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { chooseFiles } from "../../kit/send-files.ts";
import { locale, t } from "../../locales/i18n.ts";
import { api, CallError, succeeds } from "../../shell/session.ts";
import { About } from "./about.tsx";
import { isFailure, publisherAsker } from "./asking-publisher.ts";
import { usePort } from "./port.ts";
import { Asking, Choosing, Question } from "./questions.tsx";
import { fewAtOnce, type SharedIn, share, useCalled, useUpdates } from "./shared.ts";
import { Around, type RunState } from "./shell.tsx";
import { moveTo, useWaiting, type WaitingFrame } from "./warm.ts";
import { granted, wishWords } from "./wishes.ts";

type Asked =
  | { readonly kind: "modal"; readonly id: number; readonly modal: Modal }
  | { readonly kind: "choose"; readonly id: number; readonly items: readonly string[] }
  | { readonly kind: "want"; readonly id: number; readonly what: Wish }
  | { readonly kind: "pictures"; readonly id: number; readonly count: number };
/** WeChat's words for a write that is refused. */
const full = "storage limit reached";
type Shown = { readonly path: string; readonly depth: number; readonly bar: Bar };
type RunningProps = {
  readonly program: Program;
  readonly stored: Readonly<Record<string, string>>;
  readonly answers: Answers;
  /** Where it keeps what it stores, and what the person answered. */
  readonly scope: string;
  readonly penName?: string;
  readonly shared?: SharedIn;
  /** Code of ours that draws what it names, and few programs do (PR72). */
  readonly part?: string;
  /** Where it opens; else at its first page. */
  readonly place?: string;
  readonly onClose: () => void;
};

export function Running({ program, stored, answers, scope, penName, shared, part, place, onClose }: RunningProps) {
  const { manifest, id } = program;
  const frame = useRef<HTMLIFrameElement>(null);
  const waiting = useWaiting(true);
  const room = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [state, setState] = useState<RunState>("opening");
  const [toast, setToast] = useState<{ readonly title: string; readonly ms: number } | undefined>(undefined);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [isAbout, setAbout] = useState(false);
  const [isReady, setReady] = useState(false);
  const write = useRef(fewAtOnce());

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
      case "want":
        want(message);
        break;
      case "copy":
        void copy(message.id, message.text);
        break;
      case "modal":
      case "choose":
      case "pictures":
        // The frame asks one thing at a time, and is not believed.
        if (asked === undefined) setAsked(message);
        break;
      case "store":
        void done(
          message.id,
          write.current(() => api.storeForProgram(id, message.key, message.value, scope)),
          full,
        );
        break;
      case "forget":
        void done(
          message.id,
          write.current(() => api.clearProgram(id, scope)),
          full,
        );
        break;
      case "write":
        void writes(message.id, message.words);
        break;
      case "share":
        void done(message.id, shares(message.update), "not shared");
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

  const known = useRef(answers);
  const { called, rename } = useCalled(penName, shared);

  /** Once for each opening: a program, or who answers it, chooses how often. */
  const saidOnce = useRef(new Set<string>());
  function sayOnce(id: "program.noPublisher" | "program.clock"): void {
    if (saidOnce.current.has(id)) return;
    saidOnce.current.add(id);
    setToast({ title: t(id), ms: 4_000 });
  }

  function want(message: Extract<Asked, { readonly kind: "want" }>): void {
    if (message.what === "publisher" && shared?.publisher === undefined) {
      sayOnce("program.noPublisher");
      tell({ kind: "result", id: message.id, fail: "no network" });
      return;
    }
    const said = known.current[message.what];
    if (said === false) tell({ kind: "result", id: message.id, fail: "auth deny" });
    else if (said === true) void grant(message);
    else if (asked === undefined) setAsked(message);
  }

  /** Until it is closed: the person said so once, or now. */
  const mayWrite = useRef(answers.publisher === true);

  /** An answer takes the way of a message: an account that is not there gives none. */
  const asksPublisher = useRef(
    publisherAsker({
      isOpen: () => isOpen(),
      mayWrite: () => mayWrite.current,
      send: async (words, waitMs) => {
        if (shared?.publisher === undefined) throw new CallError("offline");
        return api.writeForProgram(shared.chat, shared.card, words, waitMs);
      },
      isOffline: (error) => error instanceof CallError && error.code === "offline",
    }),
  );

  async function writes(call: number, words: string): Promise<void> {
    const answered = await asksPublisher.current(words);
    if (answered === undefined) return;
    if ("fail" in answered) return tell({ kind: "result", id: call, fail: answered.fail });
    if (isFailure(answered.words, "clock differs")) sayOnce("program.clock");
    tell({ kind: "result", id: call, result: answered });
  }

  /** What it asked and nobody sent yet goes nowhere. */
  const withdraw = () => {
    if (shared?.publisher !== undefined) void api.withdrawForProgram(shared.chat, shared.card).catch(() => undefined);
  };
  useEffect(() => withdraw, []);

  async function grant({ id: call, what }: Extract<Asked, { readonly kind: "want" }>): Promise<void> {
    try {
      if (what === "publisher") mayWrite.current = true;
      tell({ kind: "result", id: call, result: await granted(what, called) });
    } catch {
      tell({ kind: "result", id: call, fail: "not available" });
    }
  }

  /** @param isYes undefined: yes, for now alone. */
  function decide(message: Extract<Asked, { readonly kind: "want" }>, isYes: boolean | undefined): void {
    setAsked(undefined);
    if (isYes !== undefined) {
      known.current = { ...known.current, [message.what]: isYes };
      void succeeds(() => api.answerProgram(id, message.what, isYes, scope));
    }
    if (isYes === false) tell({ kind: "result", id: message.id, fail: "auth deny" });
    else void grant(message);
  }

  /** The app says it, for who copies an account's number wants to know whose it is. */
  async function copy(call: number, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setToast({ title: t("program.copied", { name: manifest.name }), ms: 2_000 });
      tell({ kind: "result", id: call });
    } catch {
      tell({ kind: "result", id: call, fail: "not available" });
    }
  }

  const chooses = (count: number) =>
    chooseFiles("image/*", (files) => {
      const some = files.slice(0, count).map(async (one) => ({
        name: one.name,
        bytes: new Uint8Array(await one.arrayBuffer()),
      }));
      void Promise.all(some).then((all) => answer({ files: all }));
    });

  async function shares(update: Update): Promise<void> {
    if (shared === undefined) throw new Error("opened from no chat");
    await share(shared, update, isOpen);
  }

  function end(): void {
    silence();
    onClose();
  }

  const {
    tell,
    silence,
    isOpen,
    answer: done,
  } = usePort<FromProgram, FromApp>(frame, {
    page: programFrame,
    waiting,
    begin: (): Begin => ({
      kind: "begin",
      manifest,
      logic: program.logic,
      styles: program.styles,
      assets: program.sources,
      stored,
      answers,
      device: { language: locale.value, theme: isDark() ? "dark" : "light", ...sizeOf(room.current) },
      ...(shared === undefined ? {} : { self: shared.self }),
      ...(place === undefined ? {} : { page: place }),
      ...(part === undefined ? {} : { more: part }),
    }),
    files: program.sources,
    read: programMessage,
    heard,
  });
  useEffect(() => {
    const seen = () => tell({ kind: document.visibilityState === "visible" ? "shown" : "hidden" });
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
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
    <Around
      name={manifest.name}
      title={shown?.bar.title}
      state={state}
      toast={toast?.title}
      onBack={depth > 0 ? () => tell({ kind: "back" }) : undefined}
      onMore={() => setAbout(true)}
      onClose={onClose}
      more={
        <>
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
          {asked?.kind === "want" && (
            <Asking
              name={manifest.name}
              words={t(wishWords[asked.what].asks, { name: manifest.name, who: shared?.publisher ?? "" })}
              {...(asked.what === "publisher"
                ? { more: t("program.toPublisher", { who: shared?.publisher ?? "" }) }
                : {})}
              action={t("program.allow")}
              onYes={() => decide(asked, true)}
              onOnce={() => decide(asked, undefined)}
              onNo={() => decide(asked, false)}
              onStop={onClose}
            />
          )}
          {asked?.kind === "pictures" && (
            <Asking
              name={manifest.name}
              words={t("program.wantsFiles", { name: manifest.name })}
              action={t("program.choose")}
              onYes={() => chooses(asked.count)}
              onNo={() => refuse("cancel")}
              onStop={onClose}
            />
          )}
          {isAbout && (
            <About
              id={id}
              name={manifest.name}
              version={manifest.version}
              isShared={shared !== undefined}
              {...(shared?.publisher === undefined ? {} : { publisher: shared.publisher })}
              answers={known.current}
              scope={scope}
              stores="json"
              called={called}
              onCalled={rename}
              onAnswer={(what, isYes) => {
                const { [what]: _, ...others } = known.current;
                known.current = isYes === undefined ? others : { ...others, [what]: isYes };
                if (what !== "publisher") return;
                mayWrite.current = isYes === true;
                if (!mayWrite.current) withdraw();
              }}
              onClose={() => setAbout(false)}
              onGone={end}
            />
          )}
        </>
      }
    >
      <div ref={room} class="program-place">
        {waiting === undefined ? (
          <iframe ref={frame} title={manifest.name} data-testid="program-frame" data-state={state} />
        ) : (
          <Moved frame={waiting} title={manifest.name} state={state} />
        )}
      </div>
    </Around>
  );
}

type MovedProps = { readonly frame: WaitingFrame; readonly title: string; readonly state: RunState };

/** The frame that waited. It is moved, and nothing of it is made anew. */
function Moved({ frame, title, state }: MovedProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) moveTo(place.current, frame);
    frame.element.title = title;
    frame.element.dataset["testid"] = "program-frame";
  }, []);
  useLayoutEffect(() => {
    frame.element.dataset["state"] = state;
  }, [state]);
  return <div ref={place} class="program-place" />;
}

/** One that was just put there does not know its size yet. */
function sizeOf(place: Element | null): { readonly width: number; readonly height: number } {
  return { width: place?.clientWidth ?? 0, height: place?.clientHeight ?? 0 };
}

function isDark(): boolean {
  return getComputedStyle(document.documentElement).colorScheme === "dark";
}
