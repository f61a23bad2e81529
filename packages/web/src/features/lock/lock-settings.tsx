/** Turning the lock on and off, and when it locks (WE31). What is typed is asked for again at once: the app begins anew, locked. */
import { LockKeyhole, Timer } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/lock.ts";
import { type LockRecord, readLock, writeLock } from "../../lock-record.ts";
import { Choice } from "../../shell/choice.tsx";
import { Link } from "../../shell/link.tsx";
import { useStatus } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";
import { follow, lockNow, onLockMessage, tell } from "./guard.ts";
import { digitsMin, Pad } from "./pad.tsx";
import { WordsField } from "./words-field.tsx";
import "../../styles/lock.css";

addWords(messages);

const minuteMs = 60_000;
const choices = ["0", "1", "5", "15"] as const;
const wordsMin = 8;

export function LockSettings() {
  const [record, setRecord] = useState<LockRecord | "none">();
  const [open, setOpen] = useState<"on" | "off" | "after">();
  const isPersistent = useStatus()?.persistent ?? false;
  const read = () => void readLock().then((found) => setRecord(found ?? "none"));
  useEffect(read, []);
  // Without files of the browser's there is nothing to lock.
  if (record === undefined || !isPersistent) return null;
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
        {open === "on" && <TurnOn onClose={() => setOpen(undefined)} />}
      </div>
    );
  const after = choices.find((one) => Number(one) * minuteMs === record.afterMs) ?? "5";
  return (
    <div class="group">
      <SettingButton icon={LockKeyhole} label={t("lock.now")} testId="lock-now" onClick={() => void lockNow()} />
      <SettingButton
        icon={Timer}
        label={t("lock.after")}
        value={t(`lock.after.${after}`)}
        testId="lock-after"
        onClick={() => setOpen("after")}
      />
      <SettingButton
        icon={LockKeyhole}
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
          onChoose={(one) => {
            const changed = { ...record, afterMs: Number(one) * minuteMs };
            void writeLock(changed).then(() => {
              follow(changed);
              tell({ kind: "changed" });
              setRecord(changed);
            });
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === "off" && <TurnOff asks={record.asks} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function TurnOn({ onClose }: { onClose: () => void }) {
  const [asks, setAsks] = useState<LockRecord["asks"]>();
  const [first, setFirst] = useState<string>();
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState<"differs" | "short" | "busy">();
  const begin = (how: LockRecord["asks"]) => {
    setAsks(how);
    setFirst(undefined);
    setTyped("");
    setSaid(undefined);
  };
  const done = () => {
    if (asks === "words" && typed.length < wordsMin) return setSaid("short");
    if (first === undefined) {
      setFirst(typed);
      setTyped("");
      return setSaid(undefined);
    }
    if (first !== typed) {
      setFirst(undefined);
      setTyped("");
      return setSaid("differs");
    }
    setSaid("busy");
    tell({ kind: "turn-on", secret: typed, asks: asks ?? "digits", afterMs: 5 * minuteMs });
  };
  const isBusy = said === "busy";
  return (
    <Sheet title={t("lock.title")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.title")}</h2>
      {asks === undefined ? (
        <>
          <p class="sheet-note">{t("lock.about")}</p>
          <p class="sheet-note">
            <strong>{t("lock.care")}</strong>{" "}
            <Link to={{ name: "way-back" }} class="lock-link">
              {t("lock.wayBack")}
            </Link>
          </p>
          <div class="sheet-acts">
            <button type="button" class="btn fill" data-testid="lock-digits" onClick={() => begin("digits")}>
              {t("lock.withDigits")}
            </button>
            <button type="button" class="btn" data-testid="lock-by-words" onClick={() => begin("words")}>
              {t("lock.withWords")}
            </button>
            <p class="sheet-note">{t("lock.honest")}</p>
          </div>
        </>
      ) : (
        <>
          <p class="sheet-note" role="status" data-testid="lock-step">
            {said !== undefined
              ? t(`lock.said.${said}`, { n: wordsMin })
              : t(first === undefined ? (asks === "digits" ? "lock.choose" : "lock.chooseWords") : "lock.again", {
                  n: asks === "digits" ? digitsMin : wordsMin,
                })}
          </p>
          {asks === "digits" ? (
            <Pad value={typed} onChange={setTyped} onDone={done} isBusy={isBusy} />
          ) : (
            <WordsField value={typed} onChange={setTyped} onDone={done} isBusy={isBusy} testId="lock-new-words" />
          )}
        </>
      )}
    </Sheet>
  );
}

function TurnOff({ asks, onClose }: { asks: LockRecord["asks"]; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<"ready" | "busy" | "wrong">("ready");
  useEffect(
    () =>
      onLockMessage(({ kind }) => {
        if (kind !== "wrong") return;
        setState("wrong");
        setTyped("");
      }),
    [],
  );
  const done = () => {
    setState("busy");
    tell({ kind: "turn-off", secret: typed });
  };
  const field = { value: typed, onChange: setTyped, onDone: done, isBusy: state === "busy" };
  return (
    <Sheet title={t("lock.turnOff")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.turnOff")}</h2>
      <p class="sheet-note" role="status">
        {t(state === "wrong" ? "lock.wrong" : state === "busy" ? "lock.said.busy" : "lock.enter")}
      </p>
      {asks === "digits" ? <Pad {...field} /> : <WordsField {...field} testId="lock-words" />}
    </Sheet>
  );
}
