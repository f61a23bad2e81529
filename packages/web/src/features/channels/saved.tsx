/** What this person saved, the latest first: on all own devices, and told to nobody. */
import { TabletSmartphone } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Grid } from "./grid.tsx";
import "./channels.css";

const step = 60;

export function Saved() {
  const [limit, setLimit] = useState(step);
  const saved = useView("channelsSaved", { limit });
  return (
    <section class="screen surface" data-testid="channels-saved" aria-busy={saved === undefined}>
      <TopBar title={t("ch.savedAll")} />
      <div class="scroll surface">
        {saved?.films.length === 0 && <p class="ch-quiet">{t("ch.savedNone")}</p>}
        <Grid films={saved?.films ?? []} />
        {saved?.hasMore === true && (
          <button type="button" class="btn plain" onClick={() => setLimit(limit + step)}>
            {t("ch.unfold")}
          </button>
        )}
        <p class="ch-note">
          <Icon of={TabletSmartphone} size="xs" />
          <span>{t("ch.savedNote")}</span>
        </p>
      </div>
    </section>
  );
}
