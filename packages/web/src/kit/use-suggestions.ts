/**
 * The state of suggesting stickers while somebody writes (packages/web/src/features/stickers/README.md ME18). Escape is
 * its only key, and text that an input method still composes is ignored.
 */
import { useRef, useState } from "preact/hooks";

type Field = { readonly current: HTMLTextAreaElement | null };

/** A longer text is a message, not a search for a sticker. */
export const wordsMax = 16;

export function useSuggestions(field: Field) {
  const [words, setWords] = useState("");
  const count = useRef(0);
  /** The person dismissed the suggestions; they stay away until the field is empty. */
  const isAway = useRef(false);

  const look = () => {
    const text = field.current?.value.trim() ?? "";
    if (text === "") isAway.current = false;
    setWords(isAway.current || text.length > wordsMax ? "" : text);
  };
  const away = () => {
    isAway.current = true;
    setWords("");
  };
  return {
    words,
    look,
    away,
    onFound: (found: number) => {
      count.current = found;
    },
    /** Returns true when the strip handled the key. */
    key: (event: KeyboardEvent): boolean => {
      if (event.key !== "Escape" || count.current === 0 || words === "") return false;
      event.preventDefault();
      away();
      return true;
    },
  };
}
