/** Something over everything: a full-screen dialog of the browser's own, put up and taken down from anywhere. */
import { type ComponentChildren, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Shows what `draw` makes until it closes itself. */
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
