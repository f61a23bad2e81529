/** A contact card in the log: who is introduced, and by whom. One tap leads to them. */
import type { TimelineItem } from "@yanshu/client";
import { IdCard } from "lucide";
import type { BodyOfItem } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { lazily } from "../../shell/lazy.ts";
import { go } from "../../shell/router.ts";
import "../../styles/media.css";
import "./contact-cards.css";

const cardSheet = lazily(() => import("./card-sheet.tsx").then((m) => m.CardSheet));

export function PersonCard({ chat, item, body }: { chat: string; item: TimelineItem; body: BodyOfItem<"card"> }) {
  const open = () => {
    if (body.standing === "self") go({ name: "profile" });
    else if (body.standing === "contact" || body.standing === "blocked") go({ name: "contact", id: body.account });
    else openSheet(cardSheet, { chat, item });
  };
  return (
    <div class="card-file person-card" data-testid="person-card" data-standing={body.standing}>
      <button type="button" class="card-main" data-testid="person-card-open" onClick={open}>
        <Avatar face={body.face} />
        <span class="card-words">
          <span class="card-name brush" lang={languageOf(body.name, locale.value)}>
            {body.name}
          </span>
          {body.standing !== "new" && <span class="card-note">{t(`card.standing.${body.standing}`)}</span>}
        </span>
      </button>
      <p class="card-foot">
        <Icon of={IdCard} size="xs" />
        {item.mine ? t("plus.card") : t("trust.intro", { name: item.from.name })}
      </p>
    </div>
  );
}
