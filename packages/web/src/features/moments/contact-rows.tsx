/** Rows on the page of a contact: their Moments, and whether each of the two sees the other's. */

import { Aperture, EyeOff, MessageCircle, UserX } from "lucide";
import { t } from "../../locales/i18n.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingLink, SettingSwitch } from "../../shell/setting.tsx";
import { FriendStatusRow } from "./status-rows.tsx";

export function ContactMoments({ account }: { readonly account: string }) {
  const standing = useView("momentsWith", account);
  const isOn = useView("momentsSettings")?.isOn;
  if (isOn === false || standing === undefined) return null;
  const set = (change: Parameters<typeof api.setMomentsWith>[1]) =>
    void attempt(() => api.setMomentsWith(account, change));
  return (
    <div class="group">
      {!standing.chatsOnly && (
        <SettingLink
          icon={Aperture}
          label={t("moments.ofRow")}
          to={{ name: "moments-of", id: account }}
          testId="contact-moments"
        />
      )}
      {!standing.chatsOnly && <FriendStatusRow account={account} />}
      <SettingSwitch
        icon={MessageCircle}
        label={t("moments.chatsOnly")}
        note={t("moments.chatsOnlyNote")}
        isOn={standing.chatsOnly}
        testId="contact-chats-only"
        onChange={(chatsOnly) => set({ chatsOnly })}
      />
      {!standing.chatsOnly && (
        <>
          <SettingSwitch
            icon={UserX}
            label={t("moments.hideMine")}
            isOn={standing.hidesMine}
            testId="contact-hide-mine"
            onChange={(hidesMine) => set({ hidesMine })}
          />
          <SettingSwitch
            icon={EyeOff}
            label={t("moments.hideThem")}
            isOn={standing.hidesTheirs}
            testId="contact-hide-theirs"
            onChange={(hidesTheirs) => set({ hidesTheirs })}
          />
        </>
      )}
    </div>
  );
}
