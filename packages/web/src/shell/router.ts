/**
 * Router: the History API and one signal. A link in the fragment is taken out of the address bar at
 * once: what stands after the `#` lets whoever has it write to somebody, so it shall not stay on screen,
 * in the history or in a screenshot.
 */
import { computed, signal } from "@preact/signals";
import { openedLink, parentOf, pathOf, type Route, routeAt } from "./routes.ts";

const path = signal("/");
export const route = computed<Route>(() => routeAt(path.value));

/** The link that brought the person here, until it is used or put aside. Outlives a reload, not the tab. */
export const pendingLink = signal<string | undefined>(undefined);
const pendingKey = "yanshu.link";

export function setPendingLink(link: string | undefined): void {
  pendingLink.value = link;
  try {
    if (link === undefined) sessionStorage.removeItem(pendingKey);
    else sessionStorage.setItem(pendingKey, link);
  } catch {
    // A private window may refuse; the link then lives until a reload.
  }
}

/** @param opened is called when somebody opens a link, also while the app is already running. */
export function startRouter(opened: (link: string) => void): void {
  try {
    pendingLink.value = sessionStorage.getItem(pendingKey) ?? undefined;
  } catch {
    pendingLink.value = undefined;
  }
  const read = () => {
    const link = openedLink(location.hash);
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
    path.value = location.pathname;
    if (link === undefined) return;
    setPendingLink(link);
    opened(link);
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  read();
}

type HistoryState = { readonly depth?: number } | null;
const depth = () => (history.state as HistoryState)?.depth ?? 0;

export function go(to: Route, how: "push" | "replace" = "push"): void {
  const next = pathOf(to);
  if (next === path.peek()) return;
  if (how === "push") history.pushState({ depth: depth() + 1 }, "", next);
  else history.replaceState({ depth: depth() }, "", next);
  path.value = next;
}

/** One step back where there is one in this app; else to the screen above. */
export function back(): void {
  if (depth() > 0) history.back();
  else go(parentOf(route.peek()), "replace");
}
