/** What a program asks, in sheets of the app, which say by their name who asks. */
import type { Modal } from "@yanshu/mini";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Sheet } from "../../shell/sheet.tsx";

type QuestionProps = {
  readonly modal: Modal;
  readonly name: string;
  readonly onAnswer: (isYes: boolean, content: string) => void;
  readonly onStop: () => void;
};

export function Question({ modal, name, onAnswer, onStop }: QuestionProps) {
  const [content, setContent] = useState("");
  const { title, content: text, canCancel, cancelText, confirmText, placeholder } = modal;
  return (
    <Sheet title={title || name} testId="program-modal" onClose={() => onAnswer(!canCancel, content)}>
      <h2 class="sheet-title">{title || name}</h2>
      {text !== "" && <p class="program-words">{text}</p>}
      {placeholder !== undefined && (
        <input
          class="field-box program-field"
          aria-label={title || name}
          placeholder={placeholder.trim()}
          value={content}
          onInput={(event) => setContent(event.currentTarget.value)}
        />
      )}
      <p class="program-note">{t("program.asks", { name })}</p>
      <div class="program-answers">
        {canCancel && (
          <button type="button" class="btn soft" data-testid="program-no" onClick={() => onAnswer(false, content)}>
            {cancelText ?? t("action.cancel")}
          </button>
        )}
        <button type="button" class="btn fill" data-testid="program-yes" onClick={() => onAnswer(true, content)}>
          {confirmText ?? t("program.yes")}
        </button>
      </div>
      <Stop onStop={onStop} />
    </Sheet>
  );
}

type ChoosingProps = {
  readonly items: readonly string[];
  readonly name: string;
  readonly onChoose: (index: number) => void;
  readonly onClose: () => void;
  readonly onStop: () => void;
};

export function Choosing({ items, name, onChoose, onClose, onStop }: ChoosingProps) {
  return (
    <Sheet title={name} testId="program-choose" onClose={onClose}>
      <p class="program-note">{t("program.asks", { name })}</p>
      <div class="choice">
        {items.map((item, index) => (
          <button key={item} type="button" onClick={() => onChoose(index)}>
            {item}
          </button>
        ))}
      </div>
      <Stop onStop={onStop} />
    </Sheet>
  );
}

type AskingProps = {
  readonly name: string;
  readonly words: string;
  /** What it would do it with. */
  readonly more?: string;
  readonly action: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
  readonly onStop: () => void;
  /** Says yes for now alone. */
  readonly onOnce?: () => void;
};

/** So long a sheet that comes by itself takes no answer: a tap was meant for what lay there before. */
const deafMs = 500;

/** A program would do something that only the person may. */
export function Asking({ name, words, more, action, onYes, onNo, onStop, onOnce }: AskingProps) {
  const [isDeaf, setDeaf] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setDeaf(false), deafMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Sheet title={name} testId="program-wants" onClose={onNo}>
      <h2 class="sheet-title">{words}</h2>
      {more !== undefined && more !== "" && <p class="program-words">{more}</p>}
      <div class="program-answers">
        <button type="button" class="btn soft" data-testid="program-no" disabled={isDeaf} onClick={onNo}>
          {t(onOnce === undefined ? "action.cancel" : "program.never")}
        </button>
        <button type="button" class="btn fill" data-testid="program-yes" disabled={isDeaf} onClick={onYes}>
          {action}
        </button>
      </div>
      {onOnce !== undefined && (
        <button
          type="button"
          class="btn plain program-stop"
          data-testid="program-once"
          disabled={isDeaf}
          onClick={onOnce}
        >
          {t("program.once")}
        </button>
      )}
      <Stop onStop={onStop} />
    </Sheet>
  );
}

/** A program may ask again at each answer, and its question covers the capsule: the way out is in every question. */
function Stop({ onStop }: { readonly onStop: () => void }) {
  return (
    <button type="button" class="btn plain program-stop" data-testid="program-stop" onClick={onStop}>
      {t("program.stop")}
    </button>
  );
}
