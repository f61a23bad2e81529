/** People in words. */
import type { PersonRef } from "@yanshu/client";
import { t } from "../locales/i18n.ts";

export function personName(person: PersonRef): string {
  return person.isMe ? t("person.you") : person.name;
}
