/** A full-screen `<dialog>` over everything, which any code can open. */
import { type ComponentChildren, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Renders what `draw` returns, until it calls `close`. */
export function putUp(draw: (close: () => void) => ComponentChildren): void {
  const place = document.createElement("div");
  document.body.append(place);
  render(
    draw(() => {
      render(null, place);
      place.remove();
    }),
    place,
  );
}

type OverProps = {
  readonly label: string;
  readonly kind: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly onKey?: (event: KeyboardEvent) => void;
  readonly children: ComponentChildren;
};

export function Over({ label, kind, testId, onClose, onKey, children }: OverProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`over ${kind}`}
      aria-label={label}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={onKey}
    >
      {children}
    </dialog>
  );
}
