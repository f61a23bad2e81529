/** Checks a recovery card that somebody types or scans. */
import type { CardFault } from "@yanshu/client";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Scan } from "../scan/scan.tsx";
import { cardFaultWords } from "./card-fault.ts";
import type { CardEntry } from "./words-entry.tsx";

/** Resolves with whether the card is valid. */
export type TakeCard = (card: string) => Promise<boolean>;

/** @param onCard called with a valid card. */
export function useTakenCard(onCard: (card: string) => void): { readonly entry: CardEntry; readonly take: TakeCard } {
  const [fault, setFault] = useState<CardFault | undefined>(undefined);
  const take = async (card: string): Promise<boolean> => {
    const found = await attempt(async () => ({ fault: await api.checkCard(card) }));
    if (found === undefined) return false;
    setFault(found.fault);
    if (found.fault === undefined) onCard(card);
    return found.fault === undefined;
  };
  const entry = {
    fault: fault === undefined ? "" : cardFaultWords(fault),
    guesses: fault?.kind === "sum" ? fault.guesses : [],
    onDone: take,
    onEdit: () => setFault(undefined),
  };
  return { entry, take };
}

export function ScanCard({ take }: { take: TakeCard }) {
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
}
