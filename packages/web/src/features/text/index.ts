/** Plain words, shown larger than any screen shows them. */
import { webFeature } from "../../feature.ts";

export const text = webFeature({ inChat: () => import("./in-chat.ts") });
