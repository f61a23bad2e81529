/** Whose code this is. */
import { webFeature } from "../../feature.ts";

export const code = webFeature({
  inMe: () => import("./in-me.tsx"),
  start: () => import("./heads.ts"),
});
