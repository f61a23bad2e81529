/**
 * Where what is owed is paid (docs/spec/packets.md RP33): outside of the app. The payee writes it, or chooses a picture
 * of their own code, which is read here; who owes sees it as words, as a code for their bank's app, and as a link.
 */
import { QrCode } from "lucide";
import { useRef } from "preact/hooks";
import { hostOf, isWebAddress } from "../../kit/links/found.ts";
import { OutLink } from "../../kit/links/out-link.tsx";
import { Over, putUp } from "../../kit/over.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { Qr } from "../../shell/qr.tsx";
import { attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import "./packets.css";

const payToMax = 200;
/** What is written to be read by people has spaces or none of these signs; codes of banks and purses have no space. */
const codeLike = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

type PayToFieldProps = { readonly value: string; readonly onValue: (value: string) => void };

export function PayToField({ value, onValue }: PayToFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File) => {
    const code = await attempt(async () => {
      const { loadDetector } = await import("../../kit/scan/detect.ts");
      return (await loadDetector())(await createImageBitmap(file));
    });
    if (code === undefined || code.trim() === "" || code.length > payToMax) return toast(t("share.noCode"));
    onValue(code.trim());
  };
  return (
    <div class="pay-to">
      <input
        class="field-box"
        aria-label={t("share.payToField")}
        placeholder={t("share.payToField")}
        maxLength={payToMax}
        value={value}
        data-testid="share-pay-to"
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <button type="button" class="btn soft sm" data-testid="share-code" onClick={() => input.current?.click()}>
        <Icon of={QrCode} size="s" />
        {t("share.code")}
      </button>
      <PictureInput input={input} testId="share-code-picture" onFile={(file) => void read(file)} />
    </div>
  );
}

type PayToProps = {
  readonly how: string;
  readonly from: { readonly account: string; readonly name: string };
  readonly isMine: boolean;
};

export function PayTo({ how, from, isMine }: PayToProps) {
  const isLink = isWebAddress(how) && how.startsWith("https:");
  const isCode = codeLike.test(how);
  return (
    <div class="pay-to-shown" data-testid="share-pay">
      <small lang={languageOf(how, locale.value)}>
        {t("share.payTo", { how: isLink ? hostOf(how) : isCode ? t("share.isCode") : how })}
      </small>
      {isLink && (
        <OutLink class="btn line sm" from={from} isMine={isMine} url={how} testId="share-pay-open">
          {t("share.openPay")}
        </OutLink>
      )}
      {isCode && (
        <button type="button" class="btn line sm" data-testid="share-pay-code" onClick={() => showCode(how)}>
          <Icon of={QrCode} size="s" />
          {t("share.showCode")}
        </button>
      )}
    </div>
  );
}

function showCode(how: string): void {
  putUp((done) => (
    <Over label={t("share.showCode")} kind="packet-over lies-open" testId="pay-code" onClose={done}>
      <div class="pay-code">
        <Qr text={how} label={t("share.showCode")} testId="pay-code-qr" />
        <p>{t("share.codeNote")}</p>
        <button type="button" class="btn fill" data-testid="pay-code-close" onClick={done}>
          {t("action.close")}
        </button>
      </div>
    </Over>
  ));
}
