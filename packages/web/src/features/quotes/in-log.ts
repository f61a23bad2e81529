/** What quotes add to a conversation: the answer, and what it answers to. */
import { Reply } from "lucide";
import { h } from "preact";
import type { InLog } from "../../feature.ts";
import { aimAt } from "../../kit/aim.ts";
import { onOneLine } from "../../kit/kind-words.ts";
import { isQuotable, quotedWords, refOf } from "../../kit/message.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { QuoteChip } from "./quote-chip.tsx";
import "./quotes.css";

export const inLog: InLog = {
  below: [
    {
      order: 10,
      below: ({ chat, item: { body } }) =>
        body.kind === "text" && body.quote !== undefined ? h(QuoteChip, { chat, quote: body.quote }) : undefined,
    },
  ],
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && isQuotable(item)
        ? {
            icon: Reply,
            words: "menu.quote",
            id: "quote",
            order: 10,
            key: "r",
            gesture: "drawn",
            run() {
              const name = personName({ ...item.from, isMe: item.mine });
              const words = onOneLine(quotedWords(item));
              aimAt(chat, {
                id: "quote",
                icon: Reply,
                says: () => t("quote.line", { name, words }),
                extras: { quote: refOf(item) },
              });
            },
          }
        : undefined,
  ],
};
