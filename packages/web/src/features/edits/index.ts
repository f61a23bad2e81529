/** Changing what one said (docs/spec/actions.md AC4). */
import { webFeature } from "../../feature.ts";

export const edits = webFeature({ inLog: () => import("./in-log.tsx") });
