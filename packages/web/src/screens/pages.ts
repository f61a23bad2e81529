/**
 * The pages and tabs of the core. Each is loaded when it is first opened, in a bundle with the pages that it leads to
 * (build/chunks.ts).
 */
import { MessageCircle, SquareUser, User } from "lucide";
import { type Page, page, type TabDef } from "../feature.ts";
import { loadInLogs, loadInMe } from "../shell/features.ts";
import { firstly, lazily } from "../shell/lazy.ts";
import type { WelcomeStep } from "../shell/places.ts";

export const chats = firstly(() => import("./chats.tsx").then((m) => m.Chats));
export const conversation = firstly(() =>
  Promise.all([import("./conversation.tsx"), loadInLogs()]).then(([m]) => m.Conversation),
);
export const welcome = firstly(() => import("./welcome.tsx").then((m) => m.Welcome));
export const signedOut = lazily(() => import("./in-me.ts").then((m) => m.SignedOut));
const contacts = lazily(() => import("./in-contacts.ts").then((m) => m.Contacts));
const me = lazily(() => Promise.all([import("./in-me.ts"), loadInMe()]).then(([m]) => m.MeScreen));
const settings = lazily(() => Promise.all([import("./in-me.ts"), loadInMe()]).then(([m]) => m.Settings));

const welcomeSteps: readonly WelcomeStep[] = ["start", "name", "invite", "link", "card"];

export const pages: readonly Page[] = [
  page("/", { name: "chats" }, "chats", { name: "chats" }, chats),
  page("/chat/:id", { name: "chat" }, "chats", { name: "chats" }, conversation),
  page("/chat/:id/at/:at", { name: "chat" }, "chats", { name: "chat" }, conversation),
  page("/contacts", { name: "contacts" }, "contacts", { name: "chats" }, contacts),
  page("/me", { name: "me" }, "me", { name: "chats" }, me),
  page("/me/settings", { name: "settings" }, "me", { name: "me" }, settings),
  // With an account, app.tsx redirects from the welcome to the chats.
  ...welcomeSteps.map((step) => {
    const path = step === "start" ? "/welcome" : `/welcome/${step}`;
    return page(path, { name: "welcome", step }, "chats", { name: "welcome", step: "start" }, chats);
  }),
];

export const tabs: readonly TabDef[] = [
  {
    tab: "chats",
    icon: MessageCircle,
    words: "tab.chats",
    list: chats,
    badge: ({ unread }) => ({ count: unread, words: "unread.count" }),
  },
  {
    tab: "contacts",
    icon: SquareUser,
    words: "tab.contacts",
    list: contacts,
    badge: ({ requests }) => ({ count: requests, words: "requests.count" }),
  },
  { tab: "me", icon: User, words: "tab.me", list: me },
];
