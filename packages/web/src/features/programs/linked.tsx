/**
 * A link that names a page of a mini program (docs/spec/programs.md PR62): a tap opens the program that the account
 * gave in the chat of the two, at that page.
 */
import type { GivenProgram } from "@yanshu/client";
import { placeIn } from "@yanshu/mini";
import { Blocks } from "lucide";
import { useEffect, useState } from "preact/hooks";
import type { Slots } from "../../feature.ts";
import { blobOf } from "../../kit/bytes.ts";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { packedIn } from "./packed.ts";
import { takePlace, wantPlace } from "./places.ts";
import "./programs.css";

export function LinkedProgram({ link, account, chat, onDone }: Slots["linkedProgram"]) {
  const place = placeIn(link);
  const [given, setGiven] = useState<GivenProgram | undefined>(undefined);
  const [isBusy, run] = useBusy();
  useEffect(() => {
    if (place === undefined) return;
    wantPlace(account, place);
    if (chat !== undefined) void attempt(async () => setGiven(await api.givenProgram(chat)));
  }, [place, account, chat]);
  if (place === undefined) return null;
  if (given === undefined || chat === undefined)
    return (
      <p class="strip calm" data-testid="program-to-come">
        <Icon of={Blocks} />
        <span>{t("program.toCome")}</span>
      </p>
    );
  const open = async () => {
    await attempt(async () => {
      const bytes = await packedIn(given.file, () => blobOf(given.file, given.type));
      const { openPackage } = await import("./open.tsx");
      takePlace(account);
      onDone();
      await openPackage(bytes, given.name, { chat, card: given.card }, place);
    });
  };
  return (
    <div class="program-linked">
      <button
        type="button"
        class="btn fill"
        aria-busy={isBusy}
        data-testid="open-linked-program"
        onClick={() => void run(open)}
      >
        {t("program.openNamed", { name: given.name })}
      </button>
    </div>
  );
}
