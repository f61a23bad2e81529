/**
 * Toasts: one short line above the composer, one at a time, announced politely.
 */
import { signal } from "@preact/signals";

const shown = signal<{ readonly text: string; readonly id: number } | undefined>(undefined);
let lastId = 0;
const shownMs = 3_500;

export function toast(text: string): void {
  const id = ++lastId;
  shown.value = { text, id };
  setTimeout(() => {
    if (shown.peek()?.id === id) shown.value = undefined;
  }, shownMs);
}

export function Toast() {
  const current = shown.value;
  return (
    <div class="toasts" role="status" data-testid="toast">
      {current !== undefined && (
        <div key={current.id} class="toast">
          {current.text}
        </div>
      )}
    </div>
  );
}
