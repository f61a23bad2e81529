/** Smileys to choose from: a tap writes one into the field. */

import { locale } from "../../locales/i18n.ts";
import { rememberEmoji } from "../emoji.ts";
import { matchesName, type Reader } from "../pinyin.ts";
import { codeOf, type Smiley, smileys } from "./names.ts";
import { SmileyPicture } from "./picture.tsx";

type GridProps = { readonly of?: readonly Smiley[]; readonly onPick: (code: string) => void };

export function SmileyGrid({ of = smileys, onPick }: GridProps) {
  if (of.length === 0) return null;
  return (
    <div class="panel-grid smiley-grid" data-testid="smileys">
      {of.map((one) => {
        const code = codeOf(one, locale.value);
        return (
          <button
            key={one.id}
            type="button"
            data-testid="smiley-pick"
            data-smiley={one.id}
            // The composer's field keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              rememberEmoji(code);
              onPick(code);
            }}
          >
            <span class="smiley">
              <SmileyPicture id={one.id} code={code} />
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** Finds by name in any language, by prefixes of pinyin, and by synonyms. */
export function findSmileys(query: string, reader: Reader): readonly Smiley[] {
  const wanted = reader.fold(query.trim());
  if (wanted === "") return [];
  return smileys.filter(
    ({ names, words }) =>
      matchesName([names["zh-Hans"], ...words], query, reader) ||
      [names["zh-Hant"], names.en].some((name) => name.toLowerCase().includes(query.trim().toLowerCase())),
  );
}
