/** A pad of large digit keys, easier than an on-screen keyboard; a hardware keyboard works as well. */
import { Delete } from "lucide";
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export const digitsMin = 6;
const digitsMax = 12;

export function Pad({
  value,
  onChange,
  onDone,
  isBusy,
}: {
  value: string;
  onChange: (value: string) => void;
  onDone: () => void;
  isBusy: boolean;
}) {
  const press = (digit: string) => {
    if (!isBusy && value.length < digitsMax) onChange(value + digit);
  };
  const back = () => {
    if (!isBusy) onChange(value.slice(0, -1));
  };
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") back();
      else if (event.key === "Enter" && value.length >= digitsMin && !isBusy) onDone();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", typed);
    return () => removeEventListener("keydown", typed);
  });
  return (
    <div class="pad" data-testid="pad">
      <p class="pad-dots" role="img" aria-label={t("lock.typed", { n: value.length })}>
        {Array.from({ length: Math.max(digitsMin, value.length) }, (_, i) => (
          <span key={i} class={i < value.length ? "on" : ""} aria-hidden="true" />
        ))}
      </p>
      <div class="pad-keys">
        {keys.map((digit) => (
          <button key={digit} type="button" data-testid={`pad-${digit}`} onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" class="plain" aria-label={t("lock.back")} data-testid="pad-back" onClick={back}>
          <Icon of={Delete} />
        </button>
        <button type="button" data-testid="pad-0" onClick={() => press("0")}>
          0
        </button>
        <button
          type="button"
          class="plain done"
          data-testid="pad-done"
          disabled={value.length < digitsMin || isBusy}
          onClick={onDone}
        >
          {t("lock.ok")}
        </button>
      </div>
    </div>
  );
}
