/**
 * Aim: what the composer of a chat is about to do beside saying something new, such as answering to a message or
 * changing one. And words that are handed to it, such as those of a message that was recalled.
 */
import { signal } from "@preact/signals";
import type { TextExtras } from "@yanshu/client";
import type { IconNode } from "lucide";

export type Aim = {
  /** Also the `data-aim` of its strip. */
  readonly id: string;
  readonly icon: IconNode;
  /** What the strip above the field says. */
  readonly says: () => string;
  /** Goes along with the text. */
  readonly extras?: Partial<TextExtras>;
  /** Nothing new is said: these words stand in the field, and what comes of them goes there. */
  readonly change?: { readonly words: string; readonly send: (text: string) => Promise<unknown> };
};

const aims = signal<ReadonlyMap<string, Aim>>(new Map());

/** Reading it inside a component makes the component follow. */
export function aimOf(chat: string): Aim | undefined {
  return aims.value.get(chat);
}

export function aimAt(chat: string, aim: Aim | undefined): void {
  const next = new Map(aims.peek());
  if (aim === undefined) next.delete(chat);
  else next.set(chat, aim);
  aims.value = next;
}

/** Taken by the composer of that chat, once. */
export const handedWords = signal<{ readonly chat: string; readonly words: string } | undefined>(undefined);

/** The message that the log shall lead to, by its id. */
export const jumpTo = signal<{ readonly chat: string; readonly id: string } | undefined>(undefined);
