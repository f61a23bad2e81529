/** Buttons on the page of a contact: a voice or video call. */
import { Phone, Video } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { hasCalls, startCall } from "./call.ts";

export function CallContact({ chatWith }: { chatWith: () => Promise<string | undefined> }) {
  if (!hasCalls()) return null;
  const call = async (media: "voice" | "video") => {
    const chat = await chatWith();
    if (chat !== undefined) await startCall(chat, media);
  };
  return (
    <>
      <button type="button" class="btn soft" data-testid="contact-call-voice" onClick={() => void call("voice")}>
        <Icon of={Phone} size="s" />
        {t("plus.voiceCall")}
      </button>
      <button type="button" class="btn soft" data-testid="contact-call-video" onClick={() => void call("video")}>
        <Icon of={Video} size="s" />
        {t("plus.videoCall")}
      </button>
    </>
  );
}
