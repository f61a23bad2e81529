/**
 * Signed out: another device of the account removed this one.
 */
import { t } from "../locales/i18n.ts";
import { Nothing } from "../shell/nothing.tsx";
import { go, route } from "../shell/router.ts";
import { api, attempt } from "../shell/session.ts";
import { confirm } from "../shell/sheet.tsx";
import { Slot } from "../shell/slot.tsx";

/** Deletes everything on this device, for a person who deleted the account elsewhere or gives the device away. */
async function wipe(): Promise<void> {
  const yes = await confirm({ title: t("wipe.sure"), note: t("wipe.note"), action: t("wipe.do"), danger: true });
  if (yes) await attempt(() => api.wipeDevice());
}

export function SignedOut() {
  const here = route.value;
  if (here.name === "welcome" && here.step === "link") {
    return (
      <main class="page">
        <Slot name="linkNew" />
      </main>
    );
  }
  if (here.name === "welcome" && here.step === "card") {
    return (
      <main class="page">
        <Slot name="restore" />
      </main>
    );
  }
  return (
    <main class="alone" data-testid="signed-out">
      <Nothing title={t("signedOut.title")} note={t("signedOut.note")}>
        <button type="button" class="btn fill" onClick={() => go({ name: "welcome", step: "link" })}>
          {t("signedOut.again")}
        </button>
        <button type="button" class="btn plain" data-testid="wipe-device" onClick={() => void wipe()}>
          {t("wipe.title")}
        </button>
      </Nothing>
    </main>
  );
}
