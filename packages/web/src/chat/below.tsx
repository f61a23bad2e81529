/**
 * What stands under a bubble: what it quotes, what others answered with a face, and that it was changed.
 */
import type { QuoteView, TimelineItem } from "@yanshu/client";
import { jumpTo } from "../kit/aim.ts";
import { kindWords } from "../kit/kind-words.ts";
import { openSheet } from "../kit/opened-sheet.ts";
import { personName } from "../kit/person.ts";
import { lineWithSmileys } from "../kit/smileys/drawn.ts";
import { t } from "../locales/i18n.ts";
import { lazily } from "../shell/lazy.ts";
import { toast } from "../shell/toast.tsx";
import { react } from "./acts.ts";

const historySheet = lazily(() => import("./in-chat.ts").then((m) => m.HistorySheet));
const facesShown = 4;

export function Below({ chat, item, mayWrite }: { chat: string; item: TimelineItem; mayWrite: boolean }) {
  const quote = item.body.kind === "text" ? item.body.quote : undefined;
  return (
    <>
      {quote !== undefined && <QuoteChip chat={chat} quote={quote} />}
      {item.isEdited === true && (
        <button
          type="button"
          class="edited"
          data-testid="edited"
          onClick={() => {
            openSheet(historySheet, { chat, item });
          }}
        >
          {t("edit.done")}
        </button>
      )}
      {item.reactions !== undefined && <Reactions chat={chat} item={item} mayWrite={mayWrite} />}
    </>
  );
}

function QuoteChip({ chat, quote }: { chat: string; quote: QuoteView }) {
  if (quote.standing === "recalled") {
    return (
      <span class="quote" data-testid="quote-chip" data-standing="recalled">
        {t("quote.recalled")}
      </span>
    );
  }
  return (
    <button
      type="button"
      class="quote"
      data-testid="quote-chip"
      data-standing={quote.standing}
      onClick={() => {
        if (quote.standing === "here") jumpTo.value = { chat, id: quote.id };
        else toast(t("quote.gone"));
      }}
    >
      <span class="ell">
        {lineWithSmileys(t("quote.line", { name: personName(quote.from), words: quotedWords(quote) }))}
      </span>
    </button>
  );
}

/** The beginning of what was quoted, or what kind of thing it was. */
function quotedWords({ of, words }: QuoteView): string {
  if (of === "sticker") return kindWords(of, words);
  return words === "" ? t("quote.message") : words.replace(/\s+/gu, " ");
}

function Reactions({ chat, item, mayWrite }: { chat: string; item: TimelineItem; mayWrite: boolean }) {
  const all = item.reactions ?? [];
  const rest = all.length - facesShown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form; this is a small group of buttons.
    <div class="reactions" role="group" aria-label={t("react.label")}>
      {all.slice(0, facesShown).map(({ emoji, people, mine }) => {
        const names = people.map(personName).join(t("person.and"));
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
