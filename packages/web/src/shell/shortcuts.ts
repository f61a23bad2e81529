/**
 * Keyboard of a desktop: Ctrl 1–4 the rail, Ctrl N a group, Ctrl K anything, Ctrl F in this chat, Alt ↑ ↓ the next
 * chat, Ctrl Shift A the next unread one, Esc one step out. None while an IME composes, none without a modifier but
 * Escape.
 */
import { useEffect } from "preact/hooks";
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

/** The next chat below this one with something new, from the top again at the end; muted ones are passed over. */
function nextUnread(): void {
  const here = route.peek();
  const rows = peekView("chats").peek() ?? [];
  const at = here.name === "chat" ? rows.findIndex((row) => row.conversation === here.id) : -1;
  const next = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find((row) => row.unread > 0 && !row.isMuted);
  if (next !== undefined) go({ name: "chat", id: next.conversation }, here.name === "chat" ? "replace" : "push");
}

/** Details that stand beside a conversation close; from anywhere else it is one step back. */
function stepOut(): void {
  const here = route.peek();
  if (here.name === "chat-info" && columns.peek() === 3) go({ name: "chat", id: here.id }, "replace");
  else back();
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
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

export function useShortcuts(): void {
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
