/** Mini programs 小程序 (docs/spec/programs.md): a card in a chat, and a row in Discover. */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const programs = webFeature({
  slots: {
    programCard: lazily(() => import("./in-chat.ts").then((m) => m.ProgramCard)),
    programRow: lazily(() => import("./in-contacts.tsx").then((m) => m.ProgramRow)),
  },
});
