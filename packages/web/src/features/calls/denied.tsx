/**
 * Denied: a sheet for when the browser gives no microphone: what to do, another try, or a message instead.
 */
import { signal } from "@preact/signals";
import { MicOff } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { Sheet } from "../../shell/sheet.tsx";

/** `refused`: by the person or the browser; `none`: no such device; `taken`: another program uses it. */
type Why = "refused" | "none" | "taken";
type Denied = { readonly why: Why; readonly again: () => void; readonly chat: string };

/** The refusal that the sheet shows: why, how to try again, and the chat for a message. */
export const denied = signal<Denied | undefined>(undefined);

export function whyOf(error: unknown): Why {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotFoundError") return "none";
  return name === "NotReadableError" || name === "AbortError" ? "taken" : "refused";
}

export function DeniedSheet() {
  const now = denied.value;
  if (now === undefined) return null;
  const { why, again, chat } = now;
  const close = () => {
    denied.value = undefined;
  };
  return (
    <Sheet title={t("call.mic.title")} onClose={close} testId="call-denied">
      <div class="call-denied">
        <span class="call-denied-mark">
          <Icon of={MicOff} />
        </span>
        <h2 class="brush">{t("call.mic.title")}</h2>
        <p>{t(`call.mic.${why}`)}</p>
        {why === "refused" && (
          <ol>
            <li>{t("call.mic.step1")}</li>
            <li>{t("call.mic.step2")}</li>
            <li>{t("call.mic.step3")}</li>
          </ol>
        )}
        <button
          type="button"
          class="btn fill"
          data-testid="call-denied-again"
          onClick={() => {
            close();
            again();
          }}
        >
          {t("call.mic.again")}
        </button>
        <button
          type="button"
          class="btn plain"
          data-testid="call-denied-write"
          onClick={() => {
            close();
            go({ name: "chat", id: chat });
          }}
        >
          {t("call.mic.write")}
        </button>
      </div>
    </Sheet>
  );
}
