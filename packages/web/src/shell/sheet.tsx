/**
 * Sheets: modal dialogs, at the bottom of a phone's screen and in the middle of a desktop's. Each is a `<dialog>`,
 * which traps the focus and restores it; Escape and a click outside close it.
 *
 * `confirm` asks yes or no, `ask` asks for a line of text; both show in `OpenSheet`, which the app renders once. The
 * label of the accepting button is the verb of the action ("Delete"), not "OK".
 */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import { elder } from "./prefs.ts";

type SheetProps = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly testId?: string;
};

export function Sheet({ title, onClose, children, testId }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const onCloseRef = useRef(onClose);
  onCloseRef.current = onClose;
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key that closes the dialog is Escape, which fires `onCancel`.
    <dialog
      ref={ref}
      class="sheet"
      aria-label={title}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onCloseRef.current();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onCloseRef.current();
      }}
    >
      <div class="sheet-in">
        <div class="grab" aria-hidden="true" />
        {children}
      </div>
    </dialog>
  );
}

type Confirmation = {
  readonly title: string;
  readonly note?: string;
  readonly action: string;
  readonly danger?: boolean;
};
type Question = {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly action: string;
  readonly lengthMax: number;
};
type Open =
  | { readonly kind: "confirm"; readonly asked: Confirmation; readonly answer: (yes: boolean) => void }
  | { readonly kind: "ask"; readonly asked: Question; readonly answer: (text: string | undefined) => void };

const open = signal<Open | undefined>(undefined);

/** Returns false when the person cancelled. */
export function confirm(asked: Confirmation): Promise<boolean> {
  return new Promise((resolve) => {
    open.value = {
      kind: "confirm",
      asked,
      answer: (yes) => {
        open.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Before an action that cannot be undone: asks once more in elder mode, and returns true at once otherwise. */
export async function isMeant(action: string): Promise<boolean> {
  if (!elder.peek()) return true;
  return confirm({ title: t("elder.sure", { what: action }), action, danger: true });
}

/** Returns the text, or undefined when the person cancelled. */
export function ask(asked: Question): Promise<string | undefined> {
  return new Promise((resolve) => {
    open.value = {
      kind: "ask",
      asked,
      answer: (text) => {
        open.value = undefined;
        resolve(text);
      },
    };
  });
}

export function OpenSheet() {
  const current = open.value;
  if (current === undefined) return null;
  if (current.kind === "confirm") {
    const { asked, answer } = current;
    return (
      <Sheet title={asked.title} onClose={() => answer(false)} testId="confirm">
        <h2 class="sheet-title">{asked.title}</h2>
        {asked.note !== undefined && <p class="sheet-note">{asked.note}</p>}
        <div class="sheet-acts">
          <button
            type="button"
            class={`btn ${asked.danger === true ? "danger" : "fill"}`}
            data-testid="confirm-yes"
            onClick={() => answer(true)}
          >
            {asked.action}
          </button>
          <button type="button" class="btn plain" data-testid="confirm-no" onClick={() => answer(false)}>
            {t("action.cancel")}
          </button>
        </div>
      </Sheet>
    );
  }
  return <AskSheet asked={current.asked} answer={current.answer} />;
}

function AskSheet({ asked, answer }: { asked: Question; answer: (text: string | undefined) => void }) {
  const [text, setText] = useState(asked.value);
  return (
    <FormSheet
      title={asked.title}
      testId="ask"
      action={asked.action}
      actionTestId="ask-yes"
      onSubmit={() => answer(text.trim())}
      onClose={() => answer(undefined)}
    >
      <input
        class="line-field"
        aria-label={asked.label}
        data-testid="ask-field"
        defaultValue={asked.value}
        maxLength={asked.lengthMax}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </FormSheet>
  );
}

type FormSheetProps = SheetProps & {
  /** The label of the button that submits. */
  readonly action: string;
  readonly actionTestId: string;
  readonly onSubmit: () => void;
  /** False while a required field is missing: the button is disabled, and nothing is submitted. */
  readonly isReady?: boolean;
  readonly class?: string;
  /** Above the title. */
  readonly head?: ComponentChildren;
};

/** A sheet with a form: its title, its fields (`children`), a button that submits and one that cancels. */
export function FormSheet({ action, actionTestId, onSubmit, isReady, head, children, ...sheet }: FormSheetProps) {
  return (
    <Sheet
      title={sheet.title}
      onClose={sheet.onClose}
      {...(sheet.testId === undefined ? {} : { testId: sheet.testId })}
    >
      <form
        class={sheet.class}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady !== false) onSubmit();
        }}
      >
        {head}
        <h2 class="sheet-title">{sheet.title}</h2>
        {children}
        <div class="sheet-acts">
          <button
            type="submit"
            class="btn fill"
            aria-disabled={isReady === undefined ? undefined : !isReady}
            data-testid={actionTestId}
          >
            {action}
          </button>
          <button type="button" class="btn plain" onClick={sheet.onClose}>
            {t("action.cancel")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
