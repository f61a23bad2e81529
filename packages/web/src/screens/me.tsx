/**
 * Me: the person's name and avatar, a reminder while there is no way to recover the account, devices, settings.
 */
import { HeartHandshake, QrCode, Settings } from "lucide";
import { languageOf } from "../kit/text.ts";
import { locale, t } from "../locales/i18n.ts";
import { Avatar } from "../shell/avatar.tsx";
import { TabBar } from "../shell/bar.tsx";
import { inMe } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";
import { InstallStrip } from "../shell/install-strip.tsx";
import { useKeptScroll } from "../shell/kept-scroll.ts";
import { Link } from "../shell/link.tsx";
import { rowsOf } from "../shell/rows.tsx";
import { useStatus } from "../shell/session.ts";
import { SettingLink } from "../shell/setting.tsx";
import { columns } from "../shell/width.ts";

export function MeScreen() {
  const status = useStatus();
  const me = status?.me;
  const scroll = useKeptScroll<HTMLDivElement>("me");
  return (
    <section class="screen" aria-label={t("tab.me")}>
      {columns.value === 1 ? <h1 class="sr">{t("tab.me")}</h1> : <TabBar title={t("tab.me")} />}
      <div ref={scroll} class="scroll">
        {me !== undefined && (
          <div class="group me-head">
            <Link to={{ name: "profile" }} class="me-card" data-testid="profile">
              <span class="sr">{t("me.profile")}</span>
              <Avatar face={me.face} size="lg" />
              <span class="grow">
                <span class="brush person-name" lang={languageOf(me.name, locale.value)} data-testid="my-name">
                  {me.name}
                </span>
                <span class="note">{t("me.home", { server: status?.server ?? "" })}</span>
              </span>
            </Link>
            <Link to={{ name: "my-qr" }} class="ib" aria-label={t("qr.title")} data-testid="my-qr">
              <Icon of={QrCode} />
            </Link>
          </div>
        )}
        {status !== undefined && me !== undefined && !status.cardConfirmed && (
          <Link to={{ name: "way-back" }} class="strip calm way-back-strip" data-testid="way-back">
            <Icon of={HeartHandshake} />
            <span>
              <b>{t("me.wayBack")}</b>
              <br />
              {t("me.wayBackNote")}
            </span>
            <span class="act">{t("me.setUp")}</span>
          </Link>
        )}
        {me !== undefined && <InstallStrip />}
        {status?.persistent === false && <p class="strip fleeting">{t("store.fleeting")}</p>}
        <div class="group">
          {rowsOf(inMe().flatMap(({ me }) => me ?? []))}
          <SettingLink icon={Settings} label={t("me.settings")} to={{ name: "settings" }} testId="settings" />
        </div>
      </div>
    </section>
  );
}
