/** What an author says of a channel: its name, words, picture, and the homes that keep it too (CH63, CH74). */
import type { ChannelView } from "@yanshu/client";
import { Camera } from "lucide";
import { useRef, useState } from "preact/hooks";
import { squareOf } from "../../kit/face-picker.tsx";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { api, succeeds } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";

const [nameMax, aboutMax] = [64, 500];
const sidePx = 320;

export function Edit({ channel, onClose }: { readonly channel: ChannelView; readonly onClose: () => void }) {
  const [name, setName] = useState(channel.name);
  const [about, setAbout] = useState(channel.about);
  const [mirrors, setMirrors] = useState(channel.mirrors.join("\n"));
  const [picture, setPicture] = useState<Uint8Array<ArrayBuffer>>();
  const input = useRef<HTMLInputElement>(null);
  const keep = async () => {
    const change = {
      name,
      about,
      mirrors: mirrors.split(/[\s,，、]+/).filter((one) => one !== ""),
      ...(picture && {
        picture: { source: new Blob([picture]), mime: "image/jpeg" as const, width: sidePx, height: sidePx },
      }),
    };
    if (await succeeds(() => api.setChannelProfile(channel.id, change))) onClose();
  };
  return (
    <FormSheet
      title={t("ch.edit")}
      class="ch-edit"
      testId="channel-edit"
      action={t("ch.editKeep")}
      actionTestId="channel-edit-keep"
      isReady={name.trim() !== ""}
      onSubmit={() => void keep()}
      onClose={onClose}
    >
      <label>
        {t("ch.editName")}
        <input
          class="field-box"
          maxLength={nameMax}
          defaultValue={name}
          autocomplete="off"
          data-testid="channel-edit-name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {t("ch.editAbout")}
        <textarea
          class="field-box"
          rows={3}
          maxLength={aboutMax}
          defaultValue={about}
          data-testid="channel-edit-about"
          onInput={(event) => setAbout(event.currentTarget.value)}
        />
      </label>
      <label>
        {t("ch.editMirrors")}
        <textarea
          class="field-box"
          rows={2}
          defaultValue={mirrors}
          placeholder="mirror.example"
          data-testid="channel-edit-mirrors"
          onInput={(event) => setMirrors(event.currentTarget.value)}
        />
      </label>
      <p class="ch-quiet-note">{t("ch.editMirrorsNote")}</p>
      <button type="button" class="btn line" onClick={() => input.current?.click()}>
        <Icon of={Camera} size="s" />
        {t(picture === undefined ? "ch.editPicture" : "ch.editPictureChosen")}
      </button>
      <PictureInput
        input={input}
        testId="channel-edit-picture"
        onFile={(file) => void squareOf(file).then((one) => one !== undefined && setPicture(one))}
      />
    </FormSheet>
  );
}
