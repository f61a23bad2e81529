/** What Yanshu is, and under which licences. */
import { webFeature } from "../../feature.ts";

export const about = webFeature({
  inMe: () => import("./in-me.tsx"),
});
