/**
 * Asks for the lock's present secret before a change of the lock; wrong tries count as on the lock screen (ST32).
 */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import type { LockRecord } from "../../shared/lock-record.ts";
import { onLockMessage } from "./guard.ts";
import { Secret } from "./secret.tsx";
import { useWait } from "./wait.ts";

type KnownSecretProps = {
  readonly record: LockRecord;
  /** Texts before the input, and while the secret is being checked. */
  readonly ready: string;
  readonly busy: string;
  readonly onSecret: (secret: string) => void;
};

export function KnownSecret({ record, ready, busy, onSecret }: KnownSecretProps) {
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<"ready" | "busy" | "wrong">("ready");
  const waitMs = useWait(record);
  useEffect(
    () =>
      onLockMessage(({ kind }) => {
        if (kind !== "wrong") return;
        setState("wrong");
        setTyped("");
      }),
    [],
  );
  return (
    <>
      <p class="sheet-note" role="status" data-testid="lock-known">
        {waitMs > 0
          ? t("lock.wait", { n: Math.ceil(waitMs / 1_000) })
          : state === "wrong"
            ? t("lock.wrong")
            : state === "busy"
              ? busy
              : ready}
      </p>
      <Secret
        asks={record.asks}
        value={typed}
        onChange={setTyped}
        onDone={() => {
          setState("busy");
          onSecret(typed);
        }}
        isBusy={state === "busy" || waitMs > 0}
      />
    </>
  );
}
