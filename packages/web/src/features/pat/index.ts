/** Patting somebody, 拍一拍 (docs/spec/actions.md AC8). */
import { webFeature } from "../../feature.ts";
import { lines } from "./lines.ts";

export const pat = webFeature({
  lines,
  inChat: () => import("./in-chat.ts"),
});
