/**
 * The page of a group member who is no contact: avatar, common groups, and a contact request (docs/spec/web.md WE38).
 */
import type { PersonView } from "@yanshu/client";
import { MessageCircle, UserPlus, UsersRound } from "lucide";
import { languageOf } from "../../kit/text.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useNothing, useStatus, useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { ask } from "../../shell/sheet.tsx";

export function Stranger({ id }: { id: string }) {
  const person = useView("person", id);
  if (useNothing("person", id)) return <Nothing title={t("contact.gone")} />;
  if (person === undefined) return null;
  return (
    <div class="scroll" data-testid="stranger" data-standing={person.standing}>
      <div class="group person-head">
        <Avatar face={person.face} size="lg" />
        <div class="grow">
          <h2 class="brush person-name" lang={languageOf(person.name, locale.value)}>
            {person.name}
          </h2>
          {person.standing === "requested" && <p class="note">{t("friend.asked")}</p>}
        </div>
      </div>
      {person.groups.length > 0 && (
        <>
          <h3 class="sec">{t("person.groups")}</h3>
          <div class="group">
            {person.groups.map(({ conversation, title }) => (
              <SettingLink
                key={conversation}
                icon={UsersRound}
                label={titleOf({ kind: "group", title })}
                to={{ name: "chat", id: conversation }}
                testId="common-group"
              />
            ))}
          </div>
        </>
      )}
      <div class="page-acts">
        <Act person={person} />
      </div>
    </div>
  );
}

function Act({ person }: { person: PersonView }) {
  const me = useStatus()?.me;
  const [isAsking, run] = useBusy();
  const { conversation } = person;
  if (conversation !== undefined)
    return (
      <button type="button" class="btn line" onClick={() => go({ name: "chat", id: conversation })}>
        <Icon of={MessageCircle} size="s" />
        {t("person.openChat")}
      </button>
    );
  const group = person.groups[0]?.conversation;
  if (group === undefined || person.standing !== "new") return null;
  const request = async () => {
    const greeting = await ask({
      title: t("friend.greet"),
      label: t("friend.greet"),
      value: t("friend.greeting", { name: me?.name ?? "" }),
      action: t("friend.send"),
      lengthMax: 200,
    });
    if (greeting === undefined) return;
    await run(async () => {
      const chat = await attempt(() => api.requestMember({ group, account: person.account, greeting }));
      if (chat !== undefined) go({ name: "chat", id: chat });
    });
  };
  return (
    <button
      type="button"
      class="btn fill"
      aria-busy={isAsking}
      data-testid="member-request"
      onClick={() => void request()}
    >
      <Icon of={UserPlus} size="s" />
      {t("person.add")}
    </button>
  );
}
