/** Continuing at another server (docs/spec/homes.md HM51), after the person confirmed it. */
import { t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

/**
 * @param from the present server, if it still responds; absent: it is gone.
 * @returns whether this device is at `server` now.
 */
export async function goOnAt(server: string, from?: string): Promise<boolean> {
  const yes = await confirm(
    from === undefined
      ? { title: t("homes.goAsk", { server }), note: t("homes.goNote"), action: t("homes.go") }
      : { title: t("homes.moveAsk", { server }), note: t("homes.moveNote", { server: from }), action: t("homes.move") },
  );
  if (!yes) return false;
  toast(t("homes.going"));
  const isThere = await succeeds(() => api.moveHome(server));
  if (isThere) toast(t("homes.there", { server }));
  return isThere;
}
