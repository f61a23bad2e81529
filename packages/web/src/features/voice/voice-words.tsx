/**
 * Below a voice message: its recognized text, or a button to recognize it on this device (README.md WE58).
 */
import { Captions } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { toast } from "../../shell/toast.tsx";
import { mayWriteDown, putAway, spoken, writeDown } from "./spoken.ts";
import "../../styles/translate.css";

type VoiceWordsProps = {
  readonly id: string;
  /** Resolves with undefined when the sound cannot be fetched now. */
  readonly sound: () => Promise<Blob | undefined>;
};

export function VoiceWords({ id, sound }: VoiceWordsProps) {
  const words = spoken.value.get(id);
  if (words === undefined && !mayWriteDown()) return null;
  const ask = async () => {
    const heard = await sound();
    if (heard !== undefined) await writeDown(id, heard).catch(() => toast(t("voice.noWords")));
  };
  if (words === undefined)
    return (
      <div class="trans-by">
        <button type="button" data-testid="voice-write" onClick={() => void ask()}>
          <Icon of={Captions} size="xs" />
          {t("voice.write")}
        </button>
      </div>
    );
  if (words === "working") return <p class="trans-wait">{t("voice.writing")}</p>;
  return (
    <div class="trans" data-testid="voice-words">
      <p>{words}</p>
      <div class="trans-by">
        <span>{t("voice.writtenHere")}</span>
        <button type="button" data-testid="voice-words-off" onClick={() => putAway(id)}>
          {t("voice.wordsOff")}
        </button>
      </div>
    </div>
  );
}
