/**
 * Routes: each place in the app as a value, and its path. Pure: the router and the tests read it.
 */
export type Route =
  | { readonly name: "chats" }
  | { readonly name: "chat"; readonly id: string }
  | { readonly name: "chat-info"; readonly id: string }
  | { readonly name: "add-members"; readonly id: string }
  | { readonly name: "new-group" }
  | { readonly name: "contacts" }
  | { readonly name: "requests" }
  | { readonly name: "contact"; readonly id: string }
  | { readonly name: "my-qr" }
  | { readonly name: "scan" }
  | { readonly name: "opened-link" }
  | { readonly name: "me" }
  | { readonly name: "profile" }
  | { readonly name: "settings" }
  | { readonly name: "devices" }
  | { readonly name: "link-device" }
  | { readonly name: "way-back" }
  | { readonly name: "welcome"; readonly step: WelcomeStep };

export type WelcomeStep = "start" | "name" | "invite" | "link";
export type Tab = "chats" | "contacts" | "me";

const fixed = {
  chats: "/",
  "new-group": "/new-group",
  contacts: "/contacts",
  requests: "/contacts/requests",
  "my-qr": "/my-qr",
  scan: "/scan",
  "opened-link": "/opened",
  me: "/me",
  profile: "/me/profile",
  settings: "/me/settings",
  devices: "/me/devices",
  "link-device": "/me/devices/link",
  "way-back": "/me/way-back",
} as const;
const welcomeSteps: readonly WelcomeStep[] = ["start", "name", "invite", "link"];

export function pathOf(route: Route): string {
  switch (route.name) {
    case "chat":
      return `/chat/${route.id}`;
    case "chat-info":
      return `/chat/${route.id}/info`;
    case "add-members":
      return `/chat/${route.id}/add`;
    case "contact":
      return `/contact/${route.id}`;
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
  const chat = /^\/chat\/([0-9a-f]{2,128})(?:\/(info|add))?$/.exec(path);
  if (chat?.[1] !== undefined) {
    const name = chat[2] === "info" ? "chat-info" : chat[2] === "add" ? "add-members" : "chat";
    return { name, id: chat[1] };
  }
  const contact = /^\/contact\/([0-9a-f]{2,128})$/.exec(path);
  if (contact?.[1] !== undefined) return { name: "contact", id: contact[1] };
  if (path === "/welcome") return { name: "welcome", step: "start" };
  const step = welcomeSteps.find((known) => path === `/welcome/${known}`);
  return step === undefined ? { name: "chats" } : { name: "welcome", step };
}

/** Which tab a place belongs to: what the list column of a wide window shows. */
export function tabOf(route: Route): Tab {
  switch (route.name) {
    case "contacts":
    case "requests":
    case "contact":
    case "opened-link":
      return "contacts";
    case "me":
    case "profile":
    case "settings":
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
    case "chat-info":
    case "add-members":
      return { name: "chat", id: route.id };
    case "requests":
    case "contact":
    case "opened-link":
      return { name: "contacts" };
    case "profile":
    case "settings":
    case "devices":
    case "way-back":
    case "my-qr":
      return { name: "me" };
    case "link-device":
      return { name: "devices" };
    case "welcome":
      return { name: "welcome", step: "start" };
    default:
      return { name: "chats" };
  }
}

/** `#c/…`, `#i/…` or `#d/…` of an address: a link that somebody opened. */
export function openedLink(hash: string): string | undefined {
  return /^#[cid]\/[A-Za-z0-9_-]+$/.test(hash) ? hash : undefined;
}
