/**
 * Recovery by the recovery card's words or code (docs/spec/identity.md ID30), by a passkey (ID33), or by the family
 * (ID38); then the question whether the other devices are lost. Home is contacted only after both are known.
 */
import type { ComingBack, Passkey } from "@yanshu/client";
import { useState } from "preact/hooks";
import { useAskedPasskey } from "../../kit/recovery/ask-passkey.ts";
import { useCanPasskeys } from "../../kit/recovery/passkey.ts";
import { ScanCard, useTakenCard } from "../../kit/recovery/take-card.tsx";
import { CardWords } from "../../kit/recovery/words-entry.tsx";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Logo } from "../../shell/mark.tsx";
import { api, CallError, errorWords, useView } from "../../shell/session.ts";
import { Slot } from "../../shell/slot.tsx";
import { toast } from "../../shell/toast.tsx";
import "./restore.css";

type Step = { readonly at: "how" | "words" | "scan" | "family" } | { readonly at: "lost"; readonly by: ComingBack };

export function Restore() {
  const can = useCanPasskeys();
  const [wanted, setStep] = useState<Step | undefined>(undefined);
  const isHelped = useView("family")?.back.step;
  // A started recovery by family continues.
  const chosen: Step = wanted ?? { at: isHelped === undefined || isHelped === "none" ? "how" : "family" };
  // Without passkeys the question is skipped.
  const step: Step = chosen.at === "how" && can === false ? { at: "words" } : chosen;
  const family = () => setStep({ at: "family" });
  const { entry, take } = useTakenCard((card) => setStep({ at: "lost", by: { card } }));
  if (step.at === "scan") return <ScanCard take={take} />;
  return (
    <section class="screen paper alone-screen" data-testid="restore" data-step={step.at}>
      <TopBar title="" plain />
      <div class="scroll form-page restore">
        {step.at === "lost" ? (
          <Lost by={step.by} onBack={() => setStep(before(step.by))} />
        ) : step.at === "family" ? (
          <Slot name="familyBack" onReady={() => setStep({ at: "lost", by: { family: true } })} />
        ) : step.at === "words" ? (
          <>
            <CardWords
              {...entry}
              title={t("restore.title")}
              lead={t("restore.lead")}
              onScan={() => setStep({ at: "scan" })}
            />
            {can === false && <ByFamily onFamily={family} />}
          </>
        ) : can === undefined ? null : (
          <How
            onPasskey={(passkey) => setStep({ at: "lost", by: { passkey } })}
            onCard={() => setStep({ at: "words" })}
            onFamily={family}
          />
        )}
      </div>
    </section>
  );
}

function before(by: ComingBack): Step {
  return { at: "passkey" in by ? "how" : "family" in by ? "family" : "words" };
}

function ByFamily({ onFamily }: { onFamily: () => void }) {
  return (
    <button type="button" class="btn plain" data-testid="by-family" onClick={onFamily}>
      {t("comeback.entry")}
    </button>
  );
}

type HowProps = {
  readonly onPasskey: (passkey: Passkey) => void;
  readonly onCard: () => void;
  readonly onFamily: () => void;
};

/** Asks which of the three ways to use. Home is not contacted yet. */
function How({ onPasskey, onCard, onFamily }: HowProps) {
  const { fault, ask } = useAskedPasskey(onPasskey);
  return (
    <>
      <div class="landed">
        <Logo size="l" />
        <h1 class="brush ask">{t("restore.how")}</h1>
        <p class="lead">{t("restore.howNote")}</p>
      </div>
      <p class="hint bad" role="alert" data-testid="how-fault">
        {fault}
      </p>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="by-passkey" onClick={() => void ask()}>
          {t("restore.byPasskey")}
        </button>
        <button type="button" class="btn soft" data-testid="by-card" onClick={onCard}>
          {t("restore.byCard")}
        </button>
        <ByFamily onFamily={onFamily} />
      </div>
    </>
  );
}

function Lost({ by, onBack }: { by: ComingBack; onBack: () => void }) {
  const [areOthersLost, setLost] = useState(true);
  const [isGoing, setGoing] = useState(false);
  const [fault, setFault] = useState("");
  const restore = async () => {
    setGoing(true);
    setFault("");
    try {
      await api.restoreAccount({ ...by, areOthersLost });
      toast(t("restore.done"));
    } catch (error) {
      setFault(refusalWords(error, by));
      setGoing(false);
    }
  };
  return (
    <>
      <h1 class="brush ask">{t("restore.lost")}</h1>
      <p class="lead">{t("restore.lostNote")}</p>
      <fieldset class="either" aria-label={t("restore.lost")}>
        {[true, false].map((lost) => (
          <label key={`${lost}`} class={lost === areOthersLost ? "chosen" : ""}>
            <input
              type="radio"
              name="lost"
              checked={lost === areOthersLost}
              data-testid={lost ? "lost-yes" : "lost-no"}
              onChange={() => setLost(lost)}
            />
            <span>{t(lost ? "restore.lostYes" : "restore.lostNo")}</span>
          </label>
        ))}
      </fieldset>
      <p class="hint bad" role="alert" data-testid="restore-fault">
        {fault}
      </p>
      <div class="alone-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="restore-go"
          disabled={isGoing}
          aria-busy={isGoing}
          onClick={() => void restore()}
        >
          {t(isGoing ? "restore.going" : "restore.go")}
        </button>
        <button type="button" class="btn plain" disabled={isGoing} onClick={onBack}>
          {t("action.back")}
        </button>
      </div>
    </>
  );
}

function refusalWords(error: unknown, by: ComingBack): string {
  const code = error instanceof CallError ? error.code : undefined;
  switch (code) {
    case "no-account":
      if ("family" in by) return t("comeback.unknown");
      return t("passkey" in by ? "restore.noPasskey" : "restore.unknown");
    case "too-often":
      return t("restore.often");
    case "not-allowed":
      return t("restore.many");
    default:
      return errorWords(error);
  }
}
