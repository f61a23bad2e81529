/**
 * Tabs on a phone, a rail on a desktop. A tab exists only while there is something behind it.
 */
import { type IconNode, QrCode, Settings, TabletSmartphone, User } from "lucide";
import type { TabDef } from "../feature.ts";
import { shortCount } from "../kit/time.ts";
import { locale, type MessageId, t } from "../locales/i18n.ts";
import { Avatar } from "./avatar.tsx";
import { features } from "./features.ts";
import { Icon } from "./icon.tsx";
import { Link } from "./link.tsx";
import { Logo } from "./mark.tsx";
import { route } from "./router.ts";
import { type Route, tabOf } from "./routes.ts";
import { useStatus } from "./session.ts";

let coreTabs: readonly TabDef[] = [];

/** The tabs of the core; a feature may bring one of its own. */
export function setCoreTabs(tabs: readonly TabDef[]): void {
  coreTabs = tabs;
}

/** “Me” is the last, whatever features bring. */
export function allTabs(): readonly TabDef[] {
  const brought = features().flatMap(({ tabs }) => tabs ?? []);
  return [...coreTabs.slice(0, -1), ...brought, ...coreTabs.slice(-1)];
}

/** The tabs that are shown now; a person can switch some off. Reads signals: call it while rendering. */
export function shownTabs(): readonly TabDef[] {
  return allTabs().filter(({ isShown }) => isShown === undefined || isShown());
}

/**
 * A count in a badge, “99+” at most. @param words for screen readers, with a place for the number `{n}`.
 */
export function Badge({ count, words }: { count: number; words: MessageId }) {
  if (count <= 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="sr">{t(words, { n: shortCount(count, locale.value) })}</span>
    </span>
  );
}

/** A count from the status, else from what the feature tells, else a dot where the feature has something new. */
function TabBadge({ of: { badge, news, newsWords } }: { of: Pick<TabDef, "badge" | "news" | "newsWords"> }) {
  const status = useStatus();
  const seen = news?.();
  if (badge !== undefined && status !== undefined) return <Badge {...badge(status)} />;
  if (seen === undefined) return null;
  if (seen.count > 0) return <Badge count={seen.count} words="unread.count" />;
  return seen.newest === undefined || newsWords === undefined ? null : (
    <span class="badge dot">
      <span class="sr">{t(newsWords)}</span>
    </span>
  );
}

export function Tabs() {
  const here = tabOf(route.value);
  return (
    <nav class="tabs" aria-label={t("tab.main")}>
      {shownTabs().map(({ tab, icon, words, ...badge }) => (
        <Link
          key={tab}
          to={{ name: tab } as Route}
          replace // On a phone a tab takes the place of the one before, so that “back” leaves the app.
          class={here === tab ? "on" : ""}
          aria-current={here === tab ? "page" : undefined}
          data-testid={`tab-${tab}`}
        >
          <Icon of={icon} />
          <span>{t(words)}</span>
          <TabBadge of={badge} />
        </Link>
      ))}
    </nav>
  );
}

export function Rail() {
  const here = route.value;
  const status = useStatus();
  const on = tabOf(here);
  const end: readonly { readonly to: Route; readonly icon: IconNode; readonly words: MessageId }[] = [
    { to: { name: "my-qr" }, icon: QrCode, words: "qr.title" },
    { to: { name: "devices" }, icon: TabletSmartphone, words: "me.devices" },
    { to: { name: "settings" }, icon: Settings, words: "me.settings" },
  ];
  return (
    <nav class="rail" aria-label={t("tab.main")}>
      <Logo />
      {/* “Me” is drawn at the end, as the person's picture. */}
      {shownTabs()
        .slice(0, -1)
        .map(({ tab, icon, words, ...badge }) => (
          <Link
            key={tab}
            to={{ name: tab } as Route}
            class={`ib ${on === tab ? "on" : ""}`}
            title={t(words)}
            aria-current={on === tab ? "page" : undefined}
            data-testid={`tab-${tab}`}
          >
            <Icon of={icon} />
            <span class="sr">{t(words)}</span>
            <TabBadge of={badge} />
          </Link>
        ))}
      <span class="grow" />
      {end.map(({ to, icon, words }) => (
        <Link
          key={words}
          to={to}
          class={`ib ${here.name === to.name ? "on" : ""}`}
          aria-label={t(words)}
          title={t(words)}
          aria-current={here.name === to.name ? "page" : undefined}
        >
          <Icon of={icon} />
        </Link>
      ))}
      <Link
        to={{ name: "me" }}
        class={`rail-me ${here.name === "me" ? "on" : ""}`}
        aria-label={t("tab.me")}
        title={t("tab.me")}
        data-testid="tab-me"
      >
        {status?.me === undefined ? <Icon of={User} /> : <Avatar face={status.me.face} size="sm" />}
      </Link>
    </nav>
  );
}
