/** The faces that stand under a message, each with who set it; a tap sets it too. */
import type { TimelineItem } from "@yanshu/client";
import { personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { react } from "./react.ts";
import "./reactions.css";

const facesShown = 4;

export function Reactions({ chat, item, mayWrite }: { chat: string; item: TimelineItem; mayWrite: boolean }) {
  const all = item.reactions ?? [];
  const rest = all.length - facesShown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form; this is a small group of buttons.
    <div class="reactions" role="group" aria-label={t("react.label")}>
      {all.slice(0, facesShown).map(({ emoji, people, mine }) => {
        const names = personNames(people);
        return (
          <button
            key={emoji}
            type="button"
            class={mine ? "on" : ""}
            title={names}
            aria-label={`${emoji} ${people.length > 1 ? `${people.length} ` : ""}${names}`}
            aria-pressed={mine}
            disabled={!mayWrite}
            data-testid="reaction"
            data-emoji={emoji}
            data-count={people.length}
            onClick={() => react(chat, item, emoji)}
          >
            <span aria-hidden="true">{emoji}</span>
            {people.length > 1 && <span aria-hidden="true">{people.length}</span>}
          </button>
        );
      })}
      {rest > 0 && <span class="rest">+{rest}</span>}
    </div>
  );
}
