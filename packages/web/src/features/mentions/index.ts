/** Calling people by their names in a text (docs/spec/actions.md AC7). */
import { webFeature } from "../../feature.ts";
import { inList } from "./in-list.tsx";

export const mentions = webFeature({ inList, inLog: () => import("./in-log.ts") });
