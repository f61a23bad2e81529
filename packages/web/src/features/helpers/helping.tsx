/**
 * The helper's side (docs/spec/identity.md ID38): first a telephone call, then the code, then four words that both
 * compare; then the helper's piece is sent.
 */
import type { FamilyPerson } from "@yanshu/client";
import { Check, PhoneCall } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { SameWords } from "../../kit/link-words.tsx";
import { Scan } from "../../kit/scan/scan.tsx";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { api, succeeds, useView } from "../../shell/session.ts";

type HelpingProps = {
  readonly who: FamilyPerson;
  /** The link that the person sent, if it was opened; undefined: their code is scanned here. */
  readonly link: string | undefined;
  readonly onClose: () => void;
};

export function Helping({ who, link, onClose }: HelpingProps) {
  const view = useView("family")?.helping;
  const [step, setStep] = useState<"call" | "scan" | "talk">("call");
  const { name } = who;
  useEffect(() => () => void api.cancelHelp().catch(() => undefined), []);
  const begin = async (code: string) => {
    setStep("talk");
    if (!(await succeeds(() => api.helpBack({ account: who.account, link: code })))) setStep("call");
  };
  if (step === "scan")
    return (
      <Scan title={t("help.title", { name })} note={t("help.scan", { name })} onFound={(code) => void begin(code)} />
    );
  if (step === "call" || view === undefined || view.step === "none")
    return (
      <Frame step={step} onBack={onClose}>
        {step === "call" ? (
          <Call who={who} onHeard={() => (link === undefined ? setStep("scan") : void begin(link))} />
        ) : (
          <p class="lead">{t("help.waiting", { name })}</p>
        )}
      </Frame>
    );
  return (
    <Frame step={view.step} onBack={onClose}>
      {view.step === "waiting" && <p class="lead">{t("help.waiting", { name })}</p>}
      {view.step === "compare" && (
        <SameWords
          title={t("help.words", { name })}
          words={view.words}
          same={t("help.same")}
          differ={t("help.differ")}
          testId="help"
          onAnswer={(isSame) => api.confirmHelp(isSame)}
        />
      )}
      {view.step === "done" && (
        <>
          <Logo size="l" />
          <h1 class="brush ask">{t("help.done", { name })}</h1>
          <p class="lead">{t("help.doneNote", { name })}</p>
          <button type="button" class="btn fill" data-testid="help-finish" onClick={onClose}>
            <Icon of={Check} size="s" />
            {t("action.done")}
          </button>
        </>
      )}
      {view.step === "stopped" && (
        <Nothing title={t("link.stopped")} note={t(`fault.${view.why}`)}>
          <button type="button" class="btn fill" data-testid="help-again" onClick={() => setStep("call")}>
            {t("help.again")}
          </button>
        </Nothing>
      )}
    </Frame>
  );
}

type FrameProps = { readonly step: string; readonly onBack: () => void; readonly children: preact.ComponentChildren };

function Frame({ step, onBack, children }: FrameProps) {
  return (
    <section class="screen paper" data-testid="helping" data-step={step}>
      <TopBar title="" plain onBack={onBack} />
      <div class="scroll linking" aria-live="polite">
        {children}
      </div>
    </section>
  );
}

function Call({ who, onHeard }: { who: FamilyPerson; onHeard: () => void }) {
  const { name, face } = who;
  return (
    <>
      <p class="who">
        <Avatar face={face} size="lg" />
      </p>
      <h1 class="brush ask">{t("help.title", { name })}</h1>
      <p class="lead">{t("help.call", { name })}</p>
      <p class="care-note">{t("help.care")}</p>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="help-heard" onClick={onHeard}>
          <Icon of={PhoneCall} size="s" />
          {t("help.heard", { name })}
        </button>
      </div>
    </>
  );
}
