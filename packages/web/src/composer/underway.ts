/**
 * Underway: what was tapped and is not stored yet. It stays in the field, and in the draft, until the client has it, so
 * that a browser that is closed meanwhile loses neither; what is typed behind it stays (docs/spec/sync.md SY43).
 */
import { signal } from "@preact/signals";

/** What is in the field now, by chat: a draft that the client has not stored yet is not lost by going back. */
export const typed = new Map<string, string>();

type Tapped = {
  readonly raw: string;
  readonly work: () => Promise<boolean>;
};
/** By chat, in the order of the taps. The first is being stored; the others wait for it. */
const underway = new Map<string, Tapped[]>();

export type Arrived = {
  readonly chat: string;
  /** As it stood in the field; empty where it was refused before it was stored, such as on a full disk. */
  readonly raw: string;
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
  return (underway.get(chat) ?? []).reduce((rest, { raw }) => restOf(rest, raw), value);
}

/**
 * Stores what was tapped, after all that was tapped in this chat before it. Where one of those is refused, this one
 * is not sent: it stays in the field behind it.
 *
 * @param raw as it stands in the field.
 * @param work returns whether the client has it.
 */
export async function setOut(chat: string, raw: string, work: () => Promise<boolean>): Promise<void> {
  const before = underway.get(chat);
  if (before !== undefined) {
    before.push({ raw, work });
    return;
  }
  const mine: Tapped[] = [{ raw, work }];
  underway.set(chat, mine);
  for (let first = mine[0]; first !== undefined; first = mine[0]) {
    const isTaken = await first.work().catch(() => false);
    if (isTaken) mine.shift();
    else mine.length = 0;
    if (mine.length === 0) underway.delete(chat);
    if (isTaken) typed.set(chat, restOf(typed.get(chat) ?? "", first.raw));
    arrived.value = { chat, raw: isTaken ? first.raw : "" };
  }
}
