/** What stands on top of a chat: the announcement, and up to three messages that somebody pinned. */
import type { ConversationView, PinView } from "@yanshu/client";
import { Megaphone, Pin, X } from "lucide";
import { useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { personName } from "../timeline/system-words.ts";
import { languageOf } from "../timeline/text.ts";
import { openedSheet } from "./acts.ts";
import { jumpTo } from "./aim.ts";
import { recordWords } from "./record-words.ts";

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
            openedSheet.value = { kind: "announcement", view };
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
          {t("quote.line", { name: personName(pin.from), words: recordWords(pin.of, pin.words.replace(/\s+/gu, " ")) })}
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
