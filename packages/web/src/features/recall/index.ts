/** Taking back what one said (docs/spec/actions.md AC2, AC3). */
import { webFeature } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";

export const recalling = webFeature({
  lines: { recalled: ({ who }) => (who.isMe ? t("recall.you") : t("recall.other", { name: who.name })) },
  inLog: () => import("./in-log.tsx"),
});
