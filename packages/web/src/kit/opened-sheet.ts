/** The open sheet over a conversation: one at a time, from any feature. */
import { signal } from "@preact/signals";
import type { Loader } from "../shell/lazy.ts";

/** The prop that every sheet is given besides its own props. */
export type Closes = { readonly onClose: () => void };

type Opened = { readonly sheet: Loader<Closes>; readonly props: object };
export const openedSheet = signal<Opened | undefined>(undefined);

export function openSheet<P extends object, S>(
  sheet: (Loader<S> & ([P & Closes] extends [S] ? unknown : "the sheet asks for more than it is given")) | undefined,
  props: P,
): void {
  if (sheet !== undefined) openedSheet.value = { sheet: sheet as unknown as Loader<Closes>, props };
}

export function closeSheet(): void {
  openedSheet.value = undefined;
}
