/** Deleting one's account, in two steps: what goes and what stays, then one question (docs/spec/keeping.md KP1). */
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useStatus, useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { linesOf } from "./lines.ts";

export function DeleteAccount() {
  const status = useStatus();
  const homes = useView("homes");
  const deleteIt = async () => {
    const yes = await confirm({
      title: t("delete.sure", { name: status?.me?.name ?? "" }),
      note: t("delete.noWayBack"),
      action: t("delete.forGood"),
      danger: true,
    });
    if (yes) await attempt(() => api.deleteAccount());
  };
  return (
    <section class="screen" data-testid="delete-screen">
      <TopBar title={t("delete.title")} />
      <div class="scroll">
        <div class="group">
          {linesOf(homes).map(([icon, id]) => (
            <p class="set" key={id}>
              <span class="ico" aria-hidden="true">
                <Icon of={icon} />
              </span>
              <span class="x">
                <span>{t(id, { server: status?.server ?? "", reserve: homes?.reserve?.server ?? "" })}</span>
              </span>
            </p>
          ))}
        </div>
        <div class="page-acts">
          <button type="button" class="btn danger" data-testid="delete-account" onClick={() => void deleteIt()}>
            {t("delete.title")}
          </button>
        </div>
      </div>
    </section>
  );
}
