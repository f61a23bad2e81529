/** Groups: members, QR codes and settings (docs/spec/groups.md). */
import type { ComponentType } from "preact";
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { lines } from "./lines.ts";

declare module "../../shell/places.ts" {
  interface Places {
    "new-group": Alone;
    groups: Alone;
    "chat-info": WithId;
    "add-members": WithId;
    members: WithId;
    "group-qr": WithId;
    asking: WithId;
  }
}

const part = <P>(pick: (parts: typeof import("./in-contacts.ts")) => ComponentType<P>) =>
  lazily(() => import("./in-contacts.ts").then(pick));

export const groups = webFeature({
  lines,
  inLog: () => import("./in-log.ts"),
  pages: [
    page(
      "/new-group",
      { name: "new-group" },
      "chats",
      { name: "chats" },
      part((m) => m.NewGroup),
    ),
    page(
      "/contacts/groups",
      { name: "groups" },
      "contacts",
      { name: "contacts" },
      part((m) => m.Groups),
    ),
    page(
      "/chat/:id/info",
      { name: "chat-info" },
      "chats",
      { name: "chat" },
      part((m) => m.ChatInfo),
    ),
    page(
      "/chat/:id/add",
      { name: "add-members" },
      "chats",
      { name: "chat" },
      part((m) => m.AddMembers),
    ),
    page(
      "/chat/:id/members",
      { name: "members" },
      "chats",
      { name: "chat-info" },
      part((m) => m.Members),
    ),
    page(
      "/chat/:id/qr",
      { name: "group-qr" },
      "chats",
      { name: "chat-info" },
      part((m) => m.GroupQr),
    ),
    page(
      "/chat/:id/asking",
      { name: "asking" },
      "chats",
      { name: "chat-info" },
      part((m) => m.Asking),
    ),
  ],
});
