/**
 * Which messages show a translation: those for which the person asked, until the app is closed, and, in chats with the
 * setting "both lines", all messages in another language. The setting belongs to this device, because the translation
 * models are stored in this browser.
 */
import { effect, signal } from "@preact/signals";
import type { TimelineItem } from "@yanshu/client";

const storageKey = "yanshu.both-lines";

function readStored(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // A private window may refuse storage.
  }
}

const bothLines = signal<ReadonlySet<string>>(new Set(readStored()));
/** What the person decided about single messages. */
const decided = signal<ReadonlyMap<string, boolean>>(new Map());

effect(() => {
  try {
    if (bothLines.value.size === 0) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, JSON.stringify([...bothLines.value]));
  } catch {
    // A private window may refuse storage.
  }
});

export function showsBothLines(chat: string): boolean {
  return bothLines.value.has(chat);
}

export function setBothLines(chat: string, isOn: boolean): void {
  const chats = new Set(bothLines.peek());
  if (isOn) chats.add(chat);
  else chats.delete(chat);
  bothLines.value = chats;
  decided.value = new Map();
}

/** Why a message shows a translation: `asked`, or `both` by the chat's setting, which leaves out own messages. */
export function translationOf(chat: string, item: TimelineItem): "asked" | "both" | undefined {
  if (item.body.kind !== "text") return undefined;
  const own = decided.value.get(item.id);
  if (own !== undefined) return own ? "asked" : undefined;
  return !item.mine && bothLines.value.has(chat) ? "both" : undefined;
}

export function decide(item: TimelineItem, isShown: boolean): void {
  decided.value = new Map(decided.peek()).set(item.id, isShown);
}
