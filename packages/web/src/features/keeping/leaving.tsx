/** While the account is being deleted: nothing to do but to wait. */
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/keeping.ts";
import { Nothing } from "../../shell/nothing.tsx";

addWords(messages);

export function Leaving() {
  return (
    <main class="alone" data-testid="leaving" aria-live="polite">
      <Nothing title={t("leaving.title")} note={t("leaving.note")} />
    </main>
  );
}
