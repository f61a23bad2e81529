/** Up to three messages that somebody pinned: the newest, and the others at a tap. */
import type { ConversationView, PinView } from "@yanshu/client";
import { Pin, X } from "lucide";
import { useState } from "preact/hooks";
import { jumpTo } from "../../kit/aim.ts";
import { kindWords } from "../../kit/kind-words.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import "./pins.css";

export function PinStrips({ view }: { view: ConversationView }) {
  const pins = useView("pins", view.conversation) ?? [];
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? pins : pins.slice(0, 1);
  return (
    <>
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
    </>
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
