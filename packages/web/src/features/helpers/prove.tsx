/** Asks for the master key before the helpers change: by the card, or by a passkey where the browser can. */
import type { RootBy } from "@yanshu/client";
import { useState } from "preact/hooks";
import { useAskedPasskey } from "../../kit/recovery/ask-passkey.ts";
import { useCanPasskeys } from "../../kit/recovery/passkey.ts";
import { ScanCard, useTakenCard } from "../../kit/recovery/take-card.tsx";
import { CardWords } from "../../kit/recovery/words-entry.tsx";
import { t } from "../../locales/i18n.ts";

export function Prove({ onProven }: { onProven: (by: RootBy) => Promise<void> }) {
  const [isScanning, setScanning] = useState(false);
  const can = useCanPasskeys();
  const byPasskey = useAskedPasskey((passkey) => void onProven({ passkey }));
  const { entry, take } = useTakenCard((card) => {
    setScanning(false);
    void onProven({ card });
  });
  if (isScanning) return <ScanCard take={take} />;
  return (
    <>
      <CardWords {...entry} title={t("family.prove")} lead={t("family.proveNote")} onScan={() => setScanning(true)} />
      {can === true && (
        <div class="family-acts">
          <p class="hint bad" role="alert">
            {byPasskey.fault}
          </p>
          <button type="button" class="btn soft" data-testid="prove-passkey" onClick={() => void byPasskey.ask()}>
            {t("family.provePasskey")}
          </button>
        </div>
      )}
    </>
  );
}
