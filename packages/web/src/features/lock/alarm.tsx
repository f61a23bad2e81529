/**
 * The screen under an alarm (docs/spec/web.md WE35): what happened, in steps what to do, and an export of everything
 * from this window, which still has it. With the lock on, its code is asked for first.
 */
import { ShieldAlert } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { dropLock } from "../../shared/lock-passkey.ts";
import type { LockRecord } from "../../shared/lock-record.ts";
import type { Alarm } from "../../shell/alarm.ts";
import { Icon } from "../../shell/icon.tsx";
import { locked } from "../../shell/locked.ts";
import { Slot } from "../../shell/slot.tsx";
import { onLockMessage, standingLock, tell } from "./guard.ts";
import { KnownSecret } from "./known-secret.tsx";
import "./alarm.css";

export function AlarmScreen({ kind }: { kind: Alarm }) {
  const [record, setRecord] = useState<LockRecord | "none">();
  const [isSaved, setSaved] = useState(false);
  useEffect(() => {
    void standingLock().then((standing) => setRecord(standing ?? "none"));
    // The code protects the export from a stranger at the open window.
    return onLockMessage((message) => {
      if (message.kind === "right") setRecord("none");
    });
  }, []);
  return (
    <main class="alone alarm" data-testid="alarm" data-kind={kind}>
      <span class="alarm-mark" aria-hidden="true">
        <Icon of={ShieldAlert} />
      </span>
      <h1>{t(`alarm.${kind}`)}</h1>
      <p>{t(`alarm.${kind}What`)}</p>
      <ol class="alarm-steps" data-testid="alarm-steps">
        <li>{t(`alarm.${kind}Stay`)}</li>
        {!locked.value && <li>{t("alarm.keep")}</li>}
        <li>{t(`alarm.${kind}Then`)}</li>
      </ol>
      {locked.value ? (
        <p class="sheet-note">{t("alarm.locked")}</p>
      ) : record === "none" ? (
        <Slot name="carryOut" label={t("alarm.make")} onSaved={() => setSaved(true)} />
      ) : (
        record !== undefined && (
          <KnownSecret
            record={record}
            ready={t(record.asks === "digits" ? "lock.enterNow" : "lock.enterWordsNow")}
            busy={t("lock.checking")}
            onSecret={(secret) => tell({ kind: "check", secret })}
          />
        )
      )}
      <p class="alarm-saved" role="status">
        {isSaved && t("alarm.saved")}
      </p>
      {kind === "wiped" && (
        <button
          type="button"
          class={isSaved ? "btn fill" : "btn plain"}
          data-testid="alarm-anew"
          onClick={() => void leave()}
        >
          {t("alarm.anew")}
        </button>
      )}
    </main>
  );
}

/** Removes the lock, since there is no store any more, and loads the app. */
async function leave(): Promise<void> {
  await dropLock().catch(() => undefined);
  location.replace("/");
}
