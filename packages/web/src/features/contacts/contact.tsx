/**
 * The page of a contact: write to them, notes on them, block or remove them.
 */
import {
  Ban,
  IdCard,
  MessageCircle,
  NotebookPen,
  PencilLine,
  Phone,
  Route,
  ShieldCheck,
  Star,
  Tag,
  UserMinus,
} from "lucide";
import { useState } from "preact/hooks";
import { sourceWords, trustWords } from "../../kit/source-words.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, succeeds, useStatus, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ask, confirm } from "../../shell/sheet.tsx";
import { Slot } from "../../shell/slot.tsx";
import { toast } from "../../shell/toast.tsx";
import { DescriptionSheet, TagSheet } from "./notes-sheets.tsx";
import { Stranger } from "./stranger.tsx";

export function Contact({ id }: { id: string }) {
  const contacts = useView("contacts");
  const me = useStatus()?.me;
  const [open, setOpen] = useState<"description" | "tags" | "recommend" | undefined>(undefined);
  const row = contacts?.find((one) => one.account === id);
  if (row === undefined) {
    return (
      <section class="screen">
        <TopBar title={t("person.title")} />
        {contacts !== undefined && me?.account !== id && <Stranger id={id} />}
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
  const phone = async () => {
    const text = await ask({
      title: t("contact.phone"),
      label: t("contact.phone"),
      value: row.phone,
      action: t("action.save"),
      lengthMax: 64,
    });
    if (text !== undefined) await attempt(() => api.setContactNotes(id, { phone: text }));
  };
  const remove = async () => {
    const yes = await confirm({
      title: t("contact.deleteAsk", { name: row.name }),
      note: t("contact.deleteNote"),
      action: t("contact.delete"),
      danger: true,
    });
    if (yes && (await succeeds(() => api.deleteContact(id)))) go({ name: "contacts" }, "replace");
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
                {trustWords(row.trust, row.source?.kind === "card" ? row.source.by : undefined)}
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
          <SettingButton
            icon={Tag}
            label={t("contacts.tags")}
            value={row.tags.join(t("person.and"))}
            testId="contact-tags"
            onClick={() => setOpen("tags")}
          />
          <SettingButton
            icon={Phone}
            label={t("contact.phone")}
            value={row.phone}
            testId="contact-phone"
            onClick={() => void phone()}
          />
          <SettingButton
            icon={NotebookPen}
            label={t("contact.description")}
            value={row.description}
            testId="contact-description"
            onClick={() => setOpen("description")}
          />
          <SettingSwitch
            icon={Star}
            label={t("contact.star")}
            isOn={row.isStarred}
            testId="contact-star"
            onChange={(isOn) => void attempt(() => api.setContactNotes(id, { isStarred: isOn }))}
          />
          {row.source !== undefined && (
            <div class="set" data-testid="contact-source">
              <span class="ico">
                <Icon of={Route} />
              </span>
              <span class="x">
                <span>{t("contact.source")}</span>
                <span class="v">{sourceWords(row.source)}</span>
              </span>
            </div>
          )}
        </div>
        {!row.blocked && <Slot name="contactMoments" account={id} />}
        {!row.blocked && (
          <div class="group">
            <SettingButton
              icon={IdCard}
              label={t("card.recommend")}
              {...(row.isPassedOn ? {} : { note: t("card.unwilling") })}
              testId="recommend"
              onClick={() => (row.isPassedOn ? setOpen("recommend") : toast(t("card.unwillingOf", { name: row.name })))}
            />
          </div>
        )}
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
          <SettingButton
            icon={UserMinus}
            label={t("contact.delete")}
            danger
            testId="contact-delete"
            onClick={() => void remove()}
          />
        </div>
        {!row.blocked && (
          <div class="page-acts">
            <button type="button" class="btn fill" data-testid="write" onClick={() => void write()}>
              <Icon of={MessageCircle} size="s" />
              {t("friend.write")}
            </button>
            <Slot name="callContact" chatWith={() => attempt(() => api.openDirect(id))} />
          </div>
        )}
      </div>
      {open === "description" && <DescriptionSheet row={row} onClose={() => setOpen(undefined)} />}
      {open === "recommend" && <Slot name="recommend" row={row} onClose={() => setOpen(undefined)} />}
      {open === "tags" && <TagSheet row={row} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
