/**
 * The switch of the vault, its size at home, and this device's progress in fetching it (docs/spec/vault.md VA12).
 */
import { Archive } from "lucide";
import { sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, useStatus, useView } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";
import { confirm } from "../../shell/sheet.tsx";

export function Vault() {
  const vault = useView("vault");
  const server = useStatus()?.server ?? "";
  if (vault === undefined) return null;
  const { isOn, isFull, bytes, bytesMax, done, of, waiting, wholeMs } = vault;
  const change = async (on: boolean) => {
    const yes = await confirm({
      title: t(on ? "vault.keep" : "vault.offAsk"),
      note: on ? t("vault.onNote", { server }) : t("vault.offNote"),
      action: t(on ? "vault.on" : "vault.off"),
      danger: !on,
    });
    if (yes) await attempt(() => api.setVault(on));
  };
  return (
    <>
      <div class="group">
        <SettingSwitch
          icon={Archive}
          label={t("vault.keep")}
          note={t("vault.keepNote")}
          isOn={isOn}
          testId="vault-switch"
          onChange={(on) => void change(on)}
        />
      </div>
      <p
        class="page-note"
        role="status"
        data-testid="vault-state"
        data-done={done}
        data-of={of}
        data-waiting={waiting}
        data-bytes={bytes}
        data-whole={wholeMs}
      >
        {!isOn && t("vault.none")}
        {isOn && bytes !== undefined && bytesMax !== undefined && (
          <span>{t("vault.room", { used: sizeWords(bytes), most: sizeWords(bytesMax) })} </span>
        )}
        {isFull && <strong data-testid="vault-full">{t("vault.full")}</strong>}
        {isOn && done < of && <span data-testid="vault-fetching">{t("vault.fetching", { n: percent(done, of) })}</span>}
      </p>
    </>
  );
}

function percent(done: number, of: number): number {
  return Math.floor((100 * done) / of);
}
