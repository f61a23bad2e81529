/**
 * More: the less used actions of a call: sharing the screen, the audio output, and picture-in-picture.
 */
import { signal } from "@preact/signals";
import { PictureInPicture2, ScreenShare, ScreenShareOff, Volume2 } from "lucide";
import { t } from "../../locales/i18n.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";
import { isSharing, mayShare, speaker, speakers } from "./devices.ts";
import { mayFloat, openFloat } from "./pip.tsx";

export const isMoreOpen = signal(false);

const hasSpeakers = () => speakers.value.length > 1;

type MoreProps = {
  /** False before the call is connected: there is nothing to share a screen with. */
  readonly isTalking: boolean;
  /** A call between two: only it has picture-in-picture. */
  readonly isOfTwo: boolean;
  readonly onShare: () => void;
};

export function hasMore({ isTalking, isOfTwo }: Omit<MoreProps, "onShare">): boolean {
  return isTalking && (mayShare() || hasSpeakers() || (isOfTwo && mayFloat()));
}

export function More({ isTalking, isOfTwo, onShare }: MoreProps) {
  const close = () => {
    isMoreOpen.value = false;
  };
  const then = (act: () => unknown) => () => {
    close();
    act();
  };
  return (
    <Sheet title={t("call.more")} onClose={close} testId="call-more-sheet">
      <div class="group">
        {isTalking && mayShare() && (
          <SettingButton
            icon={isSharing.value ? ScreenShareOff : ScreenShare}
            label={t(isSharing.value ? "call.unshare" : "call.share")}
            testId="call-share"
            onClick={then(onShare)}
          />
        )}
        {isOfTwo && mayFloat() && (
          <SettingButton
            icon={PictureInPicture2}
            label={t("call.float")}
            note={t("call.floatNote")}
            testId="call-pip"
            onClick={then(() => void openFloat())}
          />
        )}
      </div>
      {hasSpeakers() && (
        <div class="group" data-testid="call-speakers">
          <h2 class="group-title">{t("call.speaker")}</h2>
          {[{ id: "", name: t("call.speakerAny") }, ...speakers.value.filter(({ id }) => id !== "default")].map(
            ({ id, name }) => (
              <SettingSwitch
                key={id}
                icon={Volume2}
                label={name}
                isOn={speaker.value === id}
                testId="call-speaker"
                onChange={() => (speaker.value = id)}
              />
            ),
          )}
        </div>
      )}
    </Sheet>
  );
}
