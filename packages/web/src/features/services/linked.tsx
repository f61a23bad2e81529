/** A code of a service account with a scene in it: what is said once the chat with the account is opened (PA43). */
import { sceneIn } from "@yanshu/mini";
import { ScanLine } from "lucide";
import { useEffect } from "preact/hooks";
import type { Slots } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { keepScan } from "./scans.ts";

export function LinkedScene({ link, account }: Slots["linkedScene"]) {
  const key = sceneIn(link);
  useEffect(() => {
    if (key !== undefined) keepScan(account, key);
  }, [key, account]);
  if (key === undefined) return null;
  return (
    <p class="strip calm" data-testid="scan-note">
      <Icon of={ScanLine} />
      <span>{t("service.scanNote")}</span>
    </p>
  );
}
