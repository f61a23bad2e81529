/** A field for a secret of words; the browser must not store them. */
import { t } from "../../locales/i18n.ts";

export function WordsField({
  value,
  onChange,
  onDone,
  isBusy,
  testId,
}: {
  value: string;
  onChange: (value: string) => void;
  onDone: () => void;
  isBusy: boolean;
  testId: string;
}) {
  return (
    <form
      class="lock-words"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onDone();
      }}
    >
      <input
        type="password"
        autocomplete="off"
        aria-label={t("lock.wordsLabel")}
        value={value}
        data-testid={testId}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <button type="submit" class="btn fill" disabled={isBusy || value === ""}>
        {t("lock.ok")}
      </button>
    </form>
  );
}
