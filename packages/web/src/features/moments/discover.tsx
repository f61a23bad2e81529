/** The tab Discover: links to Moments, Status and the album. */

import { Aperture, CalendarHeart, ScanLine, Sparkle } from "lucide";
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TabBar } from "../../shell/bar.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { Badge } from "../../shell/navigation.tsx";
import { elder } from "../../shell/prefs.ts";
import { route } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { Slot } from "../../shell/slot.tsx";
import { forgetPlace } from "../../shell/virtual-rows.tsx";
import { MoodGlyph, moodWords } from "./mood.tsx";
import "./moments.css";

const moodsShown = 3;

export function Discover() {
  const news = useView("momentsNews");
  const statuses = useView("statuses");
  const scroll = useKeptScroll<HTMLDivElement>("discover");
  // Opened from here, the feed begins at the top; after going back from a post it keeps its scroll position.
  useEffect(() => {
    if (route.peek().name === "discover") forgetPlace("moments");
  }, [route.value.name]);
  return (
    <section class="screen" aria-label={t("tab.discover")} data-testid="discover">
      <TabBar title={t("tab.discover")} />
      <div ref={scroll} class="scroll">
        <div class="group">
          <SettingLink
            icon={Aperture}
            label={t("moments.title")}
            to={{ name: "moments" }}
            testId="to-moments"
            value={
              <>
                {news !== undefined && <Badge count={news.count} words="moments.unseen" />}
                {news?.newest !== undefined && (
                  <>
                    <Avatar face={news.newest.face} size="xs" />
                    {news.count === 0 && (
                      <span class="mo-dot" data-testid="moments-dot">
                        <span class="sr">{t("moments.newIn")}</span>
                      </span>
                    )}
                  </>
                )}
              </>
            }
          />
          <SettingLink
            icon={Sparkle}
            label={t("moments.status")}
            to={{ name: "status" }}
            testId="to-status"
            value={statuses?.friends.slice(0, elder.value ? 1 : moodsShown).map(({ id, icon }) => (
              <span key={id} class="mo-mood-mark">
                <MoodGlyph of={icon} size="sm" />
                <span class={elder.value ? "" : "sr"}>{moodWords(icon)}</span>
              </span>
            ))}
          />
        </div>
        <Slot name="discoverRow" />
        <Slot name="accountsRow" />
        <Slot name="programRow" />
        <div class="group">
          <SettingLink icon={ScanLine} label={t("scan.title")} to={{ name: "scan" }} testId="to-scan" />
        </div>
        <div class="group">
          <SettingLink
            icon={CalendarHeart}
            label={t("moments.album")}
            note={t("moments.albumNote")}
            to={{ name: "family-album" }}
            testId="to-album"
          />
        </div>
      </div>
    </section>
  );
}
