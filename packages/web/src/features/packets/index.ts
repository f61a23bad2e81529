/** Red packets 红包, transfers, shared bills and the ledger of a chat (docs/spec/packets.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const packets = webFeature({
  labels: { packet: "kind.packet", owe: "kind.owe", share: "kind.share" },
  bubbles: {
    packet: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PacketCard)) },
    owe: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.OweCard)) },
    share: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.ShareCard)) },
  },
  inChat: () => import("./in-chat.ts"),
});
