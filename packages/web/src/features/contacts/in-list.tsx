/** A request for contact that waits says so in the list (docs/spec/web.md WE41). */
import type { InList } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";

export const inList: InList = {
  marks: {
    front: ({ state }) =>
      state === "request-out" && (
        <span class="wait-mark" data-testid="waits">
          {t("friend.waiting")}&nbsp;
        </span>
      ),
  },
};
