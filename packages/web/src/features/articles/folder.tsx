/** The folder 订阅号: articles of followed accounts by time, a search on this device, and one's own accounts. */
import type { AccountRef, ArticleRow } from "@yanshu/client";
import { Plus } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import { AccountLink, ArticleLink } from "./rows.tsx";
import { placeOf } from "./spots.ts";

const shownMax = 200;
const nameMax = 64;
type Found = { readonly articles: readonly ArticleRow[]; readonly accounts: readonly AccountRef[] };

export function Folder() {
  const view = useView("articles", { limit: shownMax });
  const [found, setFound] = useState<Found | undefined>(undefined);
  const look = async (words: string) =>
    setFound(words.trim() === "" ? undefined : await attempt(() => api.searchArticles(words, shownMax)));
  return (
    <section class="screen surface" data-testid="accounts" aria-busy={view === undefined}>
      <TopBar
        title={t("acc.title")}
        end={
          <button
            type="button"
            class="ib"
            aria-label={t("acc.found")}
            data-testid="account-found"
            onClick={() => void foundOne()}
          >
            <Icon of={Plus} />
          </button>
        }
      />
      <div class="scroll acc-list">
        <input
          class="field-box"
          type="search"
          aria-label={t("acc.search")}
          placeholder={t("acc.search")}
          data-testid="account-search"
          onInput={(event) => void look(event.currentTarget.value)}
        />
        {found !== undefined && (
          <>
            {found.accounts.map((account) => (
              <AccountLink key={account.id} account={account} />
            ))}
            {found.articles.map((row) => (
              <ArticleLink key={row.entry} row={row} />
            ))}
            {found.accounts.length + found.articles.length === 0 && <p class="acc-quiet">{t("acc.foundNone")}</p>}
          </>
        )}
        {found === undefined && view !== undefined && (
          <>
            {view.articles.map((row) => (
              <ArticleLink key={row.entry} row={row} />
            ))}
            {view.folded.map(({ account, day, count }) => (
              <AccountLink key={`${account.id}${day}`} account={account} end={t("acc.folded", { n: count })} />
            ))}
            {view.articles.length === 0 && <Nothing title={t("acc.none")} note={t("acc.noneNote")} />}
            {view.mine.length > 0 && <h2 class="acc-sub">{t("acc.mine")}</h2>}
            {view.mine.map((account) => (
              <AccountLink key={account.id} account={account} />
            ))}
          </>
        )}
      </div>
    </section>
  );
}

/** A name alone: what it says of itself is added on its page. */
async function foundOne(): Promise<void> {
  const name = await ask({
    title: t("acc.found"),
    label: t("acc.name"),
    value: "",
    action: t("acc.foundDo"),
    lengthMax: nameMax,
  });
  if (name === undefined || name === "") return;
  const id = await attempt(() => api.createChannel({ name }));
  if (id !== undefined) go(placeOf(id));
}
