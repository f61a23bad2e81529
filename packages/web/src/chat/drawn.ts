/**
 * A bubble drawn to the right is answered (WE28): its line follows the finger a little, and a mark says from where on.
 */
import { Reply } from "lucide";
import { h, type RefObject, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { banded, onDrag } from "../shell/drag.ts";
import { Icon } from "../shell/icon.tsx";
import { edgePx } from "../shell/swipe-back.ts";

const answerPx = 56;
/** What has a drag of its own. */
const others = "input, video, [role=slider]";

type Drawn = { readonly line: HTMLElement; readonly answer: () => void; readonly mark: HTMLElement };

type Answers = (bubble: HTMLElement) => (() => void) | undefined;

/** @param answers what answering that bubble does, if it can be answered. */
export function useDrawn(room: RefObject<HTMLElement | null>, answers: Answers): void {
  const latest = useRef(answers);
  latest.current = answers;
  useLayoutEffect(
    () => (room.current === null ? undefined : hearDrawn(room.current, (bubble) => latest.current(bubble))),
    [],
  );
}

function hearDrawn(room: HTMLElement, answers: Answers): () => void {
  return onDrag<Drawn>(room, {
    along: "x",
    take(target, { x }) {
      const bubble = target.closest<HTMLElement>("[data-press]");
      const line = bubble?.closest<HTMLElement>(".msg");
      const answer = x > edgePx && target.closest(others) === null && bubble != null ? answers(bubble) : undefined;
      if (line == null || answer === undefined) return undefined;
      const mark = document.createElement("span");
      mark.className = "quote-mark";
      return { line, answer, mark };
    },
    move({ line, mark }, byPx) {
      if (!mark.isConnected) {
        render(h(Icon, { of: Reply }), mark);
        line.append(mark);
        line.classList.add("drawn");
      }
      const isFar = byPx >= answerPx;
      if (isFar && !mark.classList.contains("far")) navigator.vibrate?.(10);
      mark.classList.toggle("far", isFar);
      line.style.setProperty("--drawn", `${banded(Math.max(0, byPx), answerPx)}px`);
    },
    drop({ line, answer, mark }, byPx) {
      mark.remove();
      line.classList.remove("drawn");
      line.style.removeProperty("--drawn");
      if (byPx >= answerPx) answer();
    },
  });
}
