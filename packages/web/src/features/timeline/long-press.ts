/**
 * A long press of a finger, a right click, or the Menu key: all ask for the same menu. 350 ms, and a finger
 * that moves 8 px is scrolling.
 */
import { useRef } from "preact/hooks";

const pressMs = 350;
const slackPx = 8;

export function useLongPress(onPress: (x: number, y: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const from = useRef({ x: 0, y: 0 });
  const stop = () => clearTimeout(timer.current);
  return {
    onPointerDown(event: PointerEvent) {
      stop();
      if (event.pointerType === "mouse") return;
      from.current = { x: event.clientX, y: event.clientY };
      timer.current = setTimeout(() => onPress(event.clientX, event.clientY), pressMs);
    },
    onPointerMove(event: PointerEvent) {
      if (Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > slackPx) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onContextMenu(event: MouseEvent) {
      stop();
      // A selection is being copied: the browser's own menu serves better.
      if (getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      onPress(event.clientX, event.clientY);
    },
  };
}
