/**
 * Underway: what was tapped and is not stored yet. It stays in the field, and in the draft, until the client has it, so
 * that a browser that is closed meanwhile loses neither; what is typed behind it stays (docs/spec/web.md SY43).
 */
import { signal } from "@preact/signals";

/** What is in the field now, by chat: a draft that the client has not stored yet is not lost by going back. */
export const typed = new Map<string, string>();

type Underway = { readonly raw: string; wantsMore: boolean };
const underway = new Map<string, Underway>();

export type Arrived = {
  readonly chat: string;
  /** As it stood in the field; empty where it was refused before it was stored, such as on a full disk. */
  readonly raw: string;
  /** What was typed behind it was tapped as well. */
  readonly wantsMore: boolean;
};

/** What came out of the last that was under way; the field takes it out when it is shown. */
export const arrived = signal<Arrived | undefined>(undefined);

/** What stands in a field besides what is under way. Where that was changed meanwhile, all of it. */
export function restOf(value: string, raw: string): string {
  return value.startsWith(raw) ? value.slice(raw.length) : value;
}

export function isUnderway(chat: string): boolean {
  return underway.has(chat);
}

export function besideUnderway(chat: string, value: string): string {
  return restOf(value, underway.get(chat)?.raw ?? "");
}

/** Tapped once more before the client has the first: it goes when that is there. */
export function alsoWanted(chat: string): void {
  const one = underway.get(chat);
  if (one !== undefined) one.wantsMore = true;
}

/**
 * @param raw as it stands in the field.
 * @param work answers whether the client has it.
 */
export async function setOut(chat: string, raw: string, work: () => Promise<boolean>): Promise<void> {
  const mine: Underway = { raw, wantsMore: false };
  underway.set(chat, mine);
  const isTaken = await work().catch(() => false);
  underway.delete(chat);
  if (isTaken) typed.set(chat, restOf(typed.get(chat) ?? "", raw));
  arrived.value = { chat, raw: isTaken ? raw : "", wantsMore: isTaken && mine.wantsMore };
}
