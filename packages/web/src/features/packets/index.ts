/** Red packets 红包, transfers, shared bills and the ledger of a chat (docs/spec/packets.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const packets = webFeature({
  labels: { packet: "kind.packet" },
  said: {
    packet: {
      begins: ({ wish }) => wish,
      exported: ({ wish }) => `🧧 红包 Red packet ${wish}`,
      copied: ({ wish }) => wish,
    },
  },
  bubbles: { packet: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PacketCard)) } },
  inChat: () => import("./in-chat.ts"),
});
