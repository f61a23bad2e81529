/** Choosing the lock's secret: digits or words, then the secret, twice. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import type { LockRecord } from "../../shared/lock-record.ts";
import { digitsMin } from "./pad.tsx";
import { Secret } from "./secret.tsx";

const wordsMin = 8;

type NewSecretProps = {
  /** Shown above. */
  readonly children?: ComponentChildren;
  readonly onChosen: (secret: string, asks: LockRecord["asks"]) => void;
};

export function NewSecret({ children, onChosen }: NewSecretProps) {
  const [asks, setAsks] = useState<LockRecord["asks"]>();
  const [first, setFirst] = useState<string>();
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState<"differs" | "short" | "busy">();
  if (asks === undefined)
    return (
      <>
        {children}
        <div class="sheet-acts">
          <button type="button" class="btn fill" data-testid="lock-digits" onClick={() => setAsks("digits")}>
            {t("lock.withDigits")}
          </button>
          <button type="button" class="btn" data-testid="lock-by-words" onClick={() => setAsks("words")}>
            {t("lock.withWords")}
          </button>
          <p class="sheet-note">{t("lock.honest")}</p>
        </div>
      </>
    );
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
    onChosen(typed, asks);
  };
  return (
    <>
      <p class="sheet-note" role="status" data-testid="lock-step">
        {said !== undefined
          ? t(`lock.said.${said}`, { n: wordsMin })
          : t(first === undefined ? (asks === "digits" ? "lock.choose" : "lock.chooseWords") : "lock.again", {
              n: asks === "digits" ? digitsMin : wordsMin,
            })}
      </p>
      <Secret
        asks={asks}
        value={typed}
        onChange={setTyped}
        onDone={done}
        isBusy={said === "busy"}
        testId="lock-new-words"
      />
    </>
  );
}
