/**
 * The state of offering stickers while one writes (packages/web/src/features/stickers/README.md ME18). It listens to no
 * key but Escape, and looks at nothing that an input method has not finished.
 */
import { useRef, useState } from "preact/hooks";

type Field = { readonly current: HTMLTextAreaElement | null };

/** Longer than that one is writing a message, not looking for a face. */
export const wordsMax = 16;

export function useSuggestions(field: Field) {
  const [words, setWords] = useState("");
  const count = useRef(0);
  /** Turned away: until the field is empty again. */
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
    /** Whether the key was for the strip. */
    key: (event: KeyboardEvent): boolean => {
      if (event.key !== "Escape" || count.current === 0 || words === "") return false;
      event.preventDefault();
      away();
      return true;
    },
  };
}
