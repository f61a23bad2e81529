/** An invitation into a group, in the log: its name; a tap opens the link that it carries. */
import type { GroupCardBody } from "@yanshu/client";
import { UsersRound } from "lucide";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { go, setPendingLink } from "../../shell/router.ts";
import "../../styles/media.css";

export function GroupCard({ body }: { body: GroupCardBody }) {
  const isOver = body.expiresMs <= nowMs.value;
  return (
    <div class="card-file" data-testid="group-card" data-over={isOver}>
      <button
        type="button"
        class="card-main"
        data-testid="group-card-open"
        onClick={() => {
          setPendingLink(`#${body.link}`);
          go({ name: "opened-link" });
        }}
      >
        <Icon of={UsersRound} />
        <span class="card-words">
          <span class="card-name" lang={languageOf(body.name, locale.value)}>
            {body.name}
          </span>
          <span class="card-note">{t(isOver ? "join.expired" : "group.card")}</span>
        </span>
      </button>
    </div>
  );
}
