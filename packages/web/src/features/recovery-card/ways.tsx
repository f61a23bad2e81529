/** The account's ways of recovery, for a person who has one: those that exist, and those that can be added. */
import type { Passkey } from "@yanshu/client";
import { Fingerprint, HeartHandshake, Printer } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { useAskedPasskey } from "../../kit/recovery/ask-passkey.ts";
import { useCanPasskeys } from "../../kit/recovery/passkey.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { back } from "../../shell/router.ts";
import { api, errorWords } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import "./restore.css";

type WaysProps = {
  readonly onCard: (passkey: Passkey) => void;
  readonly onAdd: () => void;
  readonly onNewCard: () => void;
};

export function Ways({ onCard, onAdd, onNewCard }: WaysProps) {
  const can = useCanPasskeys();
  const [isKept, setKept] = useState<boolean | undefined>(undefined);
  const { fault, setFault, ask } = useAskedPasskey(onCard);
  useEffect(() => {
    api.hasPasskey().then(setKept, (error: unknown) => setFault(errorWords(error)));
  }, []);
  return (
    <>
      <h1 class="brush ask">{t("back.title")}</h1>
      <p class="lead">{t("ways.lead")}</p>
      <ul class="group ways">
        <li class="set">
          <span class="ico">
            <Icon of={Printer} />
          </span>
          <span class="x">
            <span>
              {t("ways.card")}
              <small>{t("ways.cardNote")}</small>
            </span>
          </span>
        </li>
        {isKept !== undefined && (
          <li class="set" data-testid="way-passkey" data-kept={isKept}>
            <span class="ico">
              <Icon of={Fingerprint} />
            </span>
            <span class="x">
              <span>
                {t("ways.passkey")}
                <small>
                  {t(isKept ? "ways.passkeyKept" : can === true ? "ways.passkeyNone" : "ways.passkeyCannot")}
                </small>
              </span>
            </span>
          </li>
        )}
        <li>
          <SettingLink
            icon={HeartHandshake}
            label={t("family.entry")}
            note={t("family.entryNote")}
            to={{ name: "way-back", part: "family" }}
            testId="way-family"
          />
        </li>
      </ul>
      <p class="hint bad" role="alert" data-testid="ways-fault">
        {fault}
      </p>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="ways-done" onClick={back}>
          {t("action.done")}
        </button>
        {can === true && isKept === true && (
          <button type="button" class="btn soft" data-testid="card-by-passkey" onClick={() => void ask()}>
            {t("ways.cardAgain")}
          </button>
        )}
        {can === true && isKept !== undefined && (
          <button type="button" class="btn plain" data-testid="passkey-by-card" onClick={onAdd}>
            {t(isKept ? "ways.passkeyAnew" : "ways.passkeyAdd")}
          </button>
        )}
        <button type="button" class="btn plain two-lines" data-testid="new-card" onClick={onNewCard}>
          <span>{t("newCard.entry")}</span>
          <small>{t("newCard.entryNote")}</small>
        </button>
      </div>
    </>
  );
}
