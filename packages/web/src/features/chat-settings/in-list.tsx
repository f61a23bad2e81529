/** What a row of the list says of these settings. */
import { BellOff } from "lucide";
import type { InList } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";

export const inList: InList = {
  marks: {
    name: ({ isPinned }) => isPinned && <span class="sr">{t("row.pinned")}</span>,
    end: ({ isMuted }) =>
      isMuted && (
        <span class="muted-mark">
          <Icon of={BellOff} size="xs" />
          <span class="sr">{t("row.muted")}</span>
        </span>
      ),
  },
};
