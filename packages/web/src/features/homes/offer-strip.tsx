/**
 * A strip above the chats of who has no reserve, where the server's operator offers one (docs/spec/homes.md HM117). It
 * goes for good once the person has answered.
 */
import type { OfferedHome } from "@yanshu/client";
import { HousePlug } from "lucide";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { route } from "../../shell/router.ts";
import { api, succeeds } from "../../shell/session.ts";
import { setReserve } from "./set-reserve.ts";
import "./homes.css";

export function OfferStrip({ server, link }: OfferedHome) {
  const [isBusy, run] = useBusy();
  if (route.value.name !== "chats") return null;
  return (
    <section class="strip calm home-gone" data-testid="reserve-offer" data-server={server}>
      <Icon of={HousePlug} />
      <div class="grow">
        <b>{t("homes.offerTitle")}</b>
        <p>{t("homes.offerShort", { server })}</p>
        <div class="home-gone-acts">
          <button
            type="button"
            class="btn fill"
            data-testid="reserve-offer-set"
            disabled={isBusy}
            aria-busy={isBusy}
            onClick={() => void run(() => setReserve(link))}
          >
            {t(isBusy ? "homes.setting" : "homes.offerSet")}
          </button>
          <button
            type="button"
            class="btn plain"
            data-testid="reserve-offer-later"
            disabled={isBusy}
            onClick={() => void run(() => succeeds(() => api.putOffReserve()))}
          >
            {t("homes.offerLater")}
          </button>
        </div>
      </div>
    </section>
  );
}
