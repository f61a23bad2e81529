/** System lines: who keeps a piece of whose recovery secret. */
import type { Lines } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";

export const lines: Lines = {
  "family-piece": ({ of, who, isOn }) =>
    of.isMe
      ? t(isOn ? "sys.helper" : "sys.helperOver", { name: personName(who) })
      : t(isOn ? "sys.helping" : "sys.helpingOver", { name: personName(of) }),
};
