/** The card that comes as the next page after a while of watching: one rests, or goes on for ten minutes. */
import { t } from "../../locales/i18n.ts";
import { back } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import { moreMinutes, stopClock, stopMinutes } from "./screen-time.ts";

const minuteMs = 60_000;

export function StopCard({ onMore }: { readonly onMore: () => void }) {
  const today = Math.round((useView("channelsSettings")?.watchedTodayMs ?? 0) / minuteMs);
  return (
    <section class="ch-stop surface" aria-label={t("ch.stop", { n: stopMinutes.value })} data-testid="stop-card">
      <div class="ch-sheet">
        <p class="ch-verse" lang="zh" aria-hidden="true">
          <span>休对故人思故国</span>
          <span>且将新火试新茶</span>
          <span>诗酒趁年华</span>
        </p>
        <h2>{t("ch.stop", { n: stopMinutes.value })}</h2>
        <p>{t("ch.stopToday", { n: today })}</p>
      </div>
      <div class="ch-stop-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="stop-rest"
          onClick={() => {
            stopClock.rest();
            back();
          }}
        >
          {t("ch.rest")}
        </button>
        <button type="button" class="btn plain" data-testid="stop-more" onClick={onMore}>
          {t("ch.more", { n: moreMinutes })}
        </button>
      </div>
    </section>
  );
}
