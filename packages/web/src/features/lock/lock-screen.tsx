/** The lock screen (WE30): the app's name, a pad, and nothing of anybody. */
import { useEffect, useState } from "preact/hooks";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/lock.ts";
import { type LockRecord, readLock, waitMsOf } from "../../lock-record.ts";
import { GooseScene } from "../../shell/mark.tsx";
import { confirm } from "../../shell/sheet.tsx";
import { giveUp, onLockMessage, tell } from "./guard.ts";
import { Pad } from "./pad.tsx";
import { WordsField } from "./words-field.tsx";
import "../../styles/lock.css";

addWords(messages);

type State = "ready" | "trying" | "heard" | "wrong";
/** The worker may not be there yet when somebody is quick. */
const againMs = 1_000;

export function LockScreen() {
  const [record, setRecord] = useState<LockRecord>();
  const [secret, setSecret] = useState("");
  const [state, setState] = useState<State>("ready");
  const waitMs = useWait(record);
  useEffect(() => {
    const read = () => void readLock().then(setRecord);
    read();
    return onLockMessage((message) => {
      if (message.kind === "trying") setState("heard");
      if (message.kind !== "wrong") return;
      setState("wrong");
      setSecret("");
      read();
    });
  }, []);
  useEffect(() => {
    if (state !== "trying") return;
    const timer = setInterval(() => tell({ kind: "try", secret }), againMs);
    return () => clearInterval(timer);
  }, [state, secret]);
  if (record === undefined) return <main class="alone lock" data-testid="lock" />;
  const open = () => {
    if (secret === "" || waitMs > 0) return;
    setState("trying");
    tell({ kind: "try", secret });
  };
  const change = (value: string) => {
    setSecret(value);
    setState("ready");
  };
  const forgot = async () => {
    const yes = await confirm({
      title: t("lock.forgotAsk"),
      note: t("lock.forgotNote"),
      action: t("lock.forgotDo"),
      danger: true,
    });
    if (yes) await giveUp();
  };
  const isTrying = state === "trying" || state === "heard";
  const isBusy = isTrying || waitMs > 0;
  return (
    <main class="alone lock" data-testid="lock" data-state={state}>
      <GooseScene />
      <h1 class="brush">{t("app.name")}</h1>
      <p class="lock-said" role="status" data-testid="lock-said">
        {waitMs > 0
          ? t("lock.wait", { n: Math.ceil(waitMs / 1_000) })
          : isTrying
            ? t("lock.trying")
            : state === "wrong"
              ? t("lock.wrong")
              : t(record.asks === "digits" ? "lock.enter" : "lock.enterWords")}
      </p>
      {record.asks === "digits" ? (
        <Pad value={secret} onChange={change} onDone={open} isBusy={isBusy} />
      ) : (
        <WordsField value={secret} onChange={change} onDone={open} isBusy={isBusy} testId="lock-words" />
      )}
      <button type="button" class="btn plain" data-testid="lock-forgot" onClick={() => void forgot()}>
        {t("lock.forgot")}
      </button>
    </main>
  );
}

/** How long one has to wait yet, second by second. */
function useWait(record: LockRecord | undefined): number {
  const [nowMs, setNow] = useState(Date.now());
  const waitMs = record === undefined ? 0 : waitMsOf(record, nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [record]);
  useEffect(() => setNow(Date.now()), [record]);
  return waitMs;
}
