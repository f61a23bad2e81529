/** The announcement of a group on one line; a tap opens all of it. */
import type { ConversationView } from "@yanshu/client";
import { Megaphone } from "lucide";
import { openSheet } from "../../kit/opened-sheet.ts";
import { languageOf } from "../../kit/text.ts";
import { locale } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { slotted } from "../../shell/slot.tsx";

export function AnnouncementStrip({ view }: { view: ConversationView }) {
  const { announcement } = view;
  if (announcement === "") return null;
  return (
    <button
      type="button"
      class="top-strip"
      data-testid="announcement"
      onClick={() => {
        openSheet(slotted("announcementSheet"), { view });
      }}
    >
      <Icon of={Megaphone} size="s" />
      <span class="ell" lang={languageOf(announcement, locale.value)}>
        {announcement.replace(/\s+/gu, " ")}
      </span>
    </button>
  );
}
