/**
 * The pinyin reader for screens: Latin names stand at once, Han ones as soon as it has loaded.
 */
import { useEffect, useState } from "preact/hooks";
import { loadSyllables, plainSyllables, type Syllables } from "./pinyin.ts";

let loaded: Syllables | undefined;

export function useSyllables(): Syllables {
  const [syllables, setSyllables] = useState<Syllables>(() => loaded ?? plainSyllables);
  useEffect(() => {
    if (loaded !== undefined) return;
    void loadSyllables().then((found) => {
      loaded = found;
      setSyllables(() => found);
    });
  }, []);
  return syllables;
}
