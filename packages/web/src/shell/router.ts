/**
 * Router: the History API and one signal. A link in the fragment is taken out of the address bar at
 * once: what stands after the `#` lets anybody write to its maker, so it shall not stay on screen,
 * in the history or in a screenshot.
 */
import { computed, signal } from "@preact/signals";
import { type Move, moveBetween, openedLink, parentOf, pathOf, type Route, routeAt } from "./routes.ts";

const path = signal("/");
/** How pages give way to each other: at once, until something better is loaded (motion.ts). */
let turnPage = (_move: Move, change: () => void): void => change();

export function turnPagesBy(turn: typeof turnPage): void {
  turnPage = turn;
}

/** The path that was gone to last: what is shown follows within a frame. */
let latest: { readonly path?: string; readonly depth: number } = { depth: 0 };
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
  const read = (event?: PopStateEvent | HashChangeEvent) => {
    const link = openedLink(location.hash);
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
    // A browser that leads back by a swipe has shown the way itself.
    const isShown = event === undefined || ("hasUAVisualTransition" in event && event.hasUAVisualTransition);
    show(location.pathname, isShown ? "at once" : depth() < latest.depth ? "back" : "deeper");
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

/** The other page, in the way one came to it. */
function show(next: string, way: "deeper" | "back" | "at once"): void {
  if (next === latest.path) return;
  latest = { path: next, depth: depth() };
  const move = way === "at once" ? "none" : moveBetween(route.peek(), routeAt(next), way === "back");
  turnPage(move, () => {
    path.value = latest.path ?? next;
  });
}

export function go(to: Route, how: "push" | "replace" = "push"): void {
  const next = pathOf(to);
  if (next === latest.path) return;
  if (how === "push") history.pushState({ depth: depth() + 1 }, "", next);
  else history.replaceState({ depth: depth() }, "", next);
  show(next, how === "push" ? "deeper" : "at once");
}

/** One step back where there is one in this app; else to the screen above. */
export function back(): void {
  if (depth() > 0) history.back();
  else go(parentOf(route.peek()), "replace");
}
