/**
 * A recovery of this account by its family is running (docs/spec/identity.md ID39): a strip over every screen until it
 * ends. The person who recovers dismisses the strip for this window; from any device of the account one tap stops the
 * recovery.
 */
import { ShieldAlert } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { whenWords } from "./when.ts";
import "./family.css";

export function AskStrip({ dueAtMs }: { dueAtMs: number }) {
  const [isMine, setMine] = useState(false);
  const stop = async () => {
    if (await succeeds(() => api.stopFamily())) toast(t("asked.stopped"));
  };
  if (isMine) return null;
  return (
    <section class="strip family-asked" role="alert" data-testid="family-asked">
      <Icon of={ShieldAlert} />
      <div class="grow">
        <b>{t("asked.title")}</b>
        <p>{t("asked.note", { when: whenWords(dueAtMs) })}</p>
        <div class="asked-acts">
          <button type="button" class="btn danger" data-testid="family-stop" onClick={() => void stop()}>
            {t("asked.stop")}
          </button>
          <button type="button" class="btn plain" data-testid="family-mine" onClick={() => setMine(true)}>
            {t("asked.mine")}
          </button>
        </div>
      </div>
    </section>
  );
}
