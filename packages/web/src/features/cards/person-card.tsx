/** A contact card in the log: who is introduced, and by whom. One tap leads to them. */
import type { TimelineItem } from "@yanshu/client";
import { IdCard } from "lucide";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { openedSheet } from "../actions/acts.ts";
import { languageOf } from "../timeline/text.ts";

export type CardBody = Extract<TimelineItem["body"], { kind: "card" }>;

export function PersonCard({ chat, item, body }: { chat: string; item: TimelineItem; body: CardBody }) {
  const open = () => {
    if (body.standing === "self") go({ name: "profile" });
    else if (body.standing === "contact" || body.standing === "blocked") go({ name: "contact", id: body.account });
    else openedSheet.value = { kind: "card", chat, item };
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
