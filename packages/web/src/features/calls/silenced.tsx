/** Silence: a call that rings on without a sound on this page, and may still be answered (CA255, README.md). */
import { signal } from "@preact/signals";
import { BellOff } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";

/** The call that was silenced last. The next one rings with its sound. */
const silenced = signal<string | undefined>(undefined);

export const isSilenced = (call: string): boolean => silenced.value === call;

export function SilenceButton({ call }: { call: string }) {
  const isOn = isSilenced(call);
  return (
    <button
      type="button"
      class="icon-button call-small call-silence"
      aria-label={t("call.silence")}
      title={t("call.silence")}
      aria-pressed={isOn}
      data-testid="call-silence"
      onClick={() => (silenced.value = isOn ? undefined : call)}
    >
      <Icon of={BellOff} />
    </button>
  );
}

/** Says that nobody was told: the caller goes on waiting. */
export function SilencedNote({ call }: { call: string }) {
  if (!isSilenced(call)) return null;
  return (
    <p class="call-note" role="status" data-testid="call-silenced">
      {t("call.silenced")}
    </p>
  );
}
