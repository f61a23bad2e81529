/** While the account is being deleted: nothing to do but to wait. */
import { useEffect } from "preact/hooks";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/keeping.ts";
import { forgetPage } from "../../shell/forget-page.ts";
import { Nothing } from "../../shell/nothing.tsx";

addWords(messages);

/** @param isOver nothing is left in the store: the page forgets what it has, and begins anew. */
export function Leaving({ isOver = false }: { isOver?: boolean }) {
  useEffect(() => {
    if (isOver) void forgetPage();
  }, [isOver]);
  return (
    <main class="alone" data-testid="leaving" aria-live="polite">
      <Nothing title={t("leaving.title")} note={t("leaving.note")} />
    </main>
  );
}
