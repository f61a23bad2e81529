/**
 * What is found while one types: asked of the worker a moment after the last key, and an answer that was overtaken
 * by another question is dropped. The old answer stays until the new one is there.
 */

import { signal } from "@preact/signals";
import type { MessageHit, MessageHits, MessageSearch } from "@yanshu/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, attempt } from "../../shell/session.ts";

const pauseMs = 60;
const pageHits = 40;

export type Narrowed = Omit<MessageSearch, "query" | "limit" | "before">;

export type Search = {
  readonly hits: readonly MessageHit[];
  readonly hasMore: boolean;
  /** What the hits answer; differs from what is typed while the next answer is on its way. */
  readonly answers: string | undefined;
  readonly more: () => void;
};

const nothing: MessageHits = { hits: [], hasMore: false };

export function useSearch(query: string, narrowed: Narrowed, isAsked: boolean): Search {
  const [found, setFound] = useState<{ answers: string | undefined; value: MessageHits }>({
    answers: undefined,
    value: nothing,
  });
  const latest = useRef(0);
  const asked = JSON.stringify([query, narrowed]);
  useEffect(() => {
    const mine = ++latest.current;
    if (!isAsked) {
      setFound({ answers: undefined, value: nothing });
      return undefined;
    }
    const timer = setTimeout(() => {
      void attempt(() => api.searchMessages({ ...narrowed, query, limit: pageHits })).then((value) => {
        if (mine === latest.current) setFound({ answers: asked, value: value ?? nothing });
      });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [asked, isAsked]);

  const more = () => {
    const mine = latest.current;
    const before = found.value.hits.at(-1)?.order;
    if (before === undefined) return;
    void attempt(() => api.searchMessages({ ...narrowed, query, before, limit: pageHits })).then((value) => {
      if (mine !== latest.current || value === undefined) return;
      setFound((held) => ({ ...held, value: { ...value, hits: [...held.value.hits, ...value.hits] } }));
    });
  };
  return { ...found.value, answers: found.answers === asked ? query : undefined, more };
}

/** Words of this sitting; they are written down nowhere. */
export const recentWords = signal<readonly string[]>([]);
const recentMax = 8;

export function rememberWord(query: string): void {
  const word = query.trim();
  if (word === "") return;
  recentWords.value = [word, ...recentWords.value.filter((one) => one !== word)].slice(0, recentMax);
}
