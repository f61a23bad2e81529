/** All screens of public accounts, in one file that is loaded when the first of them is opened. */
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { api, useNothing, useView } from "../../shell/session.ts";
import { AccountPage } from "./account.tsx";
import { ArticlePage } from "./article.tsx";
import { Folder } from "./folder.tsx";
import { folder, writtenAt } from "./spots.ts";
import { Write } from "./write.tsx";
import "./articles.css";

/**
 * What lies below `/accounts/`, by its id. Each that is opened looks for what is new, and again while it stays open.
 */
export function Screens({ id }: { readonly id: string }) {
  useEffect(() => {
    void api.showChannels(true).catch(() => undefined);
    return () => void api.showChannels(false).catch(() => undefined);
  }, [id]);
  if (id === folder.id) return <Folder />;
  const written = writtenAt(id);
  return written === undefined ? <AtHash key={id} id={id} /> : <Write key={id} of={written} />;
}

/** An account or an article: what it is shows by which of them is there. */
function AtHash({ id }: { readonly id: string }) {
  const article = useView("article", id);
  const account = useView("account", id);
  const isNothing = [useNothing("article", id), useNothing("account", id)].every(Boolean);
  if (article !== undefined) return <ArticlePage article={article} />;
  if (account !== undefined) return <AccountPage account={account} />;
  return (
    <section class="screen surface" aria-busy={!isNothing} data-testid={isNothing ? "account-none" : "account-loads"}>
      <TopBar title="" />
      {isNothing && <Nothing title={t("acc.notHere")} note={t("acc.notHereNote")} />}
    </section>
  );
}
