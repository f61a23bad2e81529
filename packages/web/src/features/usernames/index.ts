/** Names by which one is found (docs/spec/identity.md). */
import { webFeature } from "../../feature.ts";

export const usernames = webFeature({
  inMe: () => import("./in-me.tsx"),
});
