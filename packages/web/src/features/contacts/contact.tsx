/**
 * A person: who they are to me, write to them, what I call them, block them.
 */
import { Ban, MessageCircle, PencilLine, ShieldCheck } from "lucide";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useStatus, useView } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { ask, confirm } from "../../shell/sheet.tsx";
import { languageOf } from "../timeline/text.ts";

export function Contact({ id }: { id: string }) {
  const contacts = useView("contacts");
  const me = useStatus()?.me;
  const row = contacts?.find((one) => one.account === id);
  if (row === undefined) {
    return (
      <section class="screen">
        <TopBar title={t("contact.title")} />
        {contacts !== undefined && me?.account !== id && <Nothing title={t("contact.gone")} />}
      </section>
    );
  }

  const write = async () => {
    const conversation = await attempt(() => api.openDirect(id));
    if (conversation !== undefined) go({ name: "chat", id: conversation });
  };
  const remark = async () => {
    const text = await ask({
      title: t("contact.remarkAsk", { name: row.ownName }),
      label: t("contact.remark"),
      value: row.remark,
      action: t("action.save"),
      lengthMax: 64,
    });
    if (text !== undefined) await attempt(() => api.setRemark(id, text));
  };
  const block = async () => {
    const yes = await confirm({
      title: t("contact.blockAsk", { name: row.name }),
      note: t("contact.blockNote"),
      action: t("contact.block"),
      danger: true,
    });
    if (yes) await attempt(() => api.block(id));
  };

  return (
    <section class="screen">
      <TopBar title={t("contact.title")} />
      <div class="scroll">
        <div class="group person-head">
          <Avatar face={row.face} size="lg" />
          <div class="grow">
            <h2 class="brush person-name" lang={languageOf(row.name, locale.value)}>
              {row.name}
            </h2>
            {row.remark !== "" && <p class="note">{t("contact.ownName", { name: row.ownName })}</p>}
            {row.trust !== "none" && (
              <p class="note verified">
                <Icon of={ShieldCheck} size="s" />
                {t(`trust.${row.trust}`)}
              </p>
            )}
            {row.blocked && <p class="note">{t("friend.blocked")}</p>}
          </div>
        </div>
        <div class="group">
          <SettingButton
            icon={PencilLine}
            label={t("contact.remark")}
            value={row.remark}
            testId="remark"
            onClick={() => void remark()}
          />
        </div>
        <div class="group">
          {row.blocked ? (
            <SettingButton
              icon={Ban}
              label={t("contact.unblock")}
              testId="unblock"
              onClick={() => void attempt(() => api.unblock(id))}
            />
          ) : (
            <SettingButton icon={Ban} label={t("contact.block")} danger testId="block" onClick={() => void block()} />
          )}
        </div>
        {!row.blocked && (
          <div class="page-acts">
            <button type="button" class="btn fill" data-testid="write" onClick={() => void write()}>
              <Icon of={MessageCircle} size="s" />
              {t("friend.write")}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}
