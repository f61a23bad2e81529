/** Under each text in elder mode: listen, and stop. It is there only where this device has a voice for the words. */
import { Square, Volume2 } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { listen, mayListen, reading } from "./listen.ts";

export function ListenButton({ id, text, lang }: { id: string; text: string; lang: string }) {
  if (!mayListen(lang)) return null;
  const isReading = reading.value === id;
  return (
    <button
      type="button"
      class={`btn soft listen ${isReading ? "on" : ""}`}
      aria-pressed={isReading}
      data-testid="listen"
      onClick={() => listen(id, text, lang)}
    >
      <Icon of={isReading ? Square : Volume2} size="s" />
      {t(isReading ? "listen.stop" : "listen.short")}
    </button>
  );
}
