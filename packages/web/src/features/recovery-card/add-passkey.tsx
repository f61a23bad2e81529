/**
 * Makes a passkey that brings the account back (docs/spec/identity.md ID33), from the master key on this device or on
 * the card.
 */
import type { Passkey } from "@yanshu/client";
import { useState } from "preact/hooks";
import { makePasskey } from "../../kit/recovery/passkey.ts";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { api, errorWords, useStatus } from "../../shell/session.ts";

type AddPasskeyProps = {
  /** The card's words or code; absent: the master key is on this device. */
  readonly card?: string;
  readonly look: "fill" | "soft";
  readonly onDone: (passkey: Passkey) => void;
};

/** A button, and the reason when making the passkey failed. */
export function AddPasskey({ card, look, onDone }: AddPasskeyProps) {
  const me = useStatus()?.me;
  const [isMaking, run] = useBusy();
  const [fault, setFault] = useState("");
  /** Made, but not yet stored at home. It is used again: another one would replace it in the password manager. */
  const [made, setMade] = useState<Passkey | undefined>(undefined);
  const make = async () => {
    if (me === undefined) return;
    setFault("");
    try {
      await api.hasPasskey(); // Throws when home cannot be reached: then no passkey is made.
      const passkey = made ?? (await makePasskey(me.account, me.name, t("app.name")));
      if (typeof passkey === "string") setFault(t(`passkey.${passkey}`));
      else {
        setMade(passkey);
        await api.keepPasskey({ secret: passkey.secret, ...(card === undefined ? {} : { card }) });
        onDone(passkey);
      }
    } catch (error) {
      setFault(errorWords(error));
    }
  };
  return (
    <>
      <p class="hint bad" role="alert" data-testid="passkey-fault">
        {fault}
      </p>
      <button
        type="button"
        class={`btn ${look}`}
        data-testid="add-passkey"
        disabled={isMaking}
        aria-busy={isMaking}
        onClick={() => void run(make)}
      >
        {t("passkey.use")}
      </button>
    </>
  );
}
