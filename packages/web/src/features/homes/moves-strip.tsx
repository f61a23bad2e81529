/**
 * A strip above the chats where the server's operator says that it goes to another name (docs/spec/homes.md HM118). It
 * goes once the account is there, or, for this window, when the person chooses to wait.
 */
import type { OfferedHome } from "@yanshu/client";
import { HousePlug } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { route } from "../../shell/router.ts";
import { useStatus } from "../../shell/session.ts";
import { goOnAt } from "./go-on.ts";
import "./homes.css";

export function MovesStrip({ server, link }: OfferedHome) {
  const home = useStatus()?.server;
  const [isLater, setLater] = useState(false);
  const [isBusy, run] = useBusy();
  if (isLater || route.value.name !== "chats") return null;
  return (
    <section class="strip calm home-gone" data-testid="home-moves" data-server={server}>
      <Icon of={HousePlug} />
      <div class="grow">
        <b>{t("homes.nextTitle", { server })}</b>
        <p>{t("homes.nextNote")}</p>
        <div class="home-gone-acts">
          <button
            type="button"
            class="btn fill"
            data-testid="home-moves-go"
            disabled={isBusy}
            aria-busy={isBusy}
            onClick={() => void run(() => goOnAt(server, home, link))}
          >
            {t("homes.nextGo")}
          </button>
          <button
            type="button"
            class="btn plain"
            data-testid="home-moves-later"
            disabled={isBusy}
            onClick={() => setLater(true)}
          >
            {t("homes.later")}
          </button>
        </div>
      </div>
    </section>
  );
}
