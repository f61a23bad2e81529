/**
 * Entry of the 24 words of a recovery card, in English or Chinese, one at a time: suggestions complete the typed word,
 * earlier words are listed above and can be changed, and all can be pasted at once.
 */
import type { CardGuess, CardWordLists } from "@yanshu/client";
import { ScanLine } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { cardWordCount, isWhole, offered, scriptOf, taken, wordFor } from "./card-words.ts";

/** Kept outside of the component, so that the words survive a visit to the scanner. */
let filled: readonly string[] = [];

const none: CardWordLists = { en: [], "zh-Hans": [], "zh-Hant": [], sounds: {} };

/** The fault of the typed card, and callbacks. */
export type CardEntry = {
  readonly fault: string;
  /** Corrections that would make the card valid. */
  readonly guesses: readonly CardGuess[];
  /** `card`: the words, or the pasted code of the card. */
  readonly onDone: (card: string) => Promise<boolean>;
  readonly onEdit: () => void;
};

type CardWordsProps = CardEntry & {
  readonly title: string;
  readonly lead: string;
  readonly onScan: () => void;
};

export function CardWords({ title, lead, fault, guesses, onDone, onEdit, onScan }: CardWordsProps) {
  const [all, setAll] = useState(none);
  const [words, setWords] = useState(filled);
  /** Index of the word in the field: the next, or one that is being changed. */
  const [place, setPlace] = useState(words.length);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void attempt(() => api.allCardWords()).then((lists) => setAll(lists ?? none));
  }, []);
  filled = words;
  /** The complete word in the field; it counts without being picked from the suggestions. */
  const typedWord = place < cardWordCount ? wordFor(all, typed) : undefined;
  const isReady = words.length === cardWordCount && typed.trim() === "";

  const put = (more: readonly string[]): readonly string[] => {
    const next = [...words.slice(0, place), ...more, ...words.slice(place + more.length)].slice(0, cardWordCount);
    setWords(next);
    setPlace(more.length === 1 && place < words.length ? next.length : Math.min(place + more.length, next.length));
    setTyped("");
    setWrong("");
    onEdit();
    // Some browsers report composed text twice; the second time the field must be empty.
    if (field.current !== null) field.current.value = "";
    field.current?.focus();
    return next;
  };
  const type = (text: string) => {
    setWrong("");
    onEdit();
    if (text.trim().startsWith("yanshu-card:")) {
      void onDone(text.trim());
      return;
    }
    // Until the word lists are loaded, pasted text waits in the field.
    if (!isWhole(text) || all === none) {
      setTyped(text);
      return;
    }
    const { words: more, wrong: odd } = taken(all, text);
    if (more.length > 0) put(more);
    if (odd === undefined) return;
    setTyped(odd);
    // The last word may be incomplete.
    if (offered(all, odd, locale.value).length === 0)
      setWrong(t("restore.word", { word: odd, n: place + more.length + 1 }));
  };
  useEffect(() => {
    if (isWhole(typed)) type(typed);
  }, [all]);
  /** Goes to the next word, or submits all. */
  const enter = () => {
    if (typedWord !== undefined) {
      const next = put([typedWord]);
      if (next.length === cardWordCount && place >= cardWordCount - 1) void onDone(next.join(" "));
    } else if (typed.trim() !== "") setWrong(t("restore.word", { word: typed.trim(), n: place + 1 }));
    else if (isReady) void onDone(words.join(" "));
  };
  const mend = (guess: CardGuess) => {
    const next = guess.reduce((now, { place: at, word }) => now.with(at, word), words);
    setWords(next);
    onEdit();
    void onDone(next.join(" "));
  };

  return (
    <form
      class="form-in"
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <h1 class="brush ask">{title}</h1>
      <p class="lead">{lead}</p>
      {words.length === 0 && (
        <button type="button" class="btn soft spaced" data-testid="restore-scan" onClick={onScan}>
          <Icon of={ScanLine} size="s" />
          {t("restore.scan")}
        </button>
      )}
      {words.length > 0 && <Filled all={all} words={words} place={place} onChange={setPlace} />}
      {place < cardWordCount && (
        <label class="word-field">
          <span>{t("restore.place", { n: place + 1 })}</span>
          <input
            ref={field}
            class="line-field"
            autocomplete="off"
            autocapitalize="none"
            autocorrect="off"
            spellcheck={false}
            enterkeyhint="next"
            value={typed}
            data-testid="restore-word"
            data-place={place}
            onInput={(event) => {
              // Text that an IME still composes is no word yet.
              if (!event.isComposing) type(event.currentTarget.value);
            }}
            onCompositionEnd={(event) => type(event.currentTarget.value)}
          />
        </label>
      )}
      <div class="offered" translate={false}>
        {(place < cardWordCount ? offered(all, typed, locale.value) : []).map((word) => (
          <button
            key={word}
            type="button"
            class="btn soft sm"
            lang={scriptOf(all, word)}
            data-testid="offered"
            onClick={() => put([word])}
          >
            {word}
          </button>
        ))}
      </div>
      <p class="hint bad" role="alert" data-testid="card-fault">
        {wrong === "" ? fault : wrong}
      </p>
      {wrong === "" && guesses.length > 0 && (
        <fieldset class="guesses" aria-label={t("restore.guess")} data-testid="guesses">
          <p>{t("restore.guess")}</p>
          {guesses.map((guess) => (
            <button
              key={guess.map(({ place: at, word }) => `${at} ${word}`).join(" ")}
              type="button"
              class="btn soft"
              translate={false}
              data-testid="guess"
              onClick={() => mend(guess)}
            >
              {guess
                .map(({ place: at, word }) =>
                  t("restore.guessOne", { n: at + 1, word: words[at] ?? "", instead: word }),
                )
                .join(t("restore.guessAnd"))}
            </button>
          ))}
        </fieldset>
      )}
      <div class="alone-acts">
        <p class="hint" role="status">
          {words.length > 0 && t("restore.of", { n: words.length })}
        </p>
        <button
          type="button"
          class="btn fill"
          disabled={!isReady && typedWord === undefined}
          data-testid="restore-next"
          onClick={enter}
        >
          {t("restore.next")}
        </button>
      </div>
    </form>
  );
}

type FilledProps = {
  readonly all: CardWordLists;
  readonly words: readonly string[];
  readonly place: number;
  readonly onChange: (place: number) => void;
};

function Filled({ all, words, place, onChange }: FilledProps) {
  return (
    <ol class="filled" aria-label={t("card.words")} translate={false}>
      {words.map((word, n) => (
        <li key={n}>
          <button
            type="button"
            lang={scriptOf(all, word)}
            title={t("restore.change", { n: n + 1, word })}
            aria-current={n === place ? "step" : undefined}
            data-testid="filled-word"
            onClick={() => onChange(n)}
          >
            <span>{n + 1}</span>
            <b>{word}</b>
          </button>
        </li>
      ))}
    </ol>
  );
}
