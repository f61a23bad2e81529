/**
 * Routes: each place in the app as a value, and its path. Pure: the router and the tests read it.
 */
export type Route =
  | { readonly name: "chats" }
  /** `at`: the order of an item to be shown, with what stands around it. */
  | { readonly name: "chat"; readonly id: string; readonly at?: number }
  | { readonly name: "chat-search"; readonly id: string }
  | { readonly name: "chat-info"; readonly id: string }
  | { readonly name: "album"; readonly id: string }
  | { readonly name: "chat-files"; readonly id: string }
  | { readonly name: "share" }
  | { readonly name: "add-members"; readonly id: string }
  | { readonly name: "members"; readonly id: string }
  | { readonly name: "group-qr"; readonly id: string }
  | { readonly name: "asking"; readonly id: string }
  | { readonly name: "new-group" }
  | { readonly name: "search" }
  | { readonly name: "contacts" }
  | { readonly name: "requests" }
  | { readonly name: "groups" }
  | { readonly name: "tags" }
  | { readonly name: "contact"; readonly id: string }
  | { readonly name: "my-qr" }
  | { readonly name: "scan" }
  | { readonly name: "opened-link" }
  | { readonly name: "me" }
  | { readonly name: "favourites" }
  | { readonly name: "stickers" }
  | { readonly name: "profile" }
  | { readonly name: "settings" }
  | { readonly name: "notifications" }
  | { readonly name: "privacy" }
  | { readonly name: "keeping"; readonly page: KeepingPage }
  | { readonly name: "devices" }
  | { readonly name: "link-device" }
  /** `part`: the family who help, beside card and passkey. */
  | { readonly name: "way-back"; readonly part?: "family" }
  | { readonly name: "welcome"; readonly step: WelcomeStep };

export type WelcomeStep = "start" | "name" | "invite" | "link" | "card";
/** What is kept on this device and elsewhere, carried away, and let go. */
export type KeepingPage = "storage" | "carry" | "delete" | "home";
export type Tab = "chats" | "contacts" | "me";
export const tabs: ReadonlySet<string> = new Set<Tab>(["chats", "contacts", "me"]);

/** Places of which there is one. */
export const fixed = {
  chats: "/",
  "new-group": "/new-group",
  search: "/search",
  share: "/share",
  contacts: "/contacts",
  requests: "/contacts/requests",
  groups: "/contacts/groups",
  tags: "/contacts/tags",
  "my-qr": "/my-qr",
  scan: "/scan",
  "opened-link": "/opened",
  me: "/me",
  favourites: "/me/favourites",
  stickers: "/me/stickers",
  profile: "/me/profile",
  settings: "/me/settings",
  notifications: "/me/settings/notifications",
  privacy: "/me/settings/privacy",
  devices: "/me/devices",
  "link-device": "/me/devices/link",
  "way-back": "/me/way-back",
} as const;
const keepingPages: readonly KeepingPage[] = ["storage", "carry", "delete", "home"];
const welcomeSteps: readonly WelcomeStep[] = ["start", "name", "invite", "link", "card"];

/** Places of a conversation, by the end of their path. */
export const chatPlaces: Readonly<
  Record<
    string,
    "chat-info" | "add-members" | "chat-search" | "members" | "group-qr" | "asking" | "album" | "chat-files"
  >
> = {
  info: "chat-info",
  add: "add-members",
  search: "chat-search",
  members: "members",
  qr: "group-qr",
  asking: "asking",
  album: "album",
  files: "chat-files",
};

export function pathOf(route: Route): string {
  switch (route.name) {
    case "chat":
      return route.at === undefined ? `/chat/${route.id}` : `/chat/${route.id}/at/${route.at}`;
    case "chat-search":
      return `/chat/${route.id}/search`;
    case "chat-info":
      return `/chat/${route.id}/info`;
    case "add-members":
      return `/chat/${route.id}/add`;
    case "members":
      return `/chat/${route.id}/members`;
    case "group-qr":
      return `/chat/${route.id}/qr`;
    case "asking":
      return `/chat/${route.id}/asking`;
    case "album":
      return `/chat/${route.id}/album`;
    case "chat-files":
      return `/chat/${route.id}/files`;
    case "contact":
      return `/contact/${route.id}`;
    case "keeping":
      return `/me/settings/${route.page}`;
    case "way-back":
      return route.part === undefined ? fixed["way-back"] : `${fixed["way-back"]}/${route.part}`;
    case "welcome":
      return route.step === "start" ? "/welcome" : `/welcome/${route.step}`;
    default:
      return fixed[route.name];
  }
}

/** The place at `path`; what is unknown leads to the chats. */
export function routeAt(path: string): Route {
  for (const [name, known] of Object.entries(fixed)) {
    if (known === path) return { name: name as keyof typeof fixed };
  }
  const chat = /^\/chat\/([0-9a-f]{2,128})(?:\/(info|add|search|members|qr|asking|album|files))?$/.exec(path);
  if (chat?.[1] !== undefined) return { name: chatPlaces[chat[2] ?? ""] ?? "chat", id: chat[1] };
  const item = /^\/chat\/([0-9a-f]{2,128})\/at\/([1-9][0-9]{0,14})$/.exec(path);
  if (item?.[1] !== undefined) return { name: "chat", id: item[1], at: Number(item[2]) };
  const contact = /^\/contact\/([0-9a-f]{2,128})$/.exec(path);
  if (contact?.[1] !== undefined) return { name: "contact", id: contact[1] };
  const page = keepingPages.find((known) => path === `/me/settings/${known}`);
  if (page !== undefined) return { name: "keeping", page };
  if (path === `${fixed["way-back"]}/family`) return { name: "way-back", part: "family" };
  if (path === "/welcome") return { name: "welcome", step: "start" };
  const step = welcomeSteps.find((known) => path === `/welcome/${known}`);
  return step === undefined ? { name: "chats" } : { name: "welcome", step };
}

/** Which tab a place belongs to: what the list column of a wide window shows. */
export function tabOf(route: Route): Tab {
  switch (route.name) {
    case "contacts":
    case "requests":
    case "groups":
    case "tags":
    case "contact":
    case "opened-link":
      return "contacts";
    case "me":
    case "favourites":
    case "stickers":
    case "profile":
    case "settings":
    case "notifications":
    case "privacy":
    case "keeping":
    case "devices":
    case "link-device":
    case "way-back":
    case "my-qr":
      return "me";
    default:
      return "chats";
  }
}

/** Where "back" leads when there is no history, such as after opening the address directly. */
export function parentOf(route: Route): Route {
  switch (route.name) {
    case "chat":
      return route.at === undefined ? { name: "chats" } : { name: "chat", id: route.id };
    case "chat-info":
    case "chat-search":
    case "add-members":
      return { name: "chat", id: route.id };
    case "members":
    case "group-qr":
    case "asking":
    case "album":
    case "chat-files":
      return { name: "chat-info", id: route.id };
    case "requests":
    case "groups":
    case "tags":
    case "contact":
    case "opened-link":
      return { name: "contacts" };
    case "favourites":
    case "stickers":
    case "profile":
    case "settings":
    case "devices":
    case "my-qr":
      return { name: "me" };
    case "way-back":
      return route.part === undefined ? { name: "me" } : { name: "way-back" };
    case "link-device":
      return { name: "devices" };
    case "notifications":
    case "privacy":
    case "keeping":
      return { name: "settings" };
    case "welcome":
      return { name: "welcome", step: "start" };
    default:
      return { name: "chats" };
  }
}

/** `#c/…`, `#i/…`, `#d/…`, `#g/…` or `#h/…` of an address: a link that somebody opened. */
export function openedLink(hash: string): string | undefined {
  return /^#[cdghi]\/[A-Za-z0-9_-]+$/.test(hash) ? hash : undefined;
}

export type Move = "deeper" | "back" | "none";

/** How the page of a place gives way to that of another (WE26): nothing moves between tabs, within one page, and on the way in. */
export function moveBetween(from: Route, to: Route, isBack: boolean): Move {
  const isSamePage = pageOf(from) === pageOf(to);
  if (isSamePage || from.name === "welcome" || to.name === "welcome") return "none";
  if (tabs.has(from.name) && tabs.has(to.name)) return "none";
  return isBack ? "back" : "deeper";
}

/** What tells one page from another: a place in a conversation is the same page as its end. */
export function pageOf(route: Route): string {
  if (route.name === "way-back" && route.part !== undefined) return route.part;
  return route.name === "chat" ? route.id : route.name;
}
