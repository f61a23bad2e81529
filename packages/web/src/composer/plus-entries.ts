/** What the plus of the composer offers, in the order of the screen: said by the features. */
import type { PlusEntry } from "../feature.ts";
import { inChats } from "../shell/features.ts";

export function plusEntries(): readonly PlusEntry[] {
  return inChats()
    .flatMap(({ plus }) => plus ?? [])
    .toSorted((one, other) => one.order - other.order);
}

/** Those that are big actions in elder mode. */
export function bigEntries(): readonly PlusEntry[] {
  return plusEntries().filter(({ big }) => big !== undefined);
}

/** Sends a photo: the same as the panel does. Called within the tap, or a browser opens no chooser. */
export function pickPhoto(chat: string): void {
  plusEntries()
    .find(({ id }) => id === "photo")
    ?.pick({ id: chat });
}
