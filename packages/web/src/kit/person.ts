/** Names of people for texts. */
import type { PersonRef } from "@yanshu/client";
import { t } from "../locales/i18n.ts";

export function personNames(people: readonly PersonRef[]): string {
  return people.map(personName).join(t("person.and"));
}

export function personName(person: PersonRef): string {
  return person.isMe ? t("person.you") : person.name;
}
