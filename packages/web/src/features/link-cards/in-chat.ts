/** Links in a conversation: their cards, and what was shared with the app. */
import { Link } from "lucide";
import type { InChat, ItemBody } from "../../feature.ts";
import { firstLink } from "../../kit/links/found.ts";
import { copyText } from "../../shell/share.ts";

export { LinkCard } from "./link-card.tsx";
export { LinkStrip } from "./link-strip.tsx";
export { Shared } from "./shared.tsx";

export const inChat: InChat = {
  menu: [
    ({ item }) => {
      const link = linkIn(item.body);
      return link === undefined
        ? undefined
        : {
            icon: Link,
            words: "menu.copyLink",
            id: "copy-link",
            order: 20,
            run: () => void copyText(link),
          };
    },
  ],
};

/** The address that a text leads to first. */
function linkIn(body: ItemBody): string | undefined {
  return body.kind === "text" ? (body.link?.url ?? firstLink(body.text)) : undefined;
}
