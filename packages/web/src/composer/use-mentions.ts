/** The state of naming people in one composer: the name that was begun, who fits, and who was chosen so far. */
import { useRef, useState } from "preact/hooks";
import { begunMention, type Nameable } from "./mentions.ts";

type Field = { readonly current: HTMLTextAreaElement | null };

export function useMentions(isGroup: boolean, field: Field, changed: () => void) {
  const [begun, setBegun] = useState<{ from: number; query: string } | undefined>(undefined);
  const [at, setAt] = useState(0);
  const found = useRef<readonly Nameable[]>([]);
  const chosen = useRef<Nameable[]>([]);

  const look = () => {
    const element = field.current;
    const next = element === null || !isGroup ? undefined : begunMention(element.value, element.selectionStart);
    setBegun(next);
    setAt(0);
    if (next === undefined) found.current = [];
  };
  const pick = (one: Nameable) => {
    const element = field.current;
    if (element === null || begun === undefined) return;
    chosen.current = [...chosen.current.filter(({ name }) => name !== one.name), one];
    element.setRangeText(`@${one.name} `, begun.from, begun.from + 1 + begun.query.length, "end");
    setBegun(undefined);
    found.current = [];
    changed();
    element.focus();
  };

  return {
    begun,
    at,
    look,
    pick,
    onFound: (people: readonly Nameable[]) => {
      found.current = people;
    },
    /** Those named so far; forgotten with the text that named them. */
    take: () => {
      const all = chosen.current;
      chosen.current = [];
      return all;
    },
    /** Whether the key was for the list. */
    key: (event: KeyboardEvent): boolean => {
      const count = found.current.length;
      if (begun === undefined || count === 0) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp")
        setAt((at + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
      else if (event.key === "Enter" || event.key === "Tab") {
        const one = found.current[at];
        if (one !== undefined) pick(one);
      } else if (event.key === "Escape") {
        setBegun(undefined);
        found.current = [];
      } else return false;
      event.preventDefault();
      return true;
    },
  };
}
