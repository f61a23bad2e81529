/**
 * The reader of names for screens: Latin names stand at once, Han ones as soon as pinyin and folding have loaded.
 */
import { useEffect, useState } from "preact/hooks";
import { locale } from "../locales/i18n.ts";
import { type Initials, loadReader, plainReader, type Reader } from "./pinyin.ts";

let loaded: Reader | undefined;

export function useReader(): Reader {
  const [reader, setReader] = useState<Reader>(() => loaded ?? plainReader);
  useEffect(() => {
    if (loaded !== undefined) return;
    // Without a network it may not be there yet; the next screen asks again.
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

/** Which initials stand at the side: those that one learned to read with. */
export function useInitials(): Initials {
  return locale.value === "zh-Hant" ? "zhuyin" : "pinyin";
}
