/** Going on at another server (docs/spec/homes.md HM51), once the person said so. */
import { t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

/** Returns whether this device is there now. */
export async function goOnAt(server: string): Promise<boolean> {
  const yes = await confirm({ title: t("homes.goAsk", { server }), note: t("homes.goNote"), action: t("homes.go") });
  if (!yes) return false;
  toast(t("homes.going"));
  const isThere = await succeeds(() => api.moveHome());
  if (isThere) toast(t("homes.there", { server }));
  return isThere;
}
