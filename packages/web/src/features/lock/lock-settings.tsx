/**
 * The lock's rows in the settings: turning it on and off, when it locks (WE31), its secret, and its passkey (ST34).
 * After the lock was turned on the app reloads, locked, and asks for the secret at once.
 */
import { Fingerprint, KeyRound, LockKeyhole, LockKeyholeOpen, Timer } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { changeLock, type LockRecord, readLock } from "../../shared/lock-record.ts";
import { Choice } from "../../shell/choice.tsx";
import { Link } from "../../shell/link.tsx";
import { isBeside, useStatus } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";
import { forgetCredential, useCanPasskeys } from "../../shell/webauthn.ts";
import { AddPasskeySheet } from "./add-passkey-sheet.tsx";
import { follow, lockNow, onLockMessage, tell } from "./guard.ts";
import { KnownSecret } from "./known-secret.tsx";
import { NewSecret } from "./new-secret.tsx";
import "./lock.css";

const minuteMs = 60_000;
const choices = ["0", "1", "5", "15"] as const;

export function LockSettings() {
  const [record, setRecord] = useState<LockRecord | "none">();
  const [open, setOpen] = useState<"on" | "off" | "after" | "change" | "passkey">();
  /** The passkey was removed from the lock here; the system may still list it. */
  const [isLeft, setLeft] = useState(false);
  const can = useCanPasskeys("userVerifyingPlatformAuthenticator");
  const isPersistent = useStatus()?.persistent ?? false;
  useEffect(() => {
    const read = () => void readLock().then((found) => setRecord(found ?? "none"));
    read();
    return onLockMessage((message) => {
      if (message.kind === "changed" || message.kind === "wrong") read();
    });
  }, []);
  // Without a persistent store there is nothing to lock; nor where the store is in no browser (HM98).
  if (record === undefined || !isPersistent || isBeside.value) return null;
  const close = () => setOpen(undefined);
  if (record === "none")
    return (
      <div class="group">
        <SettingButton
          icon={LockKeyhole}
          label={t("lock.title")}
          note={t("lock.what")}
          value={t("lock.isOff")}
          testId="lock-turn-on"
          onClick={() => setOpen("on")}
        />
        {open === "on" && <TurnOn onClose={close} />}
      </div>
    );
  const after = choices.find((one) => Number(one) * minuteMs === record.afterMs) ?? "5";
  const change = async (how: (now: LockRecord) => LockRecord) => {
    const changed = await changeLock(how);
    if (changed === undefined) return;
    follow(changed);
    tell({ kind: "changed" });
    setRecord(changed);
  };
  const { passkey } = record;
  const dropPasskey = async (id: string) => {
    await change(({ passkey: _, ...rest }) => rest);
    await forgetCredential(id);
    setLeft(true);
  };
  return (
    <div class="group">
      <SettingButton icon={LockKeyhole} label={t("lock.now")} testId="lock-now" onClick={() => void lockNow(true)} />
      <SettingButton
        icon={Timer}
        label={t("lock.after")}
        value={t(`lock.after.${after}`)}
        testId="lock-after"
        onClick={() => setOpen("after")}
      />
      {(can === true || passkey !== undefined) && (
        <SettingSwitch
          icon={Fingerprint}
          label={t("lock.passkey")}
          note={t(passkey === undefined && isLeft ? "lock.passkeyLeft" : "lock.passkeyNote")}
          isOn={passkey !== undefined}
          testId="lock-passkey"
          onChange={() => (passkey === undefined ? setOpen("passkey") : void dropPasskey(passkey.id))}
        />
      )}
      <SettingButton icon={KeyRound} label={t("lock.change")} testId="lock-change" onClick={() => setOpen("change")} />
      <SettingButton
        icon={LockKeyholeOpen}
        label={t("lock.turnOff")}
        danger
        testId="lock-turn-off"
        onClick={() => setOpen("off")}
      />
      {open === "after" && (
        <Choice
          title={t("lock.after")}
          options={choices.map((one) => ({ value: one, label: t(`lock.after.${one}`) }))}
          chosen={after}
          onChoose={(one) => void change((now) => ({ ...now, afterMs: Number(one) * minuteMs }))}
          onClose={close}
        />
      )}
      {open === "passkey" && <AddPasskeySheet record={record} onClose={close} />}
      {open === "change" && <ChangeSecret record={record} onClose={close} />}
      {open === "off" && <TurnOff record={record} onClose={close} />}
    </div>
  );
}

function TurnOn({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title={t("lock.title")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.title")}</h2>
      <NewSecret onChosen={(secret, asks) => tell({ kind: "turn-on", secret, asks, afterMs: 5 * minuteMs })}>
        <p class="sheet-note">{t("lock.about")}</p>
        <p class="sheet-note">
          <strong>{t("lock.care")}</strong>{" "}
          <Link to={{ name: "way-back" }} class="lock-link">
            {t("lock.wayBack")}
          </Link>
        </p>
      </NewSecret>
    </Sheet>
  );
}

type OfRecord = { readonly record: LockRecord; readonly onClose: () => void };

/** Changes the secret: only the store's key is wrapped anew; the store is not copied. */
function ChangeSecret({ record, onClose }: OfRecord) {
  const [step, setStep] = useState<"known" | "new" | "told">("known");
  useEffect(
    () =>
      onLockMessage(({ kind }) => {
        if (kind === "right") setStep("new");
        if (kind === "changed" && step === "told") onClose();
      }),
    [step],
  );
  return (
    <Sheet title={t("lock.change")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.change")}</h2>
      {step === "known" ? (
        <KnownSecret
          record={record}
          ready={t(record.asks === "digits" ? "lock.enterNow" : "lock.enterWordsNow")}
          busy={t("lock.checking")}
          onSecret={(secret) => tell({ kind: "check", secret })}
        />
      ) : (
        <NewSecret
          onChosen={(secret, asks) => {
            setStep("told");
            tell({ kind: "change-secret", secret, asks });
          }}
        />
      )}
    </Sheet>
  );
}

function TurnOff({ record, onClose }: OfRecord) {
  return (
    <Sheet title={t("lock.turnOff")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.turnOff")}</h2>
      {record.passkey !== undefined && <p class="sheet-note">{t("lock.passkeyGoes")}</p>}
      <KnownSecret
        record={record}
        ready={t(record.asks === "digits" ? "lock.enter" : "lock.enterWords")}
        busy={t("lock.said.busy")}
        onSecret={(secret) => tell({ kind: "turn-off", secret })}
      />
    </Sheet>
  );
}
