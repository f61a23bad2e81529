/** Answering to a message (docs/spec/actions.md AC1). */
import { webFeature } from "../../feature.ts";

export const quotes = webFeature({ inLog: () => import("./in-log.ts") });
