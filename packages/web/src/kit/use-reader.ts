/**
 * The reader of names (pinyin.ts) for screens: Latin names are sorted at once, Han names once pinyin is loaded.
 */
import { useEffect, useState } from "preact/hooks";
import { locale } from "../locales/i18n.ts";
import { type Initials, loadReader, plainReader, type Reader } from "./pinyin.ts";

let loaded: Reader | undefined;

export function useReader(): Reader {
  const [reader, setReader] = useState<Reader>(() => loaded ?? plainReader);
  useEffect(() => {
    if (loaded !== undefined) return;
    // Loading may fail without a network; the next screen tries again.
    void loadReader().then(
      (found) => {
        loaded = found;
        setReader(found);
      },
      () => undefined,
    );
  }, []);
  return reader;
}

/** Which initials the index at the side shows: those with which readers of this language learn to read. */
export function useInitials(): Initials {
  return locale.value === "zh-Hant" ? "zhuyin" : "pinyin";
}
