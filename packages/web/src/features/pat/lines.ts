/** “我拍了拍妈妈的肩膀”: what follows the name is the patted one's own. */
import type { Lines } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";

export const lines: Lines = {
  pat({ by, who, suffix }) {
    const whom = who.account === by.account ? t("pat.self") : personName(who);
    // Latin words stand apart from the name before them, Han do not.
    const words = /^[\p{Script=Latin}\d]/u.test(suffix) ? ` ${suffix}` : suffix;
    return t("sys.pat", { by: personName(by), who: whom, suffix: words })
      .replace(/\s+/gu, " ")
      .trim();
  },
};
