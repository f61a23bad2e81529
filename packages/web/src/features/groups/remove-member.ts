/** Removes somebody from a group, after a confirmation. */
import type { Hex, StrayView } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";

export async function removeMember(conversation: Hex, member: StrayView): Promise<void> {
  const yes = await confirm({
    title: t("group.removeAsk", { name: member.name }),
    note: t("group.removeNote"),
    action: t("group.remove"),
    danger: true,
  });
  if (yes) await attempt(() => api.removeMember(conversation, member.account));
}
