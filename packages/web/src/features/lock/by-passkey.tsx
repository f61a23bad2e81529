/**
 * The second way in on the lock screen (README.md WE32): this device is asked who is there, at a tap, and by itself
 * once, as soon as somebody looks at the page. By itself it asks no second time: the browser's own window takes the
 * page's sight away and gives it back.
 */
import { Fingerprint } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { askForLock, callOff } from "../../shared/lock-passkey.ts";
import type { LockPasskey } from "../../shared/lock-record.ts";
import { Icon } from "../../shell/icon.tsx";
import { mayAsk } from "./guard.ts";

type ByPasskeyProps = {
  readonly passkey: LockPasskey;
  /** False again as soon as somebody types instead. */
  readonly isAsking: boolean;
  /** Something is being tried. */
  readonly isBusy: boolean;
  readonly onAsk: () => void;
  /** Undefined: it was put off, or the passkey is not there. */
  readonly onAnswer: (secret: Uint8Array | undefined) => void;
};

export function ByPasskey({ passkey, isAsking, isBusy, onAsk, onAnswer }: ByPasskeyProps) {
  const turn = useRef(0);
  const busy = useRef(isBusy);
  busy.current = isBusy;
  const ask = async () => {
    const mine = ++turn.current;
    onAsk();
    const secret = await askForLock(passkey).catch(() => undefined);
    if (mine === turn.current) onAnswer(secret);
  };
  useEffect(() => {
    if (!isAsking) return;
    return () => {
      turn.current++;
      callOff();
    };
  }, [isAsking]);
  useEffect(() => onceLookedAt(() => !busy.current && void ask()), []);
  return (
    <button
      type="button"
      class="btn soft lock-passkey"
      data-testid="lock-passkey-open"
      disabled={isAsking || isBusy}
      aria-busy={isAsking}
      onClick={() => void ask()}
    >
      <Icon of={Fingerprint} />
      {t("lock.passkeyOpen")}
    </button>
  );
}

/** Answers to call off. */
function onceLookedAt(work: () => void): () => void {
  let isWaiting = mayAsk();
  let isDone = false;
  const look = () => {
    // A person who closed the lock and comes back later wants to open it.
    if (document.visibilityState === "hidden") isWaiting = true;
    else if (isWaiting && !isDone && document.hasFocus()) {
      isDone = true;
      work();
    }
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    removeEventListener("focus", look);
  };
}
