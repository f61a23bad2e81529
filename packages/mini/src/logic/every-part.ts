/**
 * What every page and component has beside what glass-easel gives it: `this.animate`, for elements that a selector
 * finds, and a component's `ready` (docs/spec/programs.md PR51, PR52).
 */
import { glassEasel } from "glass-easel-miniprogram-adapter";
import { stepsOfFrames } from "./animation.ts";
import type { Backend, DrawnElement } from "./backend.ts";

/** What glass-easel keeps behind a page or component. */
type Caller = { readonly _$: glassEasel.GeneralComponent };

export type EveryPart = {
  readonly methods: Readonly<Record<string, unknown>>;
  readonly lifetimes: Readonly<Record<string, unknown>>;
};

export function everyPartOf(backend: Backend): EveryPart {
  function found(caller: Caller, selector: unknown): readonly number[] {
    if (typeof selector !== "string") return [];
    const all = caller._$.getShadowRoot()?.querySelectorAll(selector) ?? [];
    return all.flatMap((one) => {
      const drawn = one.getBackendElement() as unknown as DrawnElement | null;
      return drawn === null ? [] : [drawn.at];
    });
  }

  const methods = {
    animate(this: Caller, selector: unknown, frames: unknown, ms: unknown, then: unknown): void {
      for (const at of found(this, selector)) backend.op("set", at, "animation", stepsOfFrames(frames, ms));
      if (typeof then === "function") setTimeout(then as () => void, typeof ms === "number" ? Math.max(0, ms) : 0);
    },
    /** A worklet's (PR48): it moves nothing. */
    applyAnimatedStyle(): void {},
    clearAnimatedStyle(): void {},
    clearAnimation(this: Caller, selector: unknown, options: unknown, then: unknown): void {
      for (const at of found(this, selector)) backend.op("set", at, "animation", { actions: [] });
      const done = typeof options === "function" ? options : then;
      if (typeof done === "function") setTimeout(done as () => void, 0);
    },
  };
  const lifetimes = {
    /** Once what this turn drew is on its way, and before the page hears that it is ready. */
    attached(this: Caller): void {
      const component = this._$;
      setTimeout(() => {
        if (glassEasel.Element.isAttached(component)) component.triggerLifetime("ready", []);
      }, 0);
    },
  };
  return { methods, lifetimes };
}
