/** The address of a picture: what is here is shown, and home is asked for the rest only where that is allowed. */
import { useEffect, useState } from "preact/hooks";
import { type Picture, pictureUrl } from "./film-url.ts";

type Shown = { readonly url: string | undefined; readonly onError: () => void };

/**
 * @param mayAsk it is on screen by itself, not in a list. `url`: undefined until it is known, and where there is none.
 */
export function usePicture(of: Picture | undefined, mayAsk: boolean): Shown {
  const [url, setUrl] = useState<string | undefined>(undefined);
  /** Not here: of which picture. Once it was asked for, that stays. */
  const [missing, setMissing] = useState<string | undefined>(undefined);
  const [asked, setAsked] = useState<string | undefined>(undefined);
  const hash = of?.hash;
  const isAsked = hash !== undefined && asked === hash;
  useEffect(() => {
    if (hash !== undefined && missing === hash && mayAsk) setAsked(hash);
  }, [hash, missing, mayAsk]);
  useEffect(() => {
    setUrl(undefined);
    if (of === undefined) return undefined;
    let isGone = false;
    pictureUrl(of, isAsked).then(
      (found) => isGone || setUrl(found),
      () => isGone || setMissing(of.hash),
    );
    return () => {
      isGone = true;
    };
  }, [hash, isAsked]);
  return {
    url,
    onError() {
      setUrl(undefined);
      setMissing(hash);
    },
  };
}
