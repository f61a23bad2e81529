/**
 * Routes: each place in the app as a value, and its path. Pure: the router and the tests read it. Which places there
 * are is said by the pages of the core (screens/pages.ts) and of the features (docs/spec/web.md WE89).
 */
import type { Page } from "../feature.ts";
import { features } from "./features.ts";
import type { PlaceName, Route, Tab } from "./places.ts";

let corePages: readonly Page[] = [];
/** Built at the first call; the features are set by then. */
let cachedPages: readonly Page[] = [];
/** Of these, by the name of their place: each link that is drawn asks for its page. */
const pagesByName = new Map<string, readonly Page[]>();

/** The pages of the core; those of the features come from their list. */
export function setCorePages(pages: readonly Page[]): void {
  corePages = pages;
  cachedPages = [];
  pagesByName.clear();
}

function allPages(): readonly Page[] {
  if (cachedPages.length === 0) cachedPages = [...corePages, ...features().flatMap(({ pages }) => pages ?? [])];
  return cachedPages;
}

/** Whether the place is what a tab leads to. */
export function isTab(name: PlaceName): boolean {
  return allPages().some(({ at, tab }) => at.name === name && tab === name);
}

type Parts = Readonly<Record<string, string | number | undefined>>;

/** `route` has every value of `page.at`, a parameter in `page.path` for each of its other parts, and lacks none. */
function isOf({ at, path }: Page, route: Route): boolean {
  const parts: Parts = route;
  return (
    Object.entries(at).every(([key, value]) => parts[key] === value) &&
    Object.keys(parts).every((key) => key in at || parts[key] === undefined || path.includes(`/:${key}`)) &&
    [...path.matchAll(/:(\w+)/g)].every(([, key = ""]) => parts[key] !== undefined)
  );
}

/**
 * The page that shows a place. @throws Error when there is none: a fault of the list. The same is so of what asks it.
 */
export function pageAt(route: Route): Page {
  const named = pagesByName.get(route.name) ?? allPages().filter(({ at }) => at.name === route.name);
  pagesByName.set(route.name, named);
  const found = named.find((page) => isOf(page, route));
  if (found === undefined) throw new Error(`no page shows the place ${route.name}`);
  return found;
}

export function pathOf(route: Route): string {
  const parts: Parts = route;
  return pageAt(route).path.replace(/:(\w+)/g, (_, key: string) => String(parts[key]));
}

/** Parameters of paths: hex of a conversation, account or post, and the order number of an item in a chat. */
const readers: Readonly<Record<string, (text: string) => string | number | undefined>> = {
  ":id": (text) => (/^[0-9a-f]{2,128}$/.test(text) ? text : undefined),
  ":at": (text) => (/^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : undefined),
};

/** The place at `path`; an unknown path leads to the chats. */
export function routeAt(path: string): Route {
  const given = path.split("/");
  for (const page of allPages()) {
    const wanted = page.path.split("/");
    if (wanted.length !== given.length) continue;
    const parts: Record<string, string | number> = {};
    const fits = wanted.every((pattern, i) => {
      const segment = given[i] ?? "";
      const read = readers[pattern];
      if (read === undefined) return pattern === segment;
      const value = read(segment);
      if (value !== undefined) parts[pattern.slice(1)] = value;
      return value !== undefined;
    });
    if (fits) return { ...page.at, ...parts } as Route;
  }
  return { name: "chats" };
}

/** Paths without parameters, by the name of the place. Pages of the welcome have a `step`, and are not among them. */
export function staticPaths(): Readonly<Record<string, string>> {
  const alone = allPages().filter(({ at, path }) => Object.keys(at).length === 1 && !path.includes(":"));
  return Object.fromEntries(alone.map(({ at, path }) => [at.name, path]));
}

/** The names of the pages of a conversation, by the last segment of their path: `/chat/:id/SEGMENT`. */
export function placesOfChat(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    allPages().flatMap(({ at, path }) => {
      const end = /^\/chat\/:id\/(\w+)$/.exec(path)?.[1];
      return end === undefined ? [] : [[end, at.name] as const];
    }),
  );
}

/** Which tab a place belongs to: what the list column of a wide window shows. */
export const tabOf = (route: Route): Tab => pageAt(route).tab;

/** Where "back" leads when there is no history, such as after opening the address directly. */
export function parentOf(route: Route): Route {
  const { parent } = pageAt(route);
  const hasId = "id" in route && allPages().some(({ at, path }) => at.name === parent.name && path.includes("/:id"));
  return { ...parent, ...(hasId ? { id: route.id } : {}) } as Route;
}

/** Back reaches a tab within so many steps (WE3). */
const stepsMax = 3;

/** Whether a place is the one of this name, or stands below it: back from there leads through it (WE311). */
export function isWithin(route: Route, name: Route["name"]): boolean {
  let here = route;
  for (let step = 0; here.name !== name; step++) {
    if (step === stepsMax) return false;
    here = parentOf(here);
  }
  return true;
}

/**
 * The fragment of the page's URL, if it is a link: of a contact, an invite, a device, a group or a helper. Before a
 * contact's a place of a mini program may stand (docs/spec/programs.md PR62).
 */
export function openedLink(hash: string): string | undefined {
  return /^(?:#[cdghi]|#p\/[A-Za-z0-9_-]+#c)\/[A-Za-z0-9_-]+$/.test(hash) ? hash : undefined;
}

export type Move = "deeper" | "back" | "none";

/**
 * How the page of a place gives way to that of another (WE26): nothing moves between tabs, within one page, and from
 * or to the welcome.
 */
export function moveBetween(from: Route, to: Route, isBack: boolean): Move {
  const isSamePage = pageKey(from) === pageKey(to);
  if (isSamePage || from.name === "welcome" || to.name === "welcome") return "none";
  if (isTab(from.name) && isTab(to.name)) return "none";
  return isBack ? "back" : "deeper";
}

/** A conversation at one of its items has the same key as the conversation at its newest message. */
export function pageKey(route: Route): string {
  if (route.name === "chat") return route.id;
  return "part" in route && route.part !== undefined ? String(route.part) : route.name;
}

export type { Route, Tab } from "./places.ts";
