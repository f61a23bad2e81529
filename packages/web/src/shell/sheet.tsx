/**
 * Sheets: from below on a phone, a centred dialog on a desktop; always the browser's own `<dialog>`, which
 * moves the focus in, keeps it there, and gives it back.
 *
 * `confirm` and `ask` put one question each; the verb is on the button.
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
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key that closes it is Escape, and `onCancel` hears it.
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

/** In elder mode what cannot be taken back is asked once more; else it is done at a tap. */
export async function isMeant(action: string): Promise<boolean> {
  if (!elder.peek()) return true;
  return confirm({ title: t("elder.sure", { what: action }), action, danger: true });
}

/** The text that the person wrote, or undefined when they turned back. */
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
  /** What the button that sends the form says. */
  readonly action: string;
  readonly actionTestId: string;
  readonly onSubmit: () => void;
  /** False while something that is needed is missing: the button says so, and nothing is sent. */
  readonly isReady?: boolean;
  readonly class?: string;
  /** Above the title. */
  readonly head?: ComponentChildren;
};

/** A sheet with something to fill in, under its title; it is sent, or turned back from. */
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
