/**
 * Aim: what the composer's next message does besides being sent, such as replying to a message or editing one. Also
 * text that other parts put into the composer, such as that of a recalled message.
 */
import { signal } from "@preact/signals";
import type { TextExtras } from "@yanshu/client";
import type { IconNode } from "lucide";

export type Aim = {
  /** Also the `data-aim` of its strip. */
  readonly id: string;
  readonly icon: IconNode;
  /** Text of the strip above the field. */
  readonly says: () => string;
  /** Sent along with the text. */
  readonly extras?: Partial<TextExtras>;
  /** An edit instead of a new message: `words` are put into the field, and the result goes to `send`. */
  readonly change?: { readonly words: string; readonly send: (text: string) => Promise<unknown> };
};

const aims = signal<ReadonlyMap<string, Aim>>(new Map());

/** The chat's aim, or undefined. Reads a signal: a component that calls it renders again at each change. */
export function aimOf(chat: string): Aim | undefined {
  return aims.value.get(chat);
}

export function aimAt(chat: string, aim: Aim | undefined): void {
  const next = new Map(aims.peek());
  if (aim === undefined) next.delete(chat);
  else next.set(chat, aim);
  aims.value = next;
}

/** Text for the composer of that chat, which takes it once. */
export const handedWords = signal<{ readonly chat: string; readonly words: string } | undefined>(undefined);

/** Id of the message to which the chat's timeline must scroll. */
export const jumpTo = signal<{ readonly chat: string; readonly id: string } | undefined>(undefined);
