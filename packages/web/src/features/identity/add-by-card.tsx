/** A passkey for somebody whose words are on the card alone: they are read from it once more. */
import type { Passkey } from "@yanshu/client";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Stamp } from "../../shell/mark.tsx";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Scan } from "../scan/scan.tsx";
import { AddPasskey } from "./add-passkey.tsx";
import { cardFaultWords } from "./card-fault.ts";
import { CardWords } from "./words-entry.tsx";
import "../../styles/restore.css";

export function AddByCard({ onDone }: { onDone: (passkey: Passkey) => void }) {
  const [card, setCard] = useState<string | undefined>(undefined);
  const [isScanning, setScanning] = useState(false);
  const [fault, setFault] = useState("");
  const take = async (text: string): Promise<boolean> => {
    const found = await attempt(async () => ({ fault: await api.checkCard(text) }));
    if (found === undefined) return false;
    setFault(found.fault === undefined ? "" : cardFaultWords(found.fault));
    if (found.fault !== undefined) return false;
    setScanning(false);
    setCard(text);
    return true;
  };
  if (card !== undefined)
    return (
      <>
        <div class="landed">
          <Stamp size="l" />
          <h1 class="brush ask">{t("passkey.now")}</h1>
          <p class="lead">{t("passkey.nowNote")}</p>
        </div>
        <div class="alone-acts">
          <AddPasskey card={card} look="fill" onDone={onDone} />
        </div>
      </>
    );
  if (isScanning)
    return (
      <Scan
        title={t("restore.scan")}
        note={t("restore.scanNote")}
        takes={async (text) => {
          if (await take(text)) return true;
          toast(t("restore.code"));
          return false;
        }}
      />
    );
  return (
    <div class="restore">
      <CardWords
        title={t("passkey.byCard")}
        lead={t("passkey.byCardNote")}
        fault={fault}
        onDone={take}
        onEdit={() => setFault("")}
        onScan={() => setScanning(true)}
      />
    </div>
  );
}
