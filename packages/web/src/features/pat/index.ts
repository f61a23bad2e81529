/** Patting somebody, 拍一拍 (docs/spec/actions.md AC8). */
import { webFeature } from "../../feature.ts";

export const pat = webFeature({ inChat: () => import("./in-chat.ts") });
