/**
 * Buttons for a new post: a tap opens a sheet with the choice of pictures, video or text; a long press begins a post of
 * text only.
 */
import { Camera, FilePen, ImagePlus, PencilLine } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useLongPress } from "../../shell/long-press.ts";
import { go } from "../../shell/router.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";
import { addFiles, draft, isBlank, loaded } from "./draft.ts";

const kinds = "image/*,video/*";

function wordsAlone(): void {
  go({ name: "moments-new" });
}

export function NewPostButton() {
  const [isOpen, setOpen] = useState(false);
  const press = useLongPress(wordsAlone);
  return (
    <>
      <button
        type="button"
        class="ib"
        aria-label={t("moments.compose")}
        title={t("moments.composeHint")}
        aria-haspopup="dialog"
        data-testid="moments-new"
        {...press}
        onClick={() => setOpen(true)}
      >
        <Icon of={Camera} />
      </button>
      {isOpen && <NewPostSheet onClose={() => setOpen(false)} />}
    </>
  );
}

/** In elder mode: one wide button at the foot, with a label. */
export function BigNewPost() {
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="mo-big-new surface">
      <button type="button" class="btn fill" data-testid="moments-new" onClick={() => setOpen(true)}>
        <Icon of={Camera} />
        {t("moments.first")}
      </button>
      {isOpen && <NewPostSheet onClose={() => setOpen(false)} />}
    </div>
  );
}

export function NewPostSheet({ onClose }: { readonly onClose: () => void }) {
  const pick = (capture?: "environment") => () => {
    onClose();
    chooseFiles(
      kinds,
      (files) => {
        if (files.length === 0) return;
        wordsAlone();
        void addFiles(files);
      },
      capture,
    );
  };
  useEffect(() => void loaded(), []);
  return (
    <Sheet title={t("moments.compose")} onClose={onClose} testId="moments-pick">
      <h2 class="sheet-title">{t("moments.compose")}</h2>
      {!isBlank(draft.value) && (
        <SettingButton
          icon={FilePen}
          label={t("moments.draftGo")}
          value={<span class="ell">{draft.value.text.trim()}</span>}
          testId="pick-draft"
          onClick={() => {
            onClose();
            wordsAlone();
          }}
        />
      )}
      <SettingButton icon={ImagePlus} label={t("moments.pickMedia")} testId="pick-media" onClick={pick()} />
      <SettingButton icon={Camera} label={t("moments.pickCamera")} testId="pick-camera" onClick={pick("environment")} />
      <SettingButton
        icon={PencilLine}
        label={t("moments.pickWords")}
        testId="pick-words"
        onClick={() => {
          onClose();
          wordsAlone();
        }}
      />
    </Sheet>
  );
}
