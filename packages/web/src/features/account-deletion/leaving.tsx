/** While the account is being deleted: nothing to do but to wait. */
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { forgetPage } from "../../shell/forget-page.ts";
import { Nothing } from "../../shell/nothing.tsx";

export function Leaving() {
  return (
    <main class="alone" data-testid="leaving" aria-live="polite">
      <Nothing title={t("leaving.title")} note={t("leaving.note")} />
    </main>
  );
}

/** Nothing is left in the store: the page forgets what it has, and begins anew. */
export function Forgotten() {
  useEffect(() => void forgetPage(), []);
  return <Leaving />;
}
