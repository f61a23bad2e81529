/**
 * The four words as seals: equal on both devices, readable over a table.
 */
import { linkWord } from "@yanshu/client";
import { locale } from "../../locales/i18n.ts";
import "../../styles/linking.css";

const pigments = [1, 2, 3, 7] as const;

export function LinkWords({ words }: { words: readonly number[] }) {
  const shown = words.map((word) => linkWord(word, locale.value));
  return (
    <ol class="link-words" data-testid="link-words" data-words={words.join(" ")} lang={locale.value}>
      {shown.map((word, place) => (
        <li key={place} class={`av ch p${pigments[place] ?? 1} ${word.length > 1 ? "latin" : ""}`}>
          {word}
        </li>
      ))}
    </ol>
  );
}
