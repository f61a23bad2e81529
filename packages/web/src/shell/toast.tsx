/**
 * Toasts: one short line above the composer, one at a time, in an ARIA live region (`role="status"`).
 */
import { signal } from "@preact/signals";

/** A button in a toast, such as undo. The toast then stays longer, and while the pointer or focus is on it. */
export type ToastAction = { readonly label: string; readonly run: () => void };
type Shown = { readonly text: string; readonly id: number; readonly action: ToastAction | undefined };

const shown = signal<Shown | undefined>(undefined);
let lastId = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const shownMs = 3_500;
const actionMs = 6_000;

export function toast(text: string, action?: ToastAction): void {
  shown.value = { text, id: ++lastId, action };
  fade();
}

function fade(): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      shown.value = undefined;
    },
    shown.peek()?.action === undefined ? shownMs : actionMs,
  );
}

export function Toast() {
  const current = shown.value;
  return (
    <div class="toasts" role="status" data-testid="toast">
      {current !== undefined && (
        <div
          key={current.id}
          class="toast"
          onPointerEnter={() => clearTimeout(timer)}
          onPointerLeave={fade}
          onFocusIn={() => clearTimeout(timer)}
          onFocusOut={fade}
        >
          {current.text}
          {current.action !== undefined && (
            <button
              type="button"
              data-testid="toast-action"
              onClick={() => {
                const { action } = current;
                shown.value = undefined;
                action?.run();
              }}
            >
              {current.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
