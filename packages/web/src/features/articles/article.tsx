/** An article, set to be read (PA11), and what is said of it. */
import type { ArticleBlockView, ArticlePicture, ArticleView } from "@yanshu/client";
import { Ellipsis, PenLine, Share2, Trash2 } from "lucide";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { isWebAddress } from "../../kit/links/found.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { back, go } from "../../shell/router.ts";
import { api, succeeds } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { linkTo } from "./account.tsx";
import { dayWords } from "./days.ts";
import { usePublicPicture } from "./public-picture.ts";
import { Said } from "./said.tsx";
import { sendOn } from "./send.tsx";
import { placeOf, writing } from "./spots.ts";

export function ArticlePage({ article }: { readonly article: ArticleView }) {
  const { entry, title, author, account, day, editedDay, blocks, label } = article;
  const language = languageOf([title, ...blocks.map(({ text }) => text)].join(""), locale.value);
  return (
    <section class="screen surface" data-testid="article-page">
      <TopBar
        title=""
        end={
          account.isMine ? (
            <OwnMenu article={article} />
          ) : (
            <button
              type="button"
              class="ib"
              aria-label={t("acc.sendOn")}
              data-testid="article-send"
              onClick={() => sendOn(`${title}\n${linkTo(entry)}`)}
            >
              <Icon of={Share2} />
            </button>
          )
        }
      />
      <div class="scroll acc-read">
        <article class="acc-article-body" lang={language}>
          <h1 data-testid="article-title">{title}</h1>
          <p class="acc-meta">
            {author !== "" && <span>{author}</span>}
            <Link to={placeOf(account.id)} data-testid="article-account">
              {account.name}
            </Link>
            <span>{dayWords(day)}</span>
            {editedDay !== undefined && (
              <span data-testid="article-edited">{t("acc.edited", { day: dayWords(editedDay) })}</span>
            )}
          </p>
          {label !== undefined && <p class="acc-gap">{t("acc.reason", label)}</p>}
          {grouped(blocks).map((group, at) => (
            <Blocks key={at} blocks={group} />
          ))}
        </article>
        <Said article={article} />
      </div>
    </section>
  );
}

/** Items that stand one after the other are one list. */
function grouped(blocks: readonly ArticleBlockView[]): readonly (readonly ArticleBlockView[])[] {
  const groups: ArticleBlockView[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if ((block.is === "item" || block.is === "number") && last?.[0]?.is === block.is) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function Blocks({ blocks }: { readonly blocks: readonly ArticleBlockView[] }) {
  const [block] = blocks;
  if (block === undefined) return null;
  if (block.is === "item" || block.is === "number") {
    const items = blocks.map((one, at) => <li key={at}>{spanned(one)}</li>);
    return block.is === "item" ? <ul>{items}</ul> : <ol>{items}</ol>;
  }
  if (block.is === "picture")
    return block.picture === undefined ? null : <Picture of={block.picture} words={block.text} />;
  if (block.is === "line") return <hr />;
  if (block.is === "heading") return <h2>{spanned(block)}</h2>;
  return block.is === "quote" ? <blockquote>{spanned(block)}</blockquote> : <p>{spanned(block)}</p>;
}

/** Its text with what is strong, emphasised or a link. */
function spanned({ text, spans }: ArticleBlockView): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const { at, length, is, to } of spans) {
    parts.push(text.slice(end, at));
    const words = text.slice(at, at + length);
    if (is === "strong") parts.push(<strong>{words}</strong>);
    else if (is === "em") parts.push(<em>{words}</em>);
    else
      parts.push(
        <a href={to !== undefined && isWebAddress(to) ? to : "about:blank"} target="_blank" rel="noopener noreferrer">
          {words}
        </a>,
      );
    end = at + length;
  }
  return [...parts, text.slice(end)];
}

function Picture({ of, words }: { readonly of: ArticlePicture; readonly words: string }) {
  const url = usePublicPicture(of);
  return (
    <figure>
      {url === undefined || url === "missing" ? (
        <div class="acc-missing" style={{ aspectRatio: `${of.width} / ${of.height}` }}>
          {url === "missing" && t("acc.noPicture")}
        </div>
      ) : (
        <img src={url} alt={words} width={of.width} height={of.height} data-testid="article-picture" />
      )}
      {words !== "" && <figcaption>{words}</figcaption>}
    </figure>
  );
}

function OwnMenu({ article: { entry, title } }: { readonly article: ArticleView }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const withdraw = async () => {
    setOpen(false);
    const yes = await confirm({
      title: t("acc.withdrawAsk"),
      note: t("acc.withdrawNote"),
      action: t("acc.withdraw"),
      danger: true,
    });
    if (yes && (await succeeds(() => api.withdrawArticle(entry)))) back();
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="ib"
        aria-label={t("acc.acts")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="article-menu"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon of={Ellipsis} />
      </button>
      {isOpen && (
        <Menu label={t("acc.acts")} anchor={anchor} onClose={() => setOpen(false)}>
          <MenuItem icon={Share2} testId="article-send" onPick={() => sendOn(`${title}\n${linkTo(entry)}`)}>
            {t("acc.sendOn")}
          </MenuItem>
          <MenuItem icon={PenLine} testId="article-edit" onPick={() => go(writing(entry))}>
            {t("acc.edit")}
          </MenuItem>
          <MenuItem icon={Trash2} danger testId="article-withdraw" onPick={() => void withdraw()}>
            {t("acc.withdraw")}
          </MenuItem>
        </Menu>
      )}
    </>
  );
}
