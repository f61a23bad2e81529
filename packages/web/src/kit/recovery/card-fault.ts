/** Texts for the faults of a typed recovery card. */
import type { CardFault } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";

export function cardFaultWords(fault: CardFault): string {
  switch (fault.kind) {
    case "word":
      return t("restore.word", { word: fault.word, n: fault.place + 1 });
    case "count":
      return t("restore.count", { n: fault.count });
    case "server":
      return t("restore.server", { server: fault.server });
    default:
      return t(`restore.${fault.kind}`);
  }
}
