/**
 * The keyboard in the log: up and down from message to message, Enter for the menu, and a letter for what is
 * done most (design §8). Letters work only while a message has the focus, so nobody's writing is taken for one.
 */
import type { TimelineItem } from "@yanshu/client";
import { copy, may, quote, recall, remove } from "./acts.ts";

export function messageKeys(event: KeyboardEvent, chat: string, items: readonly TimelineItem[]): void {
  const log = event.currentTarget;
  const { target } = event;
  if (!(log instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const bubbles = [...log.querySelectorAll<HTMLElement>("[data-id]")];
  const at = bubbles.indexOf(target);
  if (at === -1 && target !== log) return;
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const next = at === -1 ? bubbles.at(-1) : bubbles[at + (event.key === "ArrowUp" ? -1 : 1)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return;
  }
  const item = items.find(({ id }) => id === target.dataset["id"]);
  if (at === -1 || item === undefined) return;
  const act = actFor(event.key, chat, item, target);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function actFor(key: string, chat: string, item: TimelineItem, bubble: HTMLElement): (() => void) | undefined {
  switch (key) {
    case "Enter":
      return () => bubble.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    case "r":
      return may.quote(item) ? () => quote(chat, item) : undefined;
    case "c":
      return may.copy(item) ? () => copy(item) : undefined;
    case "Delete":
      return may.recall(item) ? () => void recall(chat, item) : () => void remove(chat, [item]);
    default:
      return undefined;
  }
}
