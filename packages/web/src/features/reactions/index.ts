/** Answering to a message with a face (docs/spec/actions.md AC5). */
import { webFeature } from "../../feature.ts";

export const reactions = webFeature({ inLog: () => import("./in-log.ts"), inChat: () => import("./in-chat.ts") });
