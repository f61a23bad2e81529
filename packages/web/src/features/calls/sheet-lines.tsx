/** Lines of the sheet that a call is drawn as: its verse, and how one knows the person. */
import { ShieldCheck } from "lucide";
import { trustWords } from "../../kit/source-words.ts";
import { locale } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";

const verses = {
  ringing: ["天涯若比邻", "天涯若比鄰"],
  calling: ["雁声远过潇湘去", "雁聲遠過瀟湘去"],
  joining: ["天涯共此时", "天涯共此時"],
  talking: ["天涯共此时", "天涯共此時"],
} as const;

/** A verse says nothing that the words beside it do not say, so a reader of the screen passes it over. */
export function Verse({ at }: { at: keyof typeof verses }) {
  const [hans, hant] = verses[at];
  const isHant = locale.value === "zh-Hant";
  return (
    <span class="call-verse" lang={isHant ? "zh-Hant" : "zh-Hans"} aria-hidden="true">
      {isHant ? hant : hans}
    </span>
  );
}

/** Why one may be sure that it is them; nothing where one may not. */
export function Trust({ account }: { account: string }) {
  const row = useView("contacts")?.find((one) => one.account === account);
  if (row === undefined || row.trust === "none") return null;
  return (
    <p class="call-trust" data-testid="call-trust">
      <Icon of={ShieldCheck} size="s" />
      {trustWords(row.trust, row.source?.kind === "card" ? row.source.by : undefined)}
    </p>
  );
}
