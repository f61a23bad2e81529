/** Asks the person for their passkey, and has a text for when that fails. */
import type { Passkey } from "@yanshu/client";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { errorWords } from "../../shell/session.ts";
import { askPasskey } from "./passkey.ts";

/** @param onPasskey called with the chosen passkey. */
export function useAskedPasskey(onPasskey: (passkey: Passkey) => void): {
  readonly fault: string;
  readonly setFault: (words: string) => void;
  readonly ask: () => Promise<void>;
} {
  const [fault, setFault] = useState("");
  const ask = async () => {
    setFault("");
    try {
      const passkey = await askPasskey();
      if (typeof passkey === "string") setFault(t(passkey === "unable" ? "passkey.unable" : "passkey.none"));
      else onPasskey(passkey);
    } catch (error) {
      setFault(errorWords(error));
    }
  };
  return { fault, setFault, ask };
}
