/**
 * Network strip: one line while there is no network or home does not answer, and one when all waiting messages are
 * sent. Also one while this device restores what its browser lost, or home refuses this account. The list below stays
 * usable.
 */
import { CirclePause, CloudCheck, CloudOff, HousePlug } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import { Icon } from "./icon.tsx";
import { api, useStatus } from "./session.ts";

/** Shorter interruptions, such as connecting at a start, are not shown. */
const patienceMs = 1_500;
const backShownMs = 3_000;

export function NetworkStrip() {
  const status = useStatus();
  const network = status?.network ?? "connecting";
  const unsent = status?.unsent ?? 0;
  const isAway = network === "offline" || network === "unreachable";
  const [shown, setShown] = useState<"offline" | "unreachable" | "back" | undefined>(undefined);
  const wasAway = useRef(false);

  useEffect(() => {
    if (!isAway) return undefined;
    const timer = setTimeout(
      () => {
        wasAway.current = true;
        setShown(network);
      },
      network === "offline" ? 0 : patienceMs,
    );
    return () => clearTimeout(timer);
  }, [isAway, network]);

  useEffect(() => {
    if (network !== "online" || unsent > 0 || !wasAway.current) return undefined;
    wasAway.current = false;
    setShown("back");
    const timer = setTimeout(() => setShown(undefined), backShownMs);
    return () => clearTimeout(timer);
  }, [network, unsent]);

  if (network === "suspended")
    return (
      <div class="strip" role="status" data-testid="network" data-network="suspended">
        <Icon of={CirclePause} size="s" />
        <span>{t("net.suspended")}</span>
      </div>
    );
  if (shown === undefined && status?.isMending === true)
    return (
      <div class="strip calm" role="status" data-testid="mending">
        <Icon of={CloudCheck} size="s" />
        <span>{t("net.mending")}</span>
      </div>
    );
  if (shown === undefined) return null;
  return (
    <div class={`strip ${shown === "back" ? "calm" : ""}`} role="status" data-testid="network" data-network={shown}>
      <Icon of={shown === "back" ? CloudCheck : shown === "offline" ? CloudOff : HousePlug} size="s" />
      <span>{t(shown === "back" ? "net.back" : shown === "offline" ? "net.offline" : "net.home")}</span>
      {shown === "unreachable" && (
        <button
          type="button"
          class="act"
          data-testid="try-again"
          onClick={() => void api.tryAgain().catch(() => undefined)}
        >
          {t("net.again")}
        </button>
      )}
    </div>
  );
}
