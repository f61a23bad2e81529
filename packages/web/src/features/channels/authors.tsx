/**
 * Authors of an own channel (docs/spec/channels.md CH89–CH94): who may publish in it, who was asked, and one more. Who
 * is asked answers among their own channels.
 */
import type { ChannelAskingView, ChannelAuthorsView } from "@yanshu/client";
import { LogOut, PenLine, UserRoundPlus, X } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Choice } from "../../shell/choice.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { back } from "../../shell/router.ts";
import { api, attempt, succeeds, useNothing, useStatus, useView } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { confirm } from "../../shell/sheet.tsx";
import "./channels.css";

type Author = ChannelAuthorsView["authors"][number];
type Asked = ChannelAuthorsView["asked"][number];

export function Authors({ channel }: { readonly channel: string }) {
  const found = useView("channelAuthors", channel);
  const name = useView("channel", channel)?.name ?? "";
  const isNothing = useNothing("channelAuthors", channel);
  const me = found?.authors.find(({ isMe }) => isMe);
  return (
    <section class="screen" data-testid="channel-authors" aria-busy={found === undefined && !isNothing}>
      <TopBar title={t("ch.authorsAll")} />
      {isNothing && <Nothing title={t("ch.notHere")} note={t("ch.notHereNote")} />}
      {found !== undefined && (
        <div class="scroll">
          <div class="group ch-authors">
            <h2 class="ch-sub">{name}</h2>
            {found.authors.map((author) => (
              <AuthorRow key={author.key} author={author} channel={channel} mayRemove={found.authors.length > 1} />
            ))}
            {found.asked.map((asked) => (
              <AskedRow key={asked.person.account} asked={asked} channel={channel} />
            ))}
            {found.mayAsk && <AskAuthor channel={channel} name={name} found={found} />}
            <p class="ch-youth-note">
              <span>{t("ch.authorNote")}</span>
              {(found.isRefused || !found.mayAsk) && <span>{t("ch.authorFull")}</span>}
            </p>
          </div>
          {me !== undefined && found.authors.length > 1 && (
            <div class="group">
              <SettingButton
                icon={LogOut}
                label={t("ch.authorLeave")}
                danger
                testId="author-leave"
                onClick={() => void leave(channel, me.key, name)}
              />
            </div>
          )}
        </div>
      )}
    </section>
  );
}

async function leave(channel: string, key: string, name: string): Promise<void> {
  const yes = await confirm({
    title: t("ch.authorLeaveAsk", { channel: name }),
    note: t("ch.authorLeaveNote"),
    action: t("ch.authorLeave"),
    danger: true,
  });
  if (yes && (await succeeds(() => api.removeAuthor(channel, key)))) back();
}

type FaceProps = { readonly account: string | undefined; readonly isMe?: boolean };

/** Of a contact or this person; a pen where nobody here knows whose key it is. */
function AuthorFace({ account, isMe = false }: FaceProps) {
  const me = useStatus()?.me;
  const contact = useView("contacts")?.find((one) => one.account === account);
  const face = isMe ? me?.face : contact?.face;
  if (face !== undefined) return <Avatar face={face} size="sm" />;
  return (
    <span class="av ch-face sm" aria-hidden="true">
      <Icon of={PenLine} size="s" />
    </span>
  );
}

type AuthorRowProps = { readonly author: Author; readonly channel: string; readonly mayRemove: boolean };

function AuthorRow({ author: { key, isMe, isLeaving, person }, channel, mayRemove }: AuthorRowProps) {
  const name = isMe ? t("ch.authorMe") : (person?.name ?? t("ch.authorUnknown"));
  const remove = async () => {
    const yes = await confirm({
      title: t("ch.authorRemoveAsk", { name }),
      note: t("ch.authorRemoveNote"),
      action: t("ch.authorRemove"),
      danger: true,
    });
    if (yes) await attempt(() => api.removeAuthor(channel, key));
  };
  return (
    <div class="ch-row" data-testid="author" data-key={key}>
      <AuthorFace account={person?.account} isMe={isMe} />
      <b class="ell">{name}</b>
      {isLeaving && <small>{t("ch.authorLeaving")}</small>}
      {!isMe && !isLeaving && mayRemove && (
        <button
          type="button"
          class="ib ch-row-end"
          aria-label={`${t("ch.authorRemove")} · ${name}`}
          data-testid="author-remove"
          onClick={() => void remove()}
        >
          <Icon of={X} />
        </button>
      )}
    </div>
  );
}

function AskedRow({ asked: { person, hasAgreed }, channel }: { readonly asked: Asked; readonly channel: string }) {
  return (
    <div class="ch-row" data-testid="author-asked">
      <AuthorFace account={person.account} />
      <span class="ch-row-in">
        <b class="ell">{person.name}</b>
        <span role="status">{t(hasAgreed ? "ch.authorAgreed" : "ch.authorAsked")}</span>
      </span>
      {!hasAgreed && (
        <button
          type="button"
          class="btn sm line ch-row-end"
          data-testid="author-unask"
          onClick={() => void attempt(() => api.unaskAuthor(channel, person.account))}
        >
          {t("ch.authorUnask")}
        </button>
      )}
    </div>
  );
}

type AskProps = { readonly channel: string; readonly name: string; readonly found: ChannelAuthorsView };

function AskAuthor({ channel, name: of, found }: AskProps) {
  const [isChoosing, setChoosing] = useState(false);
  const there = new Set([...found.authors, ...found.asked].map(({ person }) => person?.account));
  const contacts = (useView("contacts") ?? []).filter(
    ({ account, blocked, conversation }) => !blocked && conversation !== undefined && !there.has(account),
  );
  const asks = async (account: string) => {
    const name = contacts.find((one) => one.account === account)?.name ?? "";
    const yes = await confirm({
      title: t("ch.authorAddTitle", { name }),
      note: t("ch.authorAddNote", { name, channel: of }),
      action: t("ch.authorAddYes", { name }),
    });
    if (yes) await attempt(() => api.askAuthor(channel, account));
  };
  return (
    <>
      <SettingButton
        icon={UserRoundPlus}
        label={t("ch.authorAdd")}
        testId="author-add"
        onClick={() => setChoosing(true)}
      />
      {isChoosing && (
        <Choice
          title={t("ch.authorAdd")}
          options={contacts.map(({ account, name }) => ({ value: account, label: name }))}
          chosen=""
          onChoose={(account) => void asks(account)}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

/** Somebody asks this person to be an author of theirs. */
export function Asking({ asking: { channel, name, by, hasAgreed } }: { readonly asking: ChannelAskingView }) {
  const answer = (isYes: boolean) => void attempt(() => api.answerAuthorAsking(channel, by.account, isYes));
  return (
    <article class="ch-asking" aria-label={name} data-testid="asking">
      <AuthorFace account={by.account} />
      <div class="ch-asking-in">
        <b>{t("ch.asking", { name: by.name, channel: name })}</b>
        <p role="status">{hasAgreed ? t("ch.askingAgreed") : t("ch.askingNote", { name: by.name })}</p>
        {!hasAgreed && (
          <div class="ch-asking-acts">
            <button type="button" class="btn fill" data-testid="asking-yes" onClick={() => answer(true)}>
              {t("ch.askingYes")}
            </button>
            <button type="button" class="btn line" data-testid="asking-no" onClick={() => answer(false)}>
              {t("ch.askingNo")}
            </button>
          </div>
        )}
      </div>
    </article>
  );
}
