/**
 * Opening the lock by its passkey (README.md WE32): the device verifies its user at a tap, and once without one, as
 * soon as the page has the focus. Only once, because the browser's dialog takes the focus and returns it, which would
 * ask again without end.
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
  /** A request is running; false as soon as somebody types instead. */
  readonly isAsking: boolean;
  /** A secret is being tried. */
  readonly isBusy: boolean;
  readonly onAsk: () => void;
  /** Undefined: the person dismissed the request, or the passkey is gone. */
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

/** Calls `work` once, when the page is visible and has the focus. Returns a function that cancels. */
function onceLookedAt(work: () => void): () => void {
  let isWaiting = mayAsk();
  let isDone = false;
  const look = () => {
    // After locking by hand the page does not ask; once it was hidden and is visible again, it does.
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
