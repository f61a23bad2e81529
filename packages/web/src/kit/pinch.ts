/** Pinch: zooms one picture up to eight times and pans it while zoomed; a drag downwards closes the viewer. */
import type { RefObject } from "preact";
import { useEffect, useMemo } from "preact/hooks";

const scaleMax = 8;
const leavePx = 110;

type Pinch = { readonly by: (factor: number) => void; readonly reset: () => void };

export function usePinch(frame: RefObject<HTMLElement | null>, leave: () => void): Pinch {
  const state = useMemo(() => ({ scale: 1, x: 0, y: 0 }), []);
  const show = () => {
    const image = frame.current?.firstElementChild as HTMLElement | null | undefined;
    if (image == null || frame.current === null) return;
    if (state.scale <= 1.01) Object.assign(state, { scale: 1, x: 0, y: 0 });
    const [room, tall] = [frame.current.clientWidth, frame.current.clientHeight];
    const limit = (value: number, size: number) =>
      Math.max((-size * (state.scale - 1)) / 2, Math.min((size * (state.scale - 1)) / 2, value));
    state.x = limit(state.x, room);
    state.y = limit(state.y, tall);
    image.style.transform = state.scale === 1 ? "" : `translate(${state.x}px, ${state.y}px) scale(${state.scale})`;
    // While zoomed, a finger pans the picture and does not swipe to the next.
    frame.current.style.touchAction = state.scale === 1 ? "pan-x" : "none";
  };
  const by = (factor: number) => {
    state.scale = Math.max(1, Math.min(scaleMax, state.scale * factor));
    show();
  };

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const fingers = new Map<number, PointerEvent>();
    let fallen = 0;
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return a === undefined || b === undefined ? 0 : Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    };
    const down = (event: PointerEvent) => {
      fingers.set(event.pointerId, event);
      fallen = 0;
    };
    const move = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const wide = spread();
      fingers.set(event.pointerId, event);
      if (fingers.size === 2 && wide > 0) by(spread() / wide);
      else if (state.scale > 1) {
        state.x += event.clientX - before.clientX;
        state.y += event.clientY - before.clientY;
        show();
      } else fallen += event.clientY - before.clientY;
    };
    const up = (event: PointerEvent) => {
      fingers.delete(event.pointerId);
      if (state.scale === 1 && fallen > leavePx) leave();
      fallen = 0;
    };
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && state.scale === 1) return;
      event.preventDefault();
      by(Math.exp(-event.deltaY / 300));
    };
    const twice = () => by(state.scale > 1 ? 1 / scaleMax : 2.5);
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener("pointerdown", down, { signal });
    element.addEventListener("pointermove", move, { signal });
    element.addEventListener("pointerup", up, { signal });
    element.addEventListener("pointercancel", up, { signal });
    element.addEventListener("wheel", wheel, { signal, passive: false });
    element.addEventListener("dblclick", twice, { signal });
    return () => stop.abort();
  }, []);
  return {
    by,
    reset: () => {
      state.scale = 1;
      show();
    },
  };
}
