/**
 * Search while somebody types: the worker is asked a moment after the last key, and the answer to an outdated query is
 * dropped. The old result stays until the new one arrives.
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
  /** The query of `hits`; differs from the typed one until the next result arrives. */
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

/** Recent queries, until the page is closed; they are not stored. */
export const recentWords = signal<readonly string[]>([]);
const recentMax = 8;

export function rememberWord(query: string): void {
  const word = query.trim();
  if (word === "") return;
  recentWords.value = [word, ...recentWords.value.filter((one) => one !== word)].slice(0, recentMax);
}
