/**
 * Router: the History API and one signal. A link in the fragment is removed from the address bar at once: the part
 * after `#` lets anybody write to the person who made it, so it must not stay on screen, in the history or in a
 * screenshot.
 */
import { computed, signal } from "@preact/signals";
import { type Move, moveBetween, openedLink, parentOf, pathOf, type Route, routeAt } from "./routes.ts";

const path = signal("/");
/** Changes the page: at once, until motion.ts is loaded and brings a transition. */
let turnPage = (_move: Move, change: () => void): void => change();

export function turnPagesBy(turn: typeof turnPage): void {
  turnPage = turn;
}

/** The path of the last navigation; `path`, which is shown, follows within a frame. */
let latest: { readonly path?: string; readonly depth: number } = { depth: 0 };
export const route = computed<Route>(() => routeAt(path.value));

/** The link that the person opened, until it is used or dismissed. Survives a reload, not the tab. */
export const pendingLink = signal<string | undefined>(undefined);
const pendingKey = "yanshu.link";

export function setPendingLink(link: string | undefined): void {
  pendingLink.value = link;
  try {
    if (link === undefined) sessionStorage.removeItem(pendingKey);
    else sessionStorage.setItem(pendingKey, link);
  } catch {
    // A private window may refuse storage; the link is then lost at a reload.
  }
}

/** @param opened called for each opened link, also while the app is running. */
export function startRouter(opened: (link: string) => void): void {
  try {
    pendingLink.value = sessionStorage.getItem(pendingKey) ?? undefined;
  } catch {
    pendingLink.value = undefined;
  }
  const read = (event?: PopStateEvent | HashChangeEvent) => {
    if (isRewinding) return;
    const link = openedLink(location.hash);
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
    // After its own swipe gesture the browser has animated the navigation itself.
    const isShown = event === undefined || ("hasUAVisualTransition" in event && event.hasUAVisualTransition);
    show(location.pathname, isShown ? "at once" : depth() < latest.depth ? "back" : "deeper");
    if (link === undefined) return;
    setPendingLink(link);
    opened(link);
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  readAgain = read;
  read();
}

/** Reads the address: also a link that was opened while the tab was led back. */
let readAgain = (): void => undefined;

type HistoryState = { readonly depth?: number } | null;
const depth = () => (history.state as HistoryState)?.depth ?? 0;

/** Shows the page at `next`, with the motion for `way`. */
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

/**
 * Goes one step back in the history, if that stays in the app; else to the parent page. Places that a frame went
 * through stand in the history as well, and are passed by (docs/spec/programs.md PR83).
 */
export function back(): void {
  if (isRewinding) return;
  const navigation = ownHistory();
  const isWithin = depth() > 0 && navigation?.canGoBack !== false;
  if (!isWithin) go(parentOf(route.peek()), "replace");
  else if (navigation === undefined) history.back();
  else arrived(navigation.back()).catch(() => undefined); // It was left for another place meanwhile.
}

/** The Navigation API, which not every browser and no type has yet: of the tab's history the app's own places. */
type Going = { readonly committed: Promise<unknown>; readonly finished: Promise<unknown> };
type OwnHistory = {
  readonly canGoBack: boolean;
  readonly currentEntry: { readonly index: number } | null;
  readonly entries: () => readonly { readonly key: string; readonly sameDocument: boolean }[];
  readonly traverseTo: (key: string) => Going;
  readonly back: () => Going;
};
const ownHistory = () => (window as unknown as { readonly navigation?: OwnHistory }).navigation;
const arrived = ({ committed, finished }: Going) => Promise.all([committed, finished]);

let isRewinding = false;

/**
 * After a frame went that went through places of its own: leads the tab to the first of those that lie at the app's
 * own place, and what was behind it is no way back any more (PR83). Of several with one key the browser goes to the
 * nearest, so this goes a place back and forth.
 */
export async function leavesPlacesWithin(): Promise<void> {
  const navigation = ownHistory();
  const index = navigation?.currentEntry?.index ?? 0;
  const [before, here] = navigation?.entries().slice(Math.max(0, index - 1)) ?? [];
  if (navigation === undefined || index === 0 || isRewinding) return;
  if (before?.sameDocument !== true || here === undefined) return;
  isRewinding = true;
  try {
    await arrived(navigation.traverseTo(before.key));
    await arrived(navigation.traverseTo(here.key));
  } catch {
    // It was led elsewhere meanwhile.
  } finally {
    isRewinding = false;
    readAgain();
  }
}
