/** Adds a passkey on a device without the master key: the person enters the words of their card. */
import type { Passkey } from "@yanshu/client";
import { useState } from "preact/hooks";
import { ScanCard, useTakenCard } from "../../kit/recovery/take-card.tsx";
import { CardWords } from "../../kit/recovery/words-entry.tsx";
import { t } from "../../locales/i18n.ts";
import { Logo } from "../../shell/mark.tsx";
import { AddPasskey } from "./add-passkey.tsx";
import "./restore.css";

/** Asks for the present card, to replace it by a new one (ID46). */
export function GiveCard({ onCard }: { onCard: (card: string) => void }) {
  const [isScanning, setScanning] = useState(false);
  const { entry, take } = useTakenCard((text) => {
    setScanning(false);
    onCard(text);
  });
  if (isScanning) return <ScanCard take={take} />;
  return (
    <div class="restore">
      <CardWords {...entry} title={t("newCard.old")} lead={t("newCard.oldNote")} onScan={() => setScanning(true)} />
    </div>
  );
}

export function AddByCard({ onDone }: { onDone: (passkey: Passkey) => void }) {
  const [card, setCard] = useState<string | undefined>(undefined);
  const [isScanning, setScanning] = useState(false);
  const { entry, take } = useTakenCard((text) => {
    setScanning(false);
    setCard(text);
  });
  if (card !== undefined)
    return (
      <>
        <div class="landed">
          <Logo size="l" />
          <h1 class="brush ask">{t("passkey.now")}</h1>
          <p class="lead">{t("passkey.nowNote")}</p>
        </div>
        <div class="alone-acts">
          <AddPasskey card={card} look="fill" onDone={onDone} />
        </div>
      </>
    );
  if (isScanning) return <ScanCard take={take} />;
  return (
    <div class="restore">
      <CardWords
        {...entry}
        title={t("passkey.byCard")}
        lead={t("passkey.byCardNote")}
        onScan={() => setScanning(true)}
      />
    </div>
  );
}
