/**
 * A long press, a right click and the Menu key (Shift F10) open the same menu. A press is long after 350 ms; a finger
 * that moves 8 px is scrolling.
 *
 * The handlers go onto the element itself, also onto a `Link`. They swallow the click after a long press, so that a
 * pressed row does not open as well. A visible button offers the same (WE13): nothing needs a long press.
 */
import { useRef, useState } from "preact/hooks";

const pressMs = 350;
const slackPx = 8;

/** Spread onto an element or a `Link`. */
export type PressHandlers = {
  readonly "data-press": "";
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onClickCapture: (event: MouseEvent) => void;
};

/** @param onPress is given the pointer's place in CSS px of the window; for the Menu key, the element's middle. */
export function useLongPress(onPress: (x: number, y: number) => void): PressHandlers {
  const latest = useRef(onPress);
  latest.current = onPress;
  const [press] = useState(() => createPress((x, y) => latest.current(x, y)));
  return press;
}

/** `useLongPress` for use outside of a component; handles one press at a time. */
export function createPress(onPress: (x: number, y: number) => void): PressHandlers {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  /** `onPress` was called for this touch: the browser's `contextmenu` and `click` events that follow are ignored. */
  let isDone = false;
  const stop = () => clearTimeout(timer);
  return {
    "data-press": "",
    onPointerDown(event) {
      stop();
      isDone = false;
      if (event.pointerType === "mouse" || !event.isPrimary) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        isDone = true;
        navigator.vibrate?.(10);
        onPress(from.x, from.y);
      }, pressMs);
    },
    onPointerMove(event) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > slackPx) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onContextMenu(event) {
      stop();
      // Text is selected: the browser's own menu can copy it.
      if (!isDone && getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      if (isDone) return;
      const isPointer = event.clientX !== 0 || event.clientY !== 0;
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      if (isPointer) onPress(event.clientX, event.clientY);
      else onPress(box.left + box.width / 2, box.top + box.height / 2);
    },
    onClickCapture(event) {
      if (!isDone) return;
      isDone = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
