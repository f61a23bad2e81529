/** The page of an account: what it says of itself, its articles, places where one stood, and its menu. */
import type { AccountView } from "@yanshu/client";
import { EyeOff, PenLine, QrCode, Share2 } from "lucide";
import { useEffect } from "preact/hooks";
import { Domain } from "../../kit/domain.tsx";
import { isWebAddress } from "../../kit/links/found.ts";
import { Over, putUp } from "../../kit/over.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Qr } from "../../shell/qr.tsx";
import { pathOf } from "../../shell/routes.ts";
import { api, attempt } from "../../shell/session.ts";
import { copyText } from "../../shell/share.ts";
import { ask } from "../../shell/sheet.tsx";
import { AccountFace } from "./face.tsx";
import { ArticleLink } from "./rows.tsx";
import { sendOn } from "./send.tsx";
import { placeOf, writing } from "./spots.ts";

const lookMs = 4_000;
const aboutMax = 500;

export const linkTo = (id: string) => `${location.origin}${pathOf(placeOf(id))}`;

export function AccountPage({ account }: { readonly account: AccountView }) {
  const { id, name, about, articles, gaps, isFollowed, isMine, menu, waiting } = account;
  const isWaiting = waiting.length > 0;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => void api.lookAtChannels().catch(() => undefined), lookMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return (
    <section class="screen surface" data-testid="account-page">
      <TopBar
        title=""
        end={
          <button
            type="button"
            class="ib"
            aria-label={t("acc.share")}
            onClick={() => showCode(account)}
            data-testid="account-code"
          >
            <Icon of={QrCode} />
          </button>
        }
      />
      <div class="scroll acc-list">
        <header class="acc-head">
          <AccountFace of={account} size="xl" />
          <h1 lang={languageOf(name, locale.value)} data-testid="account-name">
            {name}
          </h1>
          {about !== "" && <p lang={languageOf(about, locale.value)}>{about}</p>}
          <Domain of={account} />
          {isMine ? (
            <span class="acc-acts">
              <Link to={writing(id)} class="btn fill" data-testid="account-write">
                <Icon of={PenLine} size="s" />
                {t("acc.write")}
              </Link>
              <button type="button" class="btn line" data-testid="account-about" onClick={() => void describe(account)}>
                {t("acc.about")}
              </button>
            </span>
          ) : (
            <>
              <button
                type="button"
                class={`btn ${isFollowed ? "line" : "fill"}`}
                aria-pressed={isFollowed}
                data-testid="account-follow"
                onClick={() => void attempt(() => (isFollowed ? api.unfollowChannel(id) : api.followChannel(id)))}
              >
                {t(isFollowed ? "acc.followed" : "acc.follow")}
              </button>
              <small class="acc-note">
                <Icon of={EyeOff} size="xs" />
                {t("acc.followNote")}
              </small>
            </>
          )}
        </header>
        {waiting.map(({ title, state }, at) => (
          <p key={at} class="acc-waits" role="status" data-testid="article-waits" data-state={state}>
            {t(state === "failed" ? "acc.refused" : "acc.waits", { title })}
          </p>
        ))}
        {articles.map((row) => (
          <ArticleLink key={row.entry} row={row} isIn="account" />
        ))}
        {articles.length === 0 && !isWaiting && <p class="acc-quiet">{t("acc.empty")}</p>}
        {gaps.map(({ seq, why, reason, appeal }) => (
          <p key={seq} class="acc-gap" data-testid="article-gap" data-why={why}>
            {t(`acc.gap.${why}`)}
            {reason !== undefined && <span>{t("acc.reason", { reason, appeal: appeal ?? "" })}</span>}
          </p>
        ))}
      </div>
      {menu.length > 0 && (
        <nav class="acc-menu" aria-label={t("acc.menu")} data-testid="account-menu">
          {menu.map(({ words, to, article }) =>
            article !== undefined ? (
              <Link key={words} to={placeOf(article)}>
                {words}
              </Link>
            ) : (
              <a
                key={words}
                href={to !== undefined && isWebAddress(to) ? to : "about:blank"}
                target="_blank"
                rel="noopener noreferrer"
              >
                {words}
              </a>
            ),
          )}
        </nav>
      )}
    </section>
  );
}

async function describe({ id, about }: AccountView): Promise<void> {
  const said = await ask({
    title: t("acc.about"),
    label: t("acc.about"),
    value: about,
    action: t("acc.keep"),
    lengthMax: aboutMax,
  });
  if (said !== undefined) await attempt(() => api.setChannelProfile(id, { about: said }));
}

/** For a phone that scans it, a chat, or a page elsewhere. */
function showCode({ id, name }: AccountView): void {
  const link = linkTo(id);
  putUp((done) => (
    <Over label={name} kind="acc-over" testId="account-qr" onClose={done}>
      <div class="acc-code paper">
        <h1>{name}</h1>
        <Qr text={link} label={t("acc.share")} testId="account-link" />
        <p>{t("acc.codeNote")}</p>
        <span class="acc-acts">
          <button
            type="button"
            class="btn fill"
            data-testid="account-send"
            onClick={() => {
              done();
              sendOn(`${name}\n${link}`);
            }}
          >
            <Icon of={Share2} size="s" />
            {t("acc.sendOn")}
          </button>
          <button type="button" class="btn line" onClick={() => void copyText(link)}>
            {t("acc.copy")}
          </button>
          <button type="button" class="btn line" data-testid="account-qr-close" onClick={done}>
            {t("action.close")}
          </button>
        </span>
      </div>
    </Over>
  ));
}
