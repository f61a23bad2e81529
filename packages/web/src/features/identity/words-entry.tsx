/**
 * The 24 words of a card, one field at a time: what is typed is completed, what was filled in stands above and can be changed,
 * and all of them can be pasted at once.
 */
import { ScanLine } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { cardWordCount, offered, taken, wordFor } from "./card-words.ts";

/** Kept while one looks for the code, or comes back. */
let filled: readonly string[] = [];

type CardWordsProps = {
  readonly title: string;
  readonly lead: string;
  readonly fault: string;
  /** The words, or the card's code when that was pasted. */
  readonly onDone: (card: string) => Promise<boolean>;
  readonly onEdit: () => void;
  readonly onScan: () => void;
};

export function CardWords({ title, lead, fault, onDone, onEdit, onScan }: CardWordsProps) {
  const [all, setAll] = useState<readonly string[]>([]);
  const [words, setWords] = useState(filled);
  /** Which word is being filled in: the next, or one that is changed. */
  const [place, setPlace] = useState(words.length);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void attempt(() => api.allCardWords()).then((list) => setAll(list ?? []));
  }, []);
  filled = words;
  const isWhole = words.length === cardWordCount;

  const put = (more: readonly string[]) => {
    const next = [...words.slice(0, place), ...more, ...words.slice(place + more.length)].slice(0, cardWordCount);
    setWords(next);
    setPlace(more.length === 1 && place < words.length ? next.length : Math.min(place + more.length, next.length));
    setTyped("");
    setWrong("");
    onEdit();
    field.current?.focus();
  };
  const type = (text: string) => {
    setWrong("");
    onEdit();
    if (text.trim().startsWith("yanshu-card:")) {
      void onDone(text.trim());
      return;
    }
    if (!/\S\s/.test(text)) {
      setTyped(text);
      return;
    }
    const { words: more, wrong: none } = taken(all, text);
    if (more.length > 0) put(more);
    if (none === undefined) return;
    setTyped(none);
    // The last one may not be whole yet.
    if (offered(all, none).length === 0) setWrong(t("restore.word", { word: none, n: place + more.length + 1 }));
  };
  const enter = () => {
    const word = wordFor(all, typed);
    if (word !== undefined) put([word]);
    else if (typed.trim() !== "") setWrong(t("restore.word", { word: typed.trim(), n: place + 1 }));
  };

  return (
    <form
      class="form-in"
      onSubmit={(event) => {
        event.preventDefault();
        if (place < cardWordCount) enter();
        else void onDone(words.join(" "));
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
      {words.length > 0 && <Filled words={words} place={place} onChange={setPlace} />}
      {place < cardWordCount && (
        <label class="word-field">
          <span>{t("restore.place", { n: place + 1 })}</span>
          <input
            ref={field}
            class="line-field"
            lang="en"
            autocomplete="off"
            autocapitalize="none"
            autocorrect="off"
            spellcheck={false}
            enterkeyhint="next"
            value={typed}
            data-testid="restore-word"
            data-place={place}
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
      )}
      <div class="offered" translate={false}>
        {(place < cardWordCount ? offered(all, typed) : []).map((word) => (
          <button
            key={word}
            type="button"
            class="btn soft sm"
            lang="en"
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
      <div class="alone-acts">
        <p class="hint" role="status">
          {words.length > 0 && t("restore.of", { n: words.length })}
        </p>
        <button
          type="button"
          class="btn fill"
          disabled={!isWhole}
          data-testid="restore-next"
          onClick={() => void onDone(words.join(" "))}
        >
          {t("restore.next")}
        </button>
      </div>
    </form>
  );
}

type FilledProps = {
  readonly words: readonly string[];
  readonly place: number;
  readonly onChange: (place: number) => void;
};

function Filled({ words, place, onChange }: FilledProps) {
  return (
    <ol class="filled" aria-label={t("card.words")} translate={false}>
      {words.map((word, n) => (
        <li key={n}>
          <button
            type="button"
            lang="en"
            aria-label={t("restore.change", { n: n + 1, word })}
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
