/**
 * New group: pick people and a name. In a family group, later members see the whole history (GR32).
 */
import type { Hex } from "@yanshu/client";
import { House } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
import { t } from "../../locales/i18n.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";
import { ask } from "../../shell/sheet.tsx";

export function NewGroup() {
  const contacts = useView("contacts");
  const [isFamily, setFamily] = useState(false);
  const family = useRef(isFamily);
  family.current = isFamily;
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
      api.createGroup({
        name: name === "" ? t("group.unnamed") : name,
        accounts,
        newcomersSee: family.current ? "all" : "none",
      }),
    );
    if (conversation !== undefined) go({ name: "chat", id: conversation }, "replace");
  };
  return (
    <Picker contacts={contacts} onDone={create}>
      <SettingSwitch
        icon={House}
        label={t("newcomers.family")}
        note={t("newcomers.familyNote")}
        isOn={isFamily}
        testId="family"
        onChange={setFamily}
      />
    </Picker>
  );
}
