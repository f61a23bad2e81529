/**
 * Tabs on a phone, a rail on a desktop. A tab exists only while there is something behind it.
 */
import { type IconNode, MessageCircle, QrCode, Settings, SquareUser, TabletSmartphone, User } from "lucide";
import { shortCount } from "../features/timeline/time.ts";
import { locale, type MessageId, t } from "../locales/i18n.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { Link } from "./link.tsx";
import { Stamp } from "./mark.tsx";
import { route } from "./router.ts";
import { type Route, type Tab, tabOf } from "./routes.ts";
import { useStatus } from "./session.ts";

const tabs: readonly { readonly tab: Tab; readonly icon: IconNode; readonly words: MessageId }[] = [
  { tab: "chats", icon: MessageCircle, words: "tab.chats" },
  { tab: "contacts", icon: SquareUser, words: "tab.contacts" },
  { tab: "me", icon: User, words: "tab.me" },
];

/** A number in a seal, read aloud as words. */
export function Badge({ count, words }: { count: number; words: MessageId }) {
  if (count <= 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="sr">{t(words, { n: shortCount(count, locale.value) })}</span>
    </span>
  );
}

function TabBadge({ tab }: { tab: Tab }) {
  const status = useStatus();
  if (tab === "chats") return <Badge count={status?.unread ?? 0} words="unread.count" />;
  if (tab === "contacts") return <Badge count={status?.requests ?? 0} words="requests.count" />;
  return null;
}

export function Tabs() {
  const here = tabOf(route.value);
  return (
    <nav class="tabs" aria-label={t("tab.main")}>
      {tabs.map(({ tab, icon, words }) => (
        <Link
          key={tab}
          to={{ name: tab }}
          replace
          class={here === tab ? "on" : ""}
          aria-current={here === tab ? "page" : undefined}
          data-testid={`tab-${tab}`}
        >
          <Icon of={icon} />
          <span>{t(words)}</span>
          <TabBadge tab={tab} />
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
      <Stamp />
      {tabs.slice(0, 2).map(({ tab, icon, words }) => (
        <Link
          key={tab}
          to={{ name: tab }}
          class={`ib ${on === tab ? "on" : ""}`}
          title={t(words)}
          aria-current={on === tab ? "page" : undefined}
          data-testid={`tab-${tab}`}
        >
          <Icon of={icon} />
          <span class="sr">{t(words)}</span>
          <TabBadge tab={tab} />
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
