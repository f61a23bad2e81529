/** While one of its screens is open, Channels look for what is new. */
import { useEffect } from "preact/hooks";
import { api } from "../../shell/session.ts";

/** How often it is looked whether home has published what it has taken. */
const lookMs = 4_000;

export function useChannelsShown(): void {
  useEffect(() => {
    void api.showChannels(true).catch(() => undefined);
    return () => void api.showChannels(false).catch(() => undefined);
  }, []);
}

/** @param isWaiting something of one's own is with home, and not yet to be seen */
export function useLooking(isWaiting: boolean): void {
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => void api.lookAtChannels().catch(() => undefined), lookMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
}
