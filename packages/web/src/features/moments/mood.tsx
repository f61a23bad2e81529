/** The icon of a mood, hidden from screen readers since its word is beside it. An unknown mood is a star. */
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

/** The name of a mood; an unknown one, from a newer client, is shown as it is. */
export function moodWords(of: string): string {
  return isMood(of) ? t(`mood.${of}`) : of;
}
