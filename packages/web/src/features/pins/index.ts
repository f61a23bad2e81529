/** Messages that stand on top of a chat for all (docs/spec/actions.md AC9). */
import { webFeature } from "../../feature.ts";

export const pins = webFeature({ inLog: () => import("./in-log.ts"), inChat: () => import("./in-chat.ts") });
