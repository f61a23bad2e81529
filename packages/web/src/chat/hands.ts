/**
 * Hands: what fingers and mice do to messages, heard in one place for all rows of the log, so that a row costs nothing
 * to be listened to. A long press or a right click asks for the menu, a double tap on words makes them large, one on a
 * face pats.
 */
import { useMemo, useRef } from "preact/hooks";
import { createPress } from "../shell/long-press.ts";
import { hasFinePointer } from "../shell/width.ts";

export type Done = {
  readonly lift: (bubble: HTMLElement) => void;
  readonly enlarge: (bubble: HTMLElement) => void;
  /** Answers whether faces can be patted here; then one tap on a face waits for whether a second one comes. */
  readonly mayPat: () => boolean;
  readonly pat: (face: HTMLElement) => void;
};

/** Two taps within this are one pat. */
const doubleTapMs = 300;

/** Spread onto what holds the rows. */
export function useHands(done: Done) {
  const latest = useRef(done);
  latest.current = done;
  return useMemo(() => createHands(() => latest.current), []);
}

function createHands(done: () => Done) {
  let pressed: HTMLElement | undefined;
  const press = createPress(() => pressed && done().lift(pressed));
  const tap = createTaps(done);
  const onBubble = (handle: (event: never) => void) => (event: Event) => {
    const bubble = nearest(event, "[data-press]");
    if (bubble === undefined) return;
    pressed = bubble;
    handle(event as never);
  };
  return {
    onPointerDown: onBubble(press.onPointerDown),
    onPointerMove: press.onPointerMove,
    onPointerUp: press.onPointerUp,
    onPointerCancel: press.onPointerCancel,
    onContextMenu: onBubble(press.onContextMenu),
    onClickCapture(event: MouseEvent) {
      if (event.target instanceof Node && pressed?.contains(event.target)) press.onClickCapture(event);
      const face = nearest(event, "a.face");
      if (!event.defaultPrevented && face !== undefined) tap(event, face);
    },
    onDblClick(event: MouseEvent) {
      const bubble = nearest(event, "[data-press]");
      // With a mouse this takes up a word.
      if (bubble !== undefined && !hasFinePointer.peek()) done().enlarge(bubble);
    },
  };
}

/** One tap opens who it is, once it is clear that no second comes. */
function createTaps(done: () => Done) {
  let lastMs = 0;
  let lastFace: HTMLElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (event: MouseEvent, face: HTMLElement): void => {
    // A click made by a program, as the one below, or by the keyboard counts no taps.
    if (event.detail === 0 || !done().mayPat()) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(timer);
    if (lastFace === face && event.timeStamp - lastMs < doubleTapMs) {
      lastMs = 0;
      done().pat(face);
      return;
    }
    [lastMs, lastFace] = [event.timeStamp, face];
    timer = setTimeout(() => face.click(), doubleTapMs);
  };
}

function nearest(event: Event, selector: string): HTMLElement | undefined {
  return (event.target instanceof Element && event.target.closest<HTMLElement>(selector)) || undefined;
}
