/**
 * Keyboard shortcuts of a desktop: Ctrl 1–4 tabs, Ctrl N new group, Ctrl K search everything, Ctrl F search this chat,
 * Alt ↑ ↓ previous or next chat, Ctrl Shift A next unread chat, Esc one step back. None works while an IME composes,
 * and none but Escape works without a modifier. Loaded after the first screen.
 */
import { shownTabs } from "./navigation.tsx";
import { back, go, route } from "./router.ts";
import { isTab, type Route, tabOf } from "./routes.ts";
import { peekView } from "./session.ts";
import { columns } from "./width.ts";

function besideChat(step: 1 | -1): void {
  const here = route.peek();
  const rows = peekView("chats").peek() ?? [];
  const at = here.name === "chat" ? rows.findIndex((row) => row.conversation === here.id) : -1;
  const next = rows[at === -1 ? 0 : at + step];
  if (next !== undefined) go({ name: "chat", id: next.conversation }, here.name === "chat" ? "replace" : "push");
}

/** Opens the next unread chat below this one, and goes on from the top of the list; muted chats are skipped. */
function nextUnread(): void {
  const here = route.peek();
  const rows = peekView("chats").peek() ?? [];
  const at = here.name === "chat" ? rows.findIndex((row) => row.conversation === here.id) : -1;
  const next = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find((row) => row.unread > 0 && !row.isMuted);
  if (next !== undefined) go({ name: "chat", id: next.conversation }, here.name === "chat" ? "replace" : "push");
}

/** Closes the details beside a conversation; anywhere else goes one step back. */
function stepOut(): void {
  const here = route.peek();
  if (here.name === "chat-info" && columns.peek() === 3) go({ name: "chat", id: here.id }, "replace");
  else back();
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
  // Neither before there is an account, nor while the app is locked.
  if (document.querySelector(".app") === null) return;
  const here = route.peek();
  const isControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const tab = isControl ? shownTabs()[Number(event.key) - 1] : undefined;
  if (tab !== undefined) go({ name: tab.tab } as Route);
  else if (isControl && event.key === "k") go({ name: "search" });
  else if (isControl && event.key === "f" && "id" in here && tabOf(here) === "chats")
    go({ name: "chat-search", id: here.id });
  else if (isControl && event.key === "n") go({ name: "new-group" });
  else if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "a") nextUnread();
  else if (event.altKey && event.key === "ArrowUp") besideChat(-1);
  else if (event.altKey && event.key === "ArrowDown") besideChat(1);
  else if (event.key === "Escape" && !isTab(route.peek().name)) stepOut();
  else return;
  event.preventDefault();
}

export function startShortcuts(): void {
  addEventListener("keydown", onKey);
}
