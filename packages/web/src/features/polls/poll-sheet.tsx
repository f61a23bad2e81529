/** The sheet in which a poll begins. */
import { Plus, X } from "lucide";
import { useRef, useState } from "preact/hooks";
import type { Closes } from "../../kit/opened-sheet.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "../../styles/gather.css";

const optionsMin = 2;
const optionsMax = 12;
const hoursToClose = [0, 1, 24, 168] as const;
const hourMs = 3_600_000;

type PollSheetProps = { readonly chat: string } & Closes;

export function PollSheet({ chat, onClose }: PollSheetProps) {
  const [question, setQuestion] = useState("");
  const nextKey = useRef(optionsMin);
  const [options, setOptions] = useState([
    { key: 0, text: "" },
    { key: 1, text: "" },
  ]);
  const [isMultiple, setMultiple] = useState(false);
  const [isAnonymous, setAnonymous] = useState(false);
  const [hours, setHours] = useState<number>(0);
  const filled = options.map(({ text }) => text.trim()).filter((text) => text !== "");
  const isReady = question.trim() !== "" && filled.length >= optionsMin;
  const start = async () => {
    const closes = hours === 0 ? {} : { closesAtMs: Date.now() + hours * hourMs };
    if (await succeeds(() => api.startPoll(chat, { question, options: filled, isMultiple, isAnonymous, ...closes })))
      onClose();
  };
  return (
    <FormSheet
      title={t("poll.new")}
      class="gather"
      testId="poll-sheet"
      action={t("poll.start")}
      actionTestId="poll-start"
      isReady={isReady}
      onSubmit={() => void start()}
      onClose={onClose}
    >
      <input
        class="field-box"
        aria-label={t("poll.question")}
        placeholder={t("poll.question")}
        maxLength={200}
        data-testid="poll-question"
        onInput={(event) => setQuestion(event.currentTarget.value)}
      />
      {options.map(({ key }, place) => (
        <div key={key} class="gather-line">
          <input
            class="field-box"
            aria-label={t("poll.option", { n: place + 1 })}
            placeholder={t("poll.option", { n: place + 1 })}
            maxLength={80}
            data-testid="poll-new-option"
            onInput={(event) => {
              const text = event.currentTarget.value;
              setOptions((all) => all.map((one) => (one.key === key ? { ...one, text } : one)));
            }}
          />
          {options.length > optionsMin && (
            <button
              type="button"
              class="ib"
              aria-label={t("poll.without", { n: place + 1 })}
              onClick={() => setOptions((all) => all.filter((one) => one.key !== key))}
            >
              <Icon of={X} size="s" />
            </button>
          )}
        </div>
      ))}
      {options.length < optionsMax && (
        <button
          type="button"
          class="btn line sm"
          data-testid="poll-more"
          onClick={() => setOptions((all) => [...all, { key: nextKey.current++, text: "" }])}
        >
          <Icon of={Plus} size="s" />
          {t("poll.more")}
        </button>
      )}
      <label class="check">
        <input type="checkbox" checked={isMultiple} onChange={(event) => setMultiple(event.currentTarget.checked)} />
        {t("poll.multiple")}
      </label>
      <label class="check">
        <input type="checkbox" checked={isAnonymous} onChange={(event) => setAnonymous(event.currentTarget.checked)} />
        <span>
          {t("poll.noNames")}
          <small>{t("poll.noNamesNote")}</small>
        </span>
      </label>
      <label class="check">
        {t("poll.closes")}
        <select class="field-box" onChange={(event) => setHours(Number(event.currentTarget.value))}>
          {hoursToClose.map((one) => (
            <option key={one} value={one}>
              {t(`poll.hours${one}`)}
            </option>
          ))}
        </select>
      </label>
    </FormSheet>
  );
}
