/**
 * The keyboard in the log: up and down from message to message, Enter for the menu, and a key for what is
 * done most (feature.ts `key`). Keys work only while a message has the focus, so nobody's writing is taken for one.
 */
import type { TimelineItem } from "@yanshu/client";
import type { Chosen } from "../feature.ts";
import { actionsFor } from "./actions.ts";

export function messageKeys(
  event: KeyboardEvent,
  { chat, mayWrite }: Pick<Chosen, "chat" | "mayWrite">,
  items: readonly TimelineItem[],
): void {
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
  if (event.key === "Enter") {
    event.preventDefault();
    target.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    return;
  }
  const action = actionsFor({ chat, item, mayWrite, view: undefined }).find(({ key }) => key === event.key);
  if (action === undefined) return;
  event.preventDefault();
  action.run();
}
