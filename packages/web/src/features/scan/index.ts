/** The scanner (docs/spec/web.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    scan: Alone;
  }
}

const screen = lazily(() => import("./on-arrival.ts").then((m) => m.Scan));

export const scan = webFeature({
  slots: {
    scan: lazily(() => import("./on-arrival.ts").then((m) => m.Scan)),
  },
  pages: [page("/scan", { name: "scan" }, "chats", { name: "chats" }, screen)],
});
