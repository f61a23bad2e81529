/**
 * How much history new members of a group see (docs/spec/groups.md GR32): owner and admins choose it, and every member
 * sees the choice.
 */
import type { ConversationView, NewcomersSee } from "@yanshu/client";
import { History } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Choice } from "../../shell/choice.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";

const choices: readonly NewcomersSee[] = ["none", "week", "all"];

export function NewcomersRow({ view }: { view: ConversationView }) {
  const [isOpen, setOpen] = useState(false);
  const { conversation, newcomersSee } = view;
  const [label, value] = [t("newcomers.see"), t(`newcomers.${newcomersSee}`)];
  if (!view.may.decide)
    return (
      <div class="set" data-testid="newcomers-see">
        <span class="ico">
          <Icon of={History} />
        </span>
        <span class="x">
          {label}
          <span class="v">{value}</span>
        </span>
      </div>
    );
  return (
    <>
      <SettingButton icon={History} label={label} value={value} testId="newcomers-see" onClick={() => setOpen(true)} />
      {isOpen && (
        <Choice
          title={label}
          options={choices.map((one) => ({ value: one, label: t(`newcomers.${one}`) }))}
          chosen={newcomersSee}
          onChoose={(choice) => {
            if (choice !== newcomersSee) void attempt(() => api.setNewcomersSee(conversation, choice));
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
