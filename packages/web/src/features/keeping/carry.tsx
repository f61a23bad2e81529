/** Carrying everything elsewhere: a zip made on this device, that anybody can read (docs/spec/keeping.md KP7). */
import { Download, PackageOpen } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { addWords, locale, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/keeping.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api } from "../../shell/session.ts";
import { sizeWords } from "../media/words.ts";
import { systemWords } from "../timeline/system-words.ts";
import { makeZip, type Told } from "./carry/make-zip.ts";
import { emptySink, openSink } from "./carry/sink.ts";
import { Import } from "./import.tsx";
import "../../styles/keeping.css";

addWords(messages);

type State =
  | { readonly step: "ready" }
  | { readonly step: "making"; readonly told: Told }
  | {
      readonly step: "done";
      readonly url: string;
      readonly name: string;
      readonly bytes: number;
      readonly missing: number;
    }
  | { readonly step: "failed" };

export function Carry() {
  const [state, setState] = useState<State>({ step: "ready" });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => {
    void emptySink();
    return () => {
      stop.current?.abort();
      void emptySink();
    };
  }, []);
  const make = async () => {
    const control = new AbortController();
    stop.current = control;
    setState({ step: "making", told: { chats: 0, of: 0, bytes: 0 } });
    try {
      const { out, finish } = await openSink();
      const when = new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" });
      const words = {
        lang: locale.value,
        title: t("carry.pageTitle"),
        gone: t("carry.goneFile"),
        when: (ms: number) => when.format(ms),
        line: systemWords,
      };
      const show = (told: Told) => setState({ step: "making", told });
      const missing = await makeZip(api, out, words, Date.now(), show, control.signal);
      const zip = await finish();
      const name = `yanshu-${new Date().toISOString().slice(0, 10)}.zip`;
      setState({ step: "done", url: URL.createObjectURL(zip), name, bytes: zip.size, missing });
    } catch {
      await emptySink();
      setState({ step: control.signal.aborted ? "ready" : "failed" });
    }
  };
  return (
    <section class="screen" data-testid="carry">
      <TopBar title={t("carry.title")} />
      <div class="scroll">
        <div class="group carry-what">
          <span class="ico" aria-hidden="true">
            <Icon of={PackageOpen} />
          </span>
          <p>{t("carry.what")}</p>
          <p class="page-note">{t("carry.care")}</p>
        </div>
        <div class="page-acts" role="status">
          {state.step === "making" && <Making told={state.told} onStop={() => stop.current?.abort()} />}
          {state.step === "failed" && <p class="sheet-note">{t("carry.failed")}</p>}
          {(state.step === "ready" || state.step === "failed") && (
            <button type="button" class="btn fill" data-testid="carry-make" onClick={() => void make()}>
              {t("carry.make")}
            </button>
          )}
          {state.step === "done" && (
            <>
              <a class="btn fill" data-testid="carry-save" href={state.url} download={state.name}>
                <Icon of={Download} size="s" /> {t("carry.save", { size: sizeWords(state.bytes) })}
              </a>
              {state.missing > 0 && <p class="page-note">{t("carry.missing", { n: state.missing })}</p>}
            </>
          )}
        </div>
        <Import />
      </div>
    </section>
  );
}

function Making({ told, onStop }: { told: Told; onStop: () => void }) {
  return (
    <>
      <progress class="carry-progress" aria-label={t("carry.making")} max={Math.max(1, told.of)} value={told.chats} />
      <p class="sheet-note">{t("carry.progress", { n: told.chats, of: told.of, size: sizeWords(told.bytes) })}</p>
      <button type="button" class="btn plain" onClick={onStop}>
        {t("action.cancel")}
      </button>
    </>
  );
}
