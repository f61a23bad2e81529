/** Invitations into a group, as a card or by a link (docs/spec/groups.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const invitations = webFeature({
  slots: {
    groupInvitation: lazily(() => import("./on-arrival.ts").then((m) => m.GroupInvitation)),
  },
  labels: { groupCard: "kind.group-card", "group-card": "kind.group-card" },
  said: { "group-card": { content: ({ name, link }) => ({ kind: "groupCard", name, link }) } },
  bubbles: { "group-card": { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.GroupCard)) } },
  inChat: () => import("./in-chat.ts"),
});
