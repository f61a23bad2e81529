/** A chat where somebody called one says so in the list. */
import type { InList } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";

export const inList: InList = {
  marks: {
    front: ({ mentioned }, isHere) =>
      mentioned &&
      !isHere && (
        <span class="draft" data-testid="mentioned">
          {t("chats.mention")}&nbsp;
        </span>
      ),
  },
};
