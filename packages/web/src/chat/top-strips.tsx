/** What stands on top of a chat: the announcement, and up to three messages that somebody pinned. */
import type { ConversationView, PinView } from "@yanshu/client";
import { Megaphone, Pin, X } from "lucide";
import { useState } from "preact/hooks";
import { jumpTo } from "../kit/aim.ts";
import { kindWords } from "../kit/kind-words.ts";
import { openSheet } from "../kit/opened-sheet.ts";
import { personName } from "../kit/person.ts";
import { languageOf } from "../kit/text.ts";
import { locale, t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { api, attempt, useView } from "../shell/session.ts";
import { slotted } from "../shell/slot.tsx";
import { toast } from "../shell/toast.tsx";

export function TopStrips({ view }: { view: ConversationView }) {
  const pins = useView("pins", view.conversation) ?? [];
  const [isOpen, setOpen] = useState(false);
  const { announcement } = view;
  const shown = isOpen ? pins : pins.slice(0, 1);
  if (announcement === "" && pins.length === 0) return null;
  return (
    <div class="top-strips">
      {announcement !== "" && (
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
      )}
      {shown.map((pin) => (
        <PinStrip key={pin.id} chat={view.conversation} pin={pin} mayTakeDown={view.may.write} />
      ))}
      {pins.length > 1 && (
        <button
          type="button"
          class="top-more"
          aria-expanded={isOpen}
          data-testid="pins-more"
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t("pin.fewer") : t("pin.more", { n: pins.length - 1 })}
        </button>
      )}
    </div>
  );
}

function PinStrip({ chat, pin, mayTakeDown }: { chat: string; pin: PinView; mayTakeDown: boolean }) {
  return (
    <div class="top-strip">
      <button
        type="button"
        class="pin-words"
        data-testid="pin"
        onClick={() => {
          if (pin.isHere) jumpTo.value = { chat, id: pin.id };
          else toast(t("quote.gone"));
        }}
      >
        <Icon of={Pin} size="s" />
        <span class="ell">
          {t("quote.line", { name: personName(pin.from), words: kindWords(pin.of, pin.words.replace(/\s+/gu, " ")) })}
        </span>
      </button>
      {mayTakeDown && (
        <button
          type="button"
          class="ib"
          aria-label={t("pin.off")}
          data-testid="pin-off"
          onClick={() => void attempt(() => api.pin(chat, { author: pin.author, id: pin.id }, false))}
        >
          <Icon of={X} size="s" />
        </button>
      )}
    </div>
  );
}
