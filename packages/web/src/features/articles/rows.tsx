/** Rows of articles and accounts, as lists show them: words alone (public-picture.ts says why). */
import type { AccountRef, ArticleRow } from "@yanshu/client";
import { languageOf } from "../../kit/text.ts";
import { locale } from "../../locales/i18n.ts";
import { Link } from "../../shell/link.tsx";
import { dayWords } from "./days.ts";
import { AccountFace } from "./face.tsx";
import { placeOf } from "./spots.ts";

export function ArticleLink({ row, isIn }: { readonly row: ArticleRow; readonly isIn?: "account" }) {
  const { entry, title, summary, account, day } = row;
  return (
    <Link to={placeOf(entry)} class="acc-article" data-testid="article-row">
      {isIn === undefined && (
        <span class="acc-by">
          <AccountFace of={account} />
          <span class="ell">{account.name}</span>
        </span>
      )}
      <b lang={languageOf(title, locale.value)}>{title}</b>
      {summary !== "" && <span class="acc-summary">{summary}</span>}
      <small>{dayWords(day)}</small>
    </Link>
  );
}

export function AccountLink({ account, end }: { readonly account: AccountRef; readonly end?: string }) {
  return (
    <Link to={placeOf(account.id)} class="acc-row" data-testid="account-row">
      <AccountFace of={account} />
      <b class="ell">{account.name}</b>
      {end !== undefined && <small>{end}</small>}
    </Link>
  );
}
