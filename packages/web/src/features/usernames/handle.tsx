/** The handle: chosen, changed, given up, and whether it leads to one (WE23). */
import type { OwnUsername } from "@yanshu/client";
import { AtSign, UserSearch } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { api, attempt, succeeds } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

export function UsernameRows({ handle, isFound }: OwnUsername) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <SettingButton
        icon={AtSign}
        label={t("handle.title")}
        note={handle === "" ? t("handle.note") : `@${handle}`}
        testId="handle"
        onClick={() => setOpen(true)}
      />
      {handle !== "" && (
        <SettingSwitch
          icon={UserSearch}
          label={t("handle.found")}
          note={t("handle.foundNote")}
          isOn={isFound}
          testId="setting-found"
          onChange={(isOn) => void attempt(() => api.setFound(isOn))}
        />
      )}
      {isOpen && <UsernameSheet handle={handle} onClose={() => setOpen(false)} />}
    </>
  );
}

function UsernameSheet({ handle, onClose }: { handle: string; onClose: () => void }) {
  const [typed, setTyped] = useState(handle);
  const [isSending, run] = useBusy();
  const send = async (next: string, said: string) => {
    const isDone = await succeeds(() => api.setHandle(next));
    if (!isDone) return;
    toast(said);
    onClose();
  };
  const wanted = typed.trim().normalize("NFKC").toLowerCase().replace(/^@/, "");
  return (
    <FormSheet
      title={t("handle.title")}
      testId="handle-sheet"
      action={t("action.save")}
      actionTestId="handle-save"
      isReady={wanted !== "" && wanted !== handle && !isSending}
      onSubmit={() => void run(() => send(wanted, t("handle.saved", { handle: `@${wanted}` })))}
      onClose={onClose}
    >
      <input
        class="line-field"
        aria-label={t("handle.title")}
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        maxLength={33}
        defaultValue={handle}
        data-testid="handle-field"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <p class="hint">{t("handle.rule")}</p>
      <p class="hint">{t("handle.rests")}</p>
      {handle !== "" && (
        <button
          type="button"
          class="btn plain danger"
          data-testid="handle-drop"
          onClick={() => void run(() => send("", t("handle.dropped")))}
        >
          {t("handle.drop")}
        </button>
      )}
    </FormSheet>
  );
}
