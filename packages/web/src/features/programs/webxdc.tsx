/**
 * A running webxdc app (docs/spec/programs.md PR30). It is in a frame within a frame of ours; what it asks the person
 * for is asked by the app's own sheets, and what it sends past the frame of ours is counted here.
 */
import {
  type FromWebxdc,
  meter,
  type SentFile,
  type ToWebxdc,
  type Wanted,
  type WebxdcApp,
  type WebxdcBegin,
  webxdcMessage,
  webxdcPage,
} from "@yanshu/mini";
import { webxdcFrame } from "@yanshu/release/program-frame";
import { useEffect, useRef, useState } from "preact/hooks";
import { hostOf } from "../../kit/links/found.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { leavesPlacesWithin } from "../../shell/router.ts";
import { api } from "../../shell/session.ts";
import { About } from "./about.tsx";
import { usePort } from "./port.ts";
import { Asking } from "./questions.tsx";
import { fewAtOnce, type SharedIn, share, useCalled, useUpdates } from "./shared.ts";
import { Around, type RunState } from "./shell.tsx";
import { useWaiting } from "./warm.ts";

type Asked =
  | { readonly kind: "say"; readonly id: number; readonly text: string; readonly file?: SentFile }
  | { readonly kind: "files"; readonly id: number; readonly wanted: Wanted }
  | { readonly kind: "link"; readonly address: string };
type WebxdcProps = {
  readonly app: WebxdcApp;
  readonly name: string;
  readonly stored: Readonly<Record<string, string>>;
  /** What it keeps is of this chat alone: it would carry words from one to another. */
  readonly scope: string;
  readonly penName?: string;
  readonly shared?: SharedIn;
  readonly onClose: () => void;
};

/** Opened from no chat it is alone. */
export const nobody = { address: "0".repeat(32), name: "" };

export function RunningWebxdc({ app, name, stored, scope, penName, shared, onClose }: WebxdcProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  useWaiting(false);
  const [state, setState] = useState<RunState>("opening");
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [isAbout, setAbout] = useState(false);
  const { called, rename } = useCalled(penName, shared);
  const write = useRef(fewAtOnce());

  const settle = (fail?: string, result?: unknown) => {
    if (asked !== undefined && asked.kind !== "link")
      tell({ kind: "result", id: asked.id, ...(fail === undefined ? { result } : { fail }) });
    setAsked(undefined);
  };

  const done = (id: number, work: () => Promise<unknown>) => answer(id, work(), "not done");

  function heard(message: FromWebxdc): void {
    switch (message.kind) {
      case "ready":
        setState("running");
        break;
      case "ended":
        setState("ended");
        break;
      case "store":
        void done(message.id, () =>
          write.current(() => api.storeForProgram(app.id, message.key, message.value, scope)),
        );
        break;
      case "share":
        void done(message.id, async () => {
          if (shared === undefined) return tellItself(message.update);
          await share(shared, message.update, isOpen);
        });
        break;
      case "say":
      case "files":
      case "link":
        // One thing at a time: what is asked beside it is answered no.
        if (asked === undefined) setAsked(message);
        else if (message.kind !== "link") tell({ kind: "result", id: message.id, fail: "something else is asked" });
        break;
      case "fault":
        console.warn(message.words);
        break;
      case "goto":
        break;
    }
  }

  /** Alone it hears what it says, and keeps none of it. */
  const alone = useRef(0);
  function tellItself(update: Extract<FromWebxdc, { readonly kind: "share" }>["update"]): void {
    alone.current += 1;
    tell({ kind: "updates", updates: [{ ...update, serial: alone.current }], last: alone.current });
  }

  const { tell, silence, isOpen, answer } = usePort<FromWebxdc, ToWebxdc>(frame, {
    page: webxdcFrame,
    begin: (): WebxdcBegin => ({
      kind: "begin",
      files: app.files,
      page: webxdcPage,
      stored,
      self: shared?.self ?? nobody,
    }),
    files: app.files,
    read: webxdcMessage,
    heard,
    meter: () =>
      meter(
        () => {
          frame.current?.remove();
          setState("ended");
        },
        () => performance.now(),
      ),
  });
  // Once its frame is gone, always: how many places a tab has does not tell, where some lay ahead before (PR86).
  useEffect(() => () => void setTimeout(() => void leavesPlacesWithin()), []);
  const isRunning = state === "running";
  const known = useRef(false);
  const allKnown = () => {
    if (!known.current) tell({ kind: "known" });
    known.current = true;
  };
  useUpdates(isRunning ? shared : undefined, (updates, last) => tell({ kind: "updates", updates, last }), allKnown);
  useEffect(() => {
    if (isRunning && shared === undefined) allKnown();
  }, [isRunning, shared]);

  function end(): void {
    silence();
    onClose();
  }

  async function says({ text, file }: Extract<Asked, { readonly kind: "say" }>): Promise<void> {
    if (shared === undefined) return settle("opened from no chat");
    try {
      if (file !== undefined) {
        const source = new Blob([file.bytes]);
        await api.sendFile(shared.chat, { source, name: file.name, type: "application/octet-stream" });
      }
      if (text !== "") await api.sendText(shared.chat, text);
      settle();
    } catch {
      settle("not sent");
    }
  }

  const chooses = ({ accept }: Wanted) =>
    chooseFiles(accept, (files) => {
      void Promise.all(
        files.map(async (one) => ({
          name: one.name,
          type: one.type,
          bytes: new Uint8Array(await one.arrayBuffer()),
        })),
      ).then((result) => settle(undefined, result));
    });

  return (
    <Around
      name={name}
      state={state}
      onMore={() => setAbout(true)}
      onClose={onClose}
      more={
        <>
          {asked?.kind === "say" && (
            <Asking
              name={name}
              words={t("program.wantsSay", { name })}
              more={[asked.file?.name, asked.text].filter((one) => one !== undefined && one !== "").join("\n")}
              action={t("program.send")}
              onYes={() => void says(asked)}
              onNo={() => settle("refused")}
              onStop={onClose}
            />
          )}
          {asked?.kind === "files" && (
            <Asking
              name={name}
              words={t("program.wantsFiles", { name })}
              action={t("program.choose")}
              onYes={() => chooses(asked.wanted)}
              onNo={() => settle("refused")}
              onStop={onClose}
            />
          )}
          {asked?.kind === "link" && (
            <Asking
              name={name}
              words={t("program.wantsLink", { name, host: hostOf(asked.address) })}
              more={asked.address}
              action={t("linkCard.open")}
              onYes={() => {
                window.open(asked.address, "_blank", "noopener,noreferrer");
                settle();
              }}
              onNo={() => settle()}
              onStop={onClose}
            />
          )}
          {isAbout && (
            <About
              id={app.id}
              name={name}
              isShared={shared !== undefined}
              scope={scope}
              stores="texts"
              called={called}
              onCalled={rename}
              onClose={() => setAbout(false)}
              onGone={end}
            />
          )}
        </>
      }
    >
      <iframe ref={frame} title={name} data-testid="program-frame" data-state={state} />
    </Around>
  );
}
