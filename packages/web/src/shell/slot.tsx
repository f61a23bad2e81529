/**
 * Slots: named places in screens of the core and of features that another feature fills (docs/spec/web.md WE91).
 */
import type { JSX } from "preact";
import type { Slots } from "../feature.ts";
import { byName } from "./features.ts";
import { Lazy, type Loader } from "./lazy.ts";

const slotBy = byName(({ slots }) => slots as { readonly [name: string]: Loader<never> | undefined });

/** The part that fills the slot; undefined: no feature fills it, and nothing is shown. */
export function slotted<S extends keyof Slots>(name: S): Loader<Slots[S]> | undefined {
  return slotBy(name) as Loader<Slots[S]> | undefined;
}

export function Slot<S extends keyof Slots>({ name, ...props }: { readonly name: S } & Slots[S]): JSX.Element | null {
  const loader = slotted(name) as Loader<object> | undefined;
  return loader === undefined ? null : <Lazy of={loader} {...props} />;
}
