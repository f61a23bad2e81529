/**
 * New group: pick people, say what it is called.
 */
import type { Hex } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import { Picker } from "../contacts/picker.tsx";

export function NewGroup() {
  const contacts = useView("contacts");
  const create = async (accounts: readonly Hex[]) => {
    const name = await ask({
      title: t("group.nameAsk"),
      label: t("group.name"),
      value: "",
      action: t("action.done"),
      lengthMax: 64,
    });
    if (name === undefined) return;
    const conversation = await attempt(() =>
      api.createGroup({ name: name === "" ? t("group.unnamed") : name, accounts }),
    );
    if (conversation !== undefined) go({ name: "chat", id: conversation }, "replace");
  };
  return <Picker contacts={contacts} onDone={create} />;
}
