/**
 * How one came to know somebody, in words.
 */
import type { ContactSource } from "@yanshu/client";
import { t } from "../locales/i18n.ts";

/** Why one may be sure that it is them. `by`: who introduced them. */
export function trustWords(trust: "scanned" | "introduced", by: string | undefined): string {
  return trust === "introduced" && by !== undefined ? t("trust.intro", { name: by }) : t(`trust.${trust}`);
}

export function sourceWords(source: ContactSource): string {
  switch (source.kind) {
    case "link":
      return t("source.link");
    case "scan":
      return t("source.scan");
    case "name":
      return t("source.name");
    case "group":
      return t("source.group", { title: source.title === "" ? t("group.unnamed") : source.title });
    case "card":
      return t("source.card", { name: source.by });
    default:
      return source satisfies never;
  }
}
