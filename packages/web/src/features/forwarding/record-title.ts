/** Whose record it is. */
import { t } from "../../locales/i18n.ts";

export function recordTitle(names: readonly string[]): string {
  const [one, other] = names;
  return one === undefined || other === undefined ? t("record.group") : t("record.title", { one, other });
}
