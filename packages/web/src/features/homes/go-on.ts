/** Continuing at another server (docs/spec/homes.md HM51), after the person confirmed it. */
import { t } from "../../locales/i18n.ts";
import { api, attempt, succeeds } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

/**
 * @param from the present server, if it still responds; absent: it is gone.
 * @param link what leads there, if `server` is neither the reserve nor where another device went.
 * @returns whether this device is at `server` now.
 */
export async function goOnAt(server: string, from?: string, link?: string): Promise<boolean> {
  const goNote = t(link === undefined ? "homes.goNote" : "homes.goByNote");
  const yes = await confirm(
    from === undefined
      ? { title: t("homes.goAsk", { server }), note: goNote, action: t("homes.go") }
      : { title: t("homes.moveAsk", { server }), note: t("homes.moveNote", { server: from }), action: t("homes.move") },
  );
  if (!yes) return false;
  toast(t("homes.going"));
  const isThere = await succeeds(() => api.moveHome(link ?? server));
  if (isThere) toast(t("homes.there", { server }));
  return isThere;
}

/** By a link of another server, or of somebody there (HM77). @param home the present server, which is gone. */
export async function goOnBy(link: string, home: string): Promise<boolean> {
  const read = await attempt(() => api.readLink(link));
  if (read === undefined) return false;
  const isThatOfOther = read.kind !== "device" && read.kind !== "help" && read.server !== home;
  if (isThatOfOther) return goOnAt(read.server, undefined, link);
  toast(t("homes.notThere"));
  return false;
}
