/** The state of naming people in one composer: the name that was begun, who fits, and who was chosen so far. */
import { useRef, useState } from "preact/hooks";
import type { Field, Writing } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { mentionQuery, mentionsIn, type Nameable } from "./ranges.ts";

const mentionList = lazily(() => import("./in-chat.ts").then((m) => m.MentionList));

export function useMentions({ chat, kind, element: field, changed }: Field): Writing {
  const [begun, setBegun] = useState<{ from: number; query: string } | undefined>(undefined);
  const [at, setAt] = useState(0);
  const found = useRef<readonly Nameable[]>([]);
  const chosen = useRef<Nameable[]>([]);

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
    above: begun !== undefined && (
      <Lazy
        of={mentionList}
        chat={chat}
        query={begun.query}
        at={at}
        onFound={(people) => {
          found.current = people;
        }}
        onPick={pick}
      />
    ),
    look() {
      const element = field.current;
      const isNaming = element !== null && screenKind(kind).isOfMany;
      const next = isNaming ? mentionQuery(element.value, element.selectionStart) : undefined;
      setBegun(next);
      setAt(0);
      if (next === undefined) found.current = [];
    },
    /** Those named so far are forgotten with the text that named them. */
    extras(text) {
      const mentions = mentionsIn(text, chosen.current);
      chosen.current = [];
      return mentions.length > 0 ? { mentions } : {};
    },
    key(event) {
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
