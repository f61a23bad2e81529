/** What a message answers to: its beginning, which leads to it where it is here. */
import type { QuoteView } from "@yanshu/client";
import { jumpTo } from "../../kit/aim.ts";
import { kindWords, onOneLine } from "../../kit/kind-words.ts";
import { personName } from "../../kit/person.ts";
import { lineWithSmileys } from "../../kit/smileys/drawn.ts";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";

export function QuoteChip({ chat, quote }: { chat: string; quote: QuoteView }) {
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
        {lineWithSmileys(t("quote.line", { name: personName(quote.from), words: wordsOf(quote) }))}
      </span>
    </button>
  );
}

/** The beginning of what was quoted, or what kind of thing it was. */
function wordsOf({ of, words }: QuoteView): string {
  return of === "sticker" ? kindWords(of, words) : onOneLine(words);
}
