/**
 * Aim: what the composer of a chat is about to do beside saying something new: answer to a message, or change one.
 * And words that are handed to it, such as those of a message that was recalled.
 */
import { signal } from "@preact/signals";
import type { MessageRef } from "@yanshu/client";

export type Aim =
  | { readonly kind: "quote"; readonly message: MessageRef; readonly from: string; readonly words: string }
  | { readonly kind: "edit"; readonly id: string; readonly words: string };

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
