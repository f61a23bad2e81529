/** Moments is on the screen: home is looked at every twelve seconds, as long as somebody can see it. */

import { useEffect } from "preact/hooks";
import { api } from "../../shell/session.ts";

export function useMomentsShown(): void {
  useEffect(() => {
    const tell = () => void api.showMoments(document.visibilityState === "visible");
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => {
      document.removeEventListener("visibilitychange", tell);
      void api.showMoments(false);
    };
  }, []);
}
