/** Places and their paths. */
import { expect, test } from "bun:test";
import { features } from "../features/index.ts";
import { pages } from "../screens/pages.ts";
import { register } from "./features.ts";
import {
  isWithin,
  moveBetween,
  openedLink,
  parentOf,
  pathOf,
  type Route,
  routeAt,
  setCorePages,
  tabOf,
} from "./routes.ts";

register(features);
setCorePages(pages);

const id = "ab".repeat(16);
const places: readonly Route[] = [
  { name: "chats" },
  { name: "chat", id },
  { name: "chat", id, at: 12 },
  { name: "chat-info", id },
  { name: "chat-search", id },
  { name: "album", id },
  { name: "chat-files", id },
  { name: "share" },
  { name: "add-members", id },
  { name: "members", id },
  { name: "group-qr", id },
  { name: "asking", id },
  { name: "new-group" },
  { name: "search" },
  { name: "contacts" },
  { name: "requests" },
  { name: "groups" },
  { name: "tags" },
  { name: "contact", id },
  { name: "my-qr" },
  { name: "scan" },
  { name: "opened-link" },
  { name: "me" },
  { name: "profile" },
  { name: "settings" },
  { name: "storage" },
  { name: "export" },
  { name: "account-deletion" },
  { name: "account-export" },
  { name: "devices" },
  { name: "link-device" },
  { name: "way-back" },
  { name: "way-back", part: "family" },
  { name: "welcome", step: "start" },
  { name: "welcome", step: "name" },
  { name: "welcome", step: "invite" },
  { name: "welcome", step: "link" },
  { name: "welcome", step: "card" },
];

test("[WE3] every place has its own path, and the path leads back to it", () => {
  expect(new Set(places.map(pathOf)).size).toBe(places.length);
  for (const place of places) expect(routeAt(pathOf(place))).toEqual(place);
});

test("[WE3] an unknown or malformed path leads to the chats", () => {
  for (const path of [
    "/nowhere",
    "/chat/",
    "/chat/../etc",
    "/chat/XYZ",
    `/chat/${id}/else`,
    "/contact/<b>",
    "/constructor",
    `/chat/${id}/at/0`,
    `/chat/${id}/at/1e9`,
  ]) {
    expect(routeAt(path)).toEqual({ name: "chats" });
  }
});

test("[WE3] back from any place reaches a tab within three steps", () => {
  for (const place of places) {
    let here = place;
    for (let step = 0; step < 3; step += 1) here = parentOf(here);
    expect(["chats", "contacts", "me", "welcome"]).toContain(here.name);
    expect(["chats", "contacts", "me"]).toContain(tabOf(place));
  }
});

test("[WE311] a place is within itself and all places through which one goes back from it, and within no other", () => {
  const post = { name: "moment", id } as const;
  expect(["moment", "moments", "discover"].map((name) => isWithin(post, name as Route["name"]))).toEqual([
    true,
    true,
    true,
  ]);
  expect(["status", "moments-new", "me"].map((name) => isWithin(post, name as Route["name"]))).toEqual([
    false,
    false,
    false,
  ]);
  expect(isWithin({ name: "status" }, "moments")).toBe(false);
  for (const place of places) {
    expect(isWithin(place, place.name)).toBe(true);
    expect(isWithin(place, parentOf(place).name)).toBe(true);
  }
});

test("[WE11] only the four kinds of links are taken from an address", () => {
  expect(openedLink("#c/AbC-_9")).toBe("#c/AbC-_9");
  expect(openedLink("#i/x")).toBe("#i/x");
  expect(openedLink("#d/x")).toBe("#d/x");
  expect(openedLink("#g/x")).toBe("#g/x");
  expect(openedLink("#p/cGFnZXM#c/x")).toBe("#p/cGFnZXM#c/x");
  for (const hash of ["", "#", "#p/x", "#p/x#g/x", "#x/abc", "#c/", "#c/a b", "#c/<script>"])
    expect(openedLink(hash)).toBeUndefined();
});

test("[WE26] a deeper page comes, and goes away again; tabs change at once", () => {
  const [chats, chat, me] = [{ name: "chats" }, { name: "chat", id }, { name: "me" }] as const;
  expect(moveBetween(chats, chat, false)).toBe("deeper");
  expect(moveBetween(chat, chats, true)).toBe("back");
  expect(moveBetween(chat, { name: "chat-info", id }, false)).toBe("deeper");
  expect(moveBetween(chats, me, false)).toBe("none");
  expect(moveBetween(me, chats, true)).toBe("none");
});

test("[WE26] a place within a conversation is no other page, and the way in moves nothing", () => {
  const chat: Route = { name: "chat", id };
  expect(moveBetween(chat, { name: "chat", id, at: 7 }, false)).toBe("none");
  expect(moveBetween(chat, { name: "chat", id: "cd".repeat(16) }, false)).toBe("deeper");
  expect(moveBetween({ name: "welcome", step: "card" }, { name: "chats" }, false)).toBe("none");
});
