/** In elder mode a chat ends with three big actions: write, talk, send a picture (WE18). Writing brings the field. */
import { Camera, type IconNode, Keyboard, Mic } from "lucide";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { pickPhoto } from "./plus-entries.ts";
import "../chats/faces.css";

type Props = {
  readonly id: string;
  readonly onWrite: () => void;
  readonly onTalk: () => void;
};

export function ElderActions({ id, onWrite, onTalk }: Props) {
  return (
    <div class="elder-acts" data-testid="elder-acts">
      <Act icon={Keyboard} words={t("elder.write")} testId="elder-write" onPick={onWrite} />
      <Act icon={Mic} words={t("voice.tap")} testId="elder-talk" main onPick={onTalk} />
      <Act icon={Camera} words={t("plus.photo")} testId="elder-photo" onPick={() => pickPhoto(id)} />
    </div>
  );
}

type ActProps = {
  readonly icon: IconNode;
  readonly words: string;
  readonly testId: string;
  readonly main?: true;
  readonly onPick: () => void;
};

function Act({ icon, words, testId, main, onPick }: ActProps) {
  return (
    <button type="button" class={`elder-act ${main === true ? "main" : ""}`} data-testid={testId} onClick={onPick}>
      <Icon of={icon} />
      <span>{words}</span>
    </button>
  );
}
