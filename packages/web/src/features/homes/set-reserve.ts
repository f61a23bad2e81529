/** Naming a reserve by an invite link of another server (docs/spec/homes.md HM44), with what became of it in words. */
import { t } from "../../locales/i18n.ts";
import { api, attempt, CallError } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

export async function setReserve(link: string): Promise<void> {
  try {
    await api.setReserve(link);
    toast(t("homes.isSet"));
  } catch (error) {
    if (error instanceof CallError && error.code === "not-allowed") toast(t("homes.notThat"));
    else await attempt(() => Promise.reject(error));
  }
}
