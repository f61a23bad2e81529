/**
 * What of Channels is loaded ahead: its row in Discover. The screens themselves are loaded when they are opened, since
 * who watches no films needs none of them.
 */
import { Clapperboard } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Lazy, type Loader } from "../../shell/lazy.ts";
import { SettingLink } from "../../shell/setting.tsx";

type Screens = typeof import("./screens.tsx");
const later = <P,>(pick: (screens: Screens) => import("preact").ComponentType<P>): Loader<P> => ({
  load: async () => pick(await import("./screens.tsx")),
  ready: undefined,
});
const feed = later((m) => m.Feed);
const below = later((m) => m.Below);

export const Feed = () => <Lazy of={feed} />;
export const Below = ({ id }: { readonly id: string }) => <Lazy of={below} id={id} />;

export function DiscoverRow() {
  return (
    <div class="group">
      <SettingLink icon={Clapperboard} label={t("ch.title")} to={{ name: "channels" }} testId="to-channels" />
    </div>
  );
}
