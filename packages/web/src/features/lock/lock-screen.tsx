/**
 * The lock screen (WE30, WE32): the app's name, a pad, and the passkey if there is one; nothing of the account.
 */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import type { LockMessage } from "../../shared/lock-channel.ts";
import { type LockRecord, readLock } from "../../shared/lock-record.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { GooseScene } from "../../shell/mark.tsx";
import { confirm } from "../../shell/sheet.tsx";
import { giveUp, onLockMessage, tell } from "./guard.ts";
import { Secret } from "./secret.tsx";
import { useWait } from "./wait.ts";
import "./lock.css";

/**
 * `asking`: for the passkey. `heard`: the worker is trying the secret. `instead`: the passkey was dismissed, so the
 * code is asked for. `stale`: the passkey's secret did not open the store.
 */
type State = "ready" | "asking" | "trying" | "heard" | "wrong" | "instead" | "stale";
/** Interval at which a try is repeated until the worker has received it: the worker may not have started yet. */
const againMs = 1_000;

const byPasskey = lazily(() => import("./by-passkey.tsx").then((m) => m.ByPasskey));

export function LockScreen() {
  const [record, setRecord] = useState<LockRecord>();
  const [isBroken, setBroken] = useState(false);
  const [secret, setSecret] = useState("");
  const [attempt, setAttempt] = useState<LockMessage>();
  const [state, setState] = useState<State>("ready");
  const waitMs = useWait(record);
  useEffect(() => {
    const read = () => void readLock().then(setRecord, () => setBroken(true));
    read();
    return onLockMessage((message) => {
      if (message.kind === "trying") setState("heard");
      if (message.kind === "wrong-passkey") setState("stale");
      if (message.kind !== "wrong") return;
      setState("wrong");
      setSecret("");
      read();
    });
  }, []);
  useEffect(() => {
    if (state !== "trying" || attempt === undefined) return;
    const timer = setInterval(() => tell(attempt), againMs);
    return () => clearInterval(timer);
  }, [state, attempt]);
  if (record === undefined)
    return (
      <main class="alone lock" data-testid="lock">
        {isBroken && (
          <>
            <GooseScene />
            <h1 class="brush">{t("app.name")}</h1>
            <p class="lock-said" role="status" data-testid="lock-said">
              {t("lock.broken")}
            </p>
            <Forgot />
          </>
        )}
      </main>
    );
  const tries = (message: LockMessage) => {
    setAttempt(message);
    setState("trying");
    tell(message);
  };
  const change = (value: string) => {
    setSecret(value);
    setState("ready");
  };
  const isTrying = state === "trying" || state === "heard";
  const isWaiting = waitMs > 0;
  return (
    <main class="alone lock" data-testid="lock" data-state={state}>
      <GooseScene />
      <h1 class="brush">{t("app.name")}</h1>
      <p class="lock-said" role="status" data-testid="lock-said">
        {saidOf(state, record, waitMs)}
      </p>
      <Secret
        asks={record.asks}
        value={secret}
        onChange={change}
        onDone={() => secret !== "" && !isWaiting && tries({ kind: "try", secret })}
        isBusy={isTrying || isWaiting}
      />
      {record.passkey !== undefined && (
        <Lazy
          of={byPasskey}
          passkey={record.passkey}
          isAsking={state === "asking"}
          isBusy={isTrying}
          onAsk={() => setState("asking")}
          onAnswer={(answer) =>
            answer === undefined ? setState("instead") : tries({ kind: "try-passkey", secret: answer })
          }
        />
      )}
      <Forgot passkey={record.passkey} />
    </main>
  );
}

function Forgot({ passkey }: { readonly passkey?: LockRecord["passkey"] | undefined }) {
  return (
    <button type="button" class="btn plain" data-testid="lock-forgot" onClick={() => void forgot(passkey)}>
      {t("lock.forgot")}
    </button>
  );
}

/** The line on the screen: the running action, else the remaining wait, else what to do. */
function saidOf(state: State, { asks }: LockRecord, waitMs: number): string {
  const isDigits = asks === "digits";
  if (state === "asking") return t("lock.passkeyWaits");
  if (state === "trying" || state === "heard") return t("lock.trying");
  if (waitMs > 0) return t("lock.wait", { n: Math.ceil(waitMs / 1_000) });
  switch (state) {
    case "wrong":
      return t("lock.wrong");
    case "instead":
      return t(isDigits ? "lock.passkeyInstead" : "lock.passkeyInsteadWords");
    case "stale":
      return t(isDigits ? "lock.passkeyStale" : "lock.passkeyStaleWords");
    default:
      return t(isDigits ? "lock.enter" : "lock.enterWords");
  }
}

async function forgot(passkey: LockRecord["passkey"]): Promise<void> {
  const yes = await confirm({
    title: t("lock.forgotAsk"),
    note: passkey === undefined ? t("lock.forgotNote") : `${t("lock.forgotNote")} ${t("lock.passkeyGoes")}`,
    action: t("lock.forgotDo"),
    danger: true,
  });
  if (yes) await giveUp();
}
