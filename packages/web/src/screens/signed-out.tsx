/**
 * Signed out: another device of the account sent this one away.
 */
import { LinkNew } from "../features/devices/link-new.tsx";
import { t } from "../locales/i18n.ts";
import { Lazy, lazily } from "../shell/lazy.ts";
import { Nothing } from "../shell/nothing.tsx";
import { go, route } from "../shell/router.ts";

const restore = lazily(() => import("../features/identity/restore.tsx").then((m) => m.Restore));

export function SignedOut() {
  const here = route.value;
  if (here.name === "welcome" && here.step === "link") {
    return (
      <main class="page">
        <LinkNew />
      </main>
    );
  }
  if (here.name === "welcome" && here.step === "card") {
    return (
      <main class="page">
        <Lazy of={restore} />
      </main>
    );
  }
  return (
    <main class="alone" data-testid="signed-out">
      <Nothing title={t("signedOut.title")} note={t("signedOut.note")}>
        <button type="button" class="btn fill" onClick={() => go({ name: "welcome", step: "link" })}>
          {t("signedOut.again")}
        </button>
      </Nothing>
    </main>
  );
}
