/** Export of everything: a zip made on this device, in open formats (docs/spec/keeping.md KP7). */
import { Download, PackageOpen } from "lucide";
import { useMaking } from "../../kit/making.ts";
import { sizeWords } from "../../kit/sizes.ts";
import { systemWords } from "../../kit/system-words.ts";
import { atWords } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api } from "../../shell/session.ts";
import { Import } from "./import.tsx";
import { makeZip, type ZipProgress } from "./make-zip.ts";
import "../../kit/carry.css";

type Made = { readonly name: string; readonly missing: number };

/** Makes the zip, and offers it for saving. @param label absent: the words of the settings. */
export function CarryOut({ label, onSaved }: { label?: string; onSaved?: () => void }) {
  const { state, make, stop } = useMaking<ZipProgress, Made>(
    { chats: 0, of: 0, bytes: 0 },
    async (out, tell, signal) => {
      const words = {
        lang: locale.value,
        title: t("carry.pageTitle"),
        moments: t("carry.moments"),
        gone: t("carry.goneFile"),
        when: (ms: number) => atWords(ms, locale.value, { dateStyle: "medium", timeStyle: "short" }),
        line: systemWords,
      };
      const missing = await makeZip(api, out, words, Date.now(), tell, signal);
      return { name: `yanshu-${new Date().toISOString().slice(0, 10)}.zip`, missing };
    },
  );
  return (
    <div class="page-acts" role="status">
      {state.step === "making" && <Making told={state.told} onStop={stop} />}
      {state.step === "failed" && <p class="sheet-note">{t("carry.failed")}</p>}
      {(state.step === "ready" || state.step === "failed") && (
        <button type="button" class="btn fill" data-testid="carry-make" onClick={() => void make()}>
          {label ?? t("carry.make")}
        </button>
      )}
      {state.step === "done" && (
        <>
          <a class="btn fill" data-testid="carry-save" href={state.url} download={state.made.name} onClick={onSaved}>
            <Icon of={Download} size="s" /> {t("carry.save", { size: sizeWords(state.bytes) })}
          </a>
          {state.made.missing > 0 && <p class="page-note">{t("carry.missing", { n: state.made.missing })}</p>}
        </>
      )}
    </div>
  );
}

export function Carry() {
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
        <CarryOut />
        <Import />
      </div>
    </section>
  );
}

function Making({ told, onStop }: { told: ZipProgress; onStop: () => void }) {
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
