/**
 * Unanswered: in elder mode a toast is not enough after an unanswered call. If the contact's telephone number is noted,
 * one large button dials it, and another calls once more (docs/spec/calls.md CA214).
 */
import { Phone } from "lucide";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { startCall, unanswered } from "./call.ts";

export function Unanswered() {
  const over = unanswered.value;
  const contacts = useView("contacts");
  if (over === undefined) return null;
  const { conversation, media, person } = over;
  const phone = numberOf(contacts, person.account);
  if (phone === undefined) return null;
  const name = personName(person);
  const title = t("call.unanswered.title", { name });
  const close = () => {
    unanswered.value = undefined;
  };
  return (
    <Sheet title={title} onClose={close} testId="call-unanswered">
      <div class="call-denied">
        <h2 class="brush">{title}</h2>
        <p>{t("call.unanswered.words")}</p>
        <a class="btn fill" href={`tel:${phone}`} data-testid="call-by-telephone" onClick={close}>
          <Icon of={Phone} />
          {t("call.unanswered.telephone", { name })}
        </a>
        <button
          type="button"
          class="btn plain"
          data-testid="call-unanswered-again"
          onClick={() => {
            close();
            void startCall(conversation, media);
          }}
        >
          {t("call.unanswered.again")}
        </button>
      </div>
    </Sheet>
  );
}

/** A contact's telephone number for a `tel:` link; undefined: none is noted. */
export function numberOf(
  contacts: readonly { readonly account: string; readonly phone: string }[] | undefined,
  of: string,
): string | undefined {
  const digits = contacts?.find(({ account }) => account === of)?.phone.replace(/[^+\d]/g, "");
  return digits === "" ? undefined : digits;
}
