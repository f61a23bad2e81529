/**
 * What stands over every screen under an alarm (docs/spec/web.md WE35): what happened, what not to do, and everything to be carried out
 * of the window that still has it. With the app lock on its code is asked first.
 */
import { ShieldAlert } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/alarm.ts";
import { messages as keepingWords } from "../../locales/parts/keeping.ts";
import { messages as lockWords } from "../../locales/parts/lock.ts";
import { dropLock } from "../../lock-passkey.ts";
import type { LockRecord } from "../../lock-record.ts";
import type { Alarm } from "../../shell/alarm.ts";
import { Icon } from "../../shell/icon.tsx";
import { locked } from "../../shell/locked.ts";
import { CarryOut } from "../keeping/carry.tsx";
import { onLockMessage, standingLock, tell } from "../lock/guard.ts";
import { KnownSecret } from "../lock/known-secret.tsx";
import "../../styles/alarm.css";

addWords(messages, keepingWords, lockWords);

export function AlarmScreen({ kind }: { kind: Alarm }) {
  const [record, setRecord] = useState<LockRecord | "none">();
  const [isSaved, setSaved] = useState(false);
  useEffect(() => {
    void standingLock().then((standing) => setRecord(standing ?? "none"));
    // Whoever finds the open window does not carry out what the lock keeps.
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
      <p>{t(`alarm.${kind}Do`)}</p>
      {locked.value ? (
        <p class="sheet-note">{t("alarm.locked")}</p>
      ) : record === "none" ? (
        <CarryOut onSaved={() => setSaved(true)} />
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

/** Nothing is left that the lock could keep. */
async function leave(): Promise<void> {
  await dropLock().catch(() => undefined);
  location.replace("/");
}
