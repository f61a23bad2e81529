/** Animation: steps that a program describes, and the frame plays (`wx.createAnimation`, `this.animate`). */
import { type Options, optionsOf } from "./called.ts";

const kinds =
  "opacity backgroundColor width height top left bottom right rotate rotateX rotateY rotateZ rotate3d scale scaleX scaleY scaleZ scale3d translate translateX translateY translateZ translate3d skew skewX skewY matrix matrix3d".split(
    " ",
  );

export function animationOf(options: unknown): Readonly<Record<string, unknown>> {
  let actions: unknown[] = [];
  let animates: unknown[] = [];
  const animation: Record<string, unknown> = {
    step(own: unknown) {
      actions.push({ animates, option: stepOf({ ...optionsOf(options), ...optionsOf(own) }) });
      animates = [];
      return animation;
    },
    export() {
      const done = actions;
      actions = [];
      return { actions: done };
    },
  };
  for (const kind of kinds)
    animation[kind] = (...args: unknown[]) => {
      animates.push({ type: kind, args });
      return animation;
    };
  return animation;
}

function stepOf({ duration, delay, timingFunction, transformOrigin }: Options) {
  return {
    duration: typeof duration === "number" ? duration : 400,
    delay: typeof delay === "number" ? delay : 0,
    timing: typeof timingFunction === "string" ? timingFunction : "linear",
    origin: typeof transformOrigin === "string" ? transformOrigin : "50% 50% 0",
  };
}

/**
 * Frames of `this.animate` as such steps (docs/spec/programs.md PR51). The first says where it begins.
 *
 * @param whole of all frames, in milliseconds.
 */
export function stepsOfFrames(frames: unknown, whole: unknown): { readonly actions: readonly unknown[] } {
  const all = Array.isArray(frames) ? frames.map(optionsOf) : [];
  const ms = typeof whole === "number" ? Math.max(0, whole) : 0;
  const placeOf = ({ offset }: Options, index: number) =>
    typeof offset === "number" ? offset : index / Math.max(1, all.length - 1);
  const actions = all.map((frame, index) => {
    const before = all[index - 1];
    const share = before === undefined ? 0 : placeOf(frame, index) - placeOf(before, index - 1);
    const animates = kinds.flatMap((type) => (frame[type] === undefined ? [] : [{ type, args: [frame[type]].flat() }]));
    return { animates, option: stepOf({ duration: Math.max(0, share * ms), timingFunction: frame["ease"] }) };
  });
  return { actions };
}
