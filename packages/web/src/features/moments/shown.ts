/** Tells the client while Moments is visible: it then asks home for new posts every twelve seconds. */

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
