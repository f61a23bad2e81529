/**
 * The four words that two people or devices compare, drawn large like stamps: they are equal on both devices.
 */
import { linkWord } from "@yanshu/client";
import { locale } from "../locales/i18n.ts";
import { attempt } from "../shell/session.ts";
import "../styles/linking.css";

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

type SameWordsProps = {
  readonly title: string;
  readonly words: readonly number[];
  readonly same: string;
  readonly differ: string;
  /** Before `same` and `differ` in the names that tests know the buttons by. */
  readonly testId: string;
  readonly onAnswer: (isSame: boolean) => Promise<void>;
};

/** The words, and the question whether the other device shows the same. */
export function SameWords({ title, words, same, differ, testId, onAnswer }: SameWordsProps) {
  return (
    <>
      <h1 class="brush ask">{title}</h1>
      <LinkWords words={words} />
      <div class="alone-acts">
        {/* Stopping is the safe answer, so its button is no smaller. */}
        <button
          type="button"
          class="btn fill"
          data-testid={`${testId}-same`}
          onClick={() => void attempt(() => onAnswer(true))}
        >
          {same}
        </button>
        <button
          type="button"
          class="btn danger"
          data-testid={`${testId}-differ`}
          onClick={() => void attempt(() => onAnswer(false))}
        >
          {differ}
        </button>
      </div>
    </>
  );
}
