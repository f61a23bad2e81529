/**
 * Which people and groups were restored, and from which source (docs/spec/vault.md VA26, VA27): a strip over every
 * screen of a restored device, until the person has dismissed it.
 */
import type { CameBack } from "@yanshu/client";
import { Info, ShieldAlert } from "lucide";
import { atWords } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds } from "../../shell/session.ts";
import "./restore.css";

export function CameBackStrip({ came }: { came: CameBack }) {
  const [isBusy, run] = useBusy();
  const isGood = came.kind === "vouched";
  const when = "asOfMs" in came ? dayWords(came.asOfMs) : "";
  return (
    <section class="strip came-back" role="status" data-testid="came-back" data-kind={came.kind}>
      <Icon of={isGood ? Info : ShieldAlert} />
      <div class="grow">
        {!isGood && <b>{t(came.kind === "removed" ? "came.removedTitle" : "came.title")}</b>}
        <p>{t(`came.${came.kind}`, { when })}</p>
        <div class="came-acts">
          {came.kind === "removed" && (
            <button
              type="button"
              class="btn soft"
              data-testid="came-believe"
              disabled={isBusy}
              onClick={() => void run(() => succeeds(() => api.believeRemoved()))}
            >
              {t("came.believe")}
            </button>
          )}
          <button
            type="button"
            class={`btn ${came.kind === "removed" ? "plain" : "soft"}`}
            data-testid="came-read"
            disabled={isBusy}
            onClick={() => void run(() => succeeds(() => api.noteCameBack()))}
          >
            {t(came.kind === "removed" ? "came.leave" : "came.read")}
          </button>
        </div>
      </div>
    </section>
  );
}

function dayWords(atMs: number): string {
  return atWords(atMs, locale.value, { month: "long", day: "numeric", hour: "numeric", minute: "2-digit" });
}
