/**
 * Coming back with the recovery card (docs/spec/identity.md ID30): the words or the code, then whether the other devices are
 * lost. Nothing is asked of home before both were said.
 */
import type { CardFault } from "@yanshu/client";
import { useState } from "preact/hooks";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/recovery.ts";
import { CallError } from "../../rpc.ts";
import { TopBar } from "../../shell/bar.tsx";
import { api, attempt, errorWords } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Scan } from "../scan/scan.tsx";
import { CardWords } from "./words-entry.tsx";
import "../../styles/restore.css";

addWords(messages);

type Step = { readonly at: "words" | "scan" } | { readonly at: "lost"; readonly card: string };

export function Restore() {
  const [step, setStep] = useState<Step>({ at: "words" });
  const [fault, setFault] = useState("");
  /** Answers whether the card can be used. */
  const take = async (card: string): Promise<boolean> => {
    const found = await attempt(async () => ({ fault: await api.checkCard(card) }));
    if (found === undefined) return false;
    setFault(found.fault === undefined ? "" : faultWords(found.fault));
    if (found.fault === undefined) setStep({ at: "lost", card });
    return found.fault === undefined;
  };
  if (step.at === "scan")
    return (
      <Scan
        title={t("restore.scan")}
        note={t("restore.scanNote")}
        takes={async (text) => {
          if (await take(text)) return true;
          toast(t("restore.code"));
          return false;
        }}
      />
    );
  return (
    <section class="screen paper alone-screen" data-testid="restore" data-step={step.at}>
      <TopBar title="" plain />
      <div class="scroll form-page restore">
        {step.at === "lost" ? (
          <Lost card={step.card} onBack={() => setStep({ at: "words" })} />
        ) : (
          <CardWords fault={fault} onDone={take} onEdit={() => setFault("")} onScan={() => setStep({ at: "scan" })} />
        )}
      </div>
    </section>
  );
}

function faultWords(fault: CardFault): string {
  switch (fault.kind) {
    case "word":
      return t("restore.word", { word: fault.word, n: fault.place + 1 });
    case "count":
      return t("restore.count", { n: fault.count });
    case "server":
      return t("restore.server", { server: fault.server });
    default:
      return t(`restore.${fault.kind}`);
  }
}

function Lost({ card, onBack }: { card: string; onBack: () => void }) {
  const [areOthersLost, setLost] = useState(true);
  const [isGoing, setGoing] = useState(false);
  const [fault, setFault] = useState("");
  const restore = async () => {
    setGoing(true);
    setFault("");
    try {
      await api.restoreAccount({ card, areOthersLost });
      toast(t("restore.done"));
    } catch (error) {
      setFault(refusalWords(error));
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

function refusalWords(error: unknown): string {
  const code = error instanceof CallError ? error.code : undefined;
  switch (code) {
    case "no-account":
      return t("restore.unknown");
    case "too-often":
      return t("restore.often");
    case "not-allowed":
      return t("restore.many");
    default:
      return errorWords(error);
  }
}
