/** The mark of an unanswered contact request in the list of chats (docs/spec/web.md WE41). */
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
