/** A mood as it is drawn; decoration beside its word. One that this client does not know is a star. */
import { Sparkle } from "lucide";
import { h } from "preact";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { isMood, moods } from "./moods.ts";

export function MoodGlyph({ of, size = "" }: { readonly of: string; readonly size?: "" | "sm" | "xl" }) {
  if (!isMood(of)) return <Icon of={Sparkle} />;
  return (
    <svg class={`mood ${size}`} viewBox="0 0 32 32" aria-hidden="true">
      {moods[of].map(([tag, attributes]) => h(tag, attributes as never))}
    </svg>
  );
}

/** What somebody's newer client named is shown as it is written. */
export function moodWords(of: string): string {
  return isMood(of) ? t(`mood.${of}`) : of;
}
