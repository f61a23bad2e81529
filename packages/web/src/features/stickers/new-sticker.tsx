/** A sticker of one's own picture: all of it or a square, and a name to find it by. */
import { useEffect, useState } from "preact/hooks";
import { type MessageId, t } from "../../locales/i18n.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { type Fit, keepImage } from "./make.ts";
import "./stickers.css";

export const nameMax = 20;
const fits: readonly (readonly [Fit, MessageId])[] = [
  ["square", "sticker.square"],
  ["whole", "sticker.whole"],
];

export function NewStickerSheet({ file, onClose }: { file: File; onClose: () => void }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  const [fit, setFit] = useState<Fit>("square");
  const [name, setName] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  const keep = () => {
    onClose();
    createImageBitmap(file).then(
      (image) => void keepImage(image, fit, name),
      () => toast(t("error.bad-picture")),
    );
  };
  return (
    <FormSheet
      title={t("sticker.new")}
      testId="sticker-sheet"
      action={t("sticker.addIt")}
      actionTestId="sticker-save"
      onSubmit={keep}
      onClose={onClose}
    >
      <div class="sticker-preview">{url !== undefined && <img class={fit} src={url} alt="" />}</div>
      <fieldset class="sticker-fits" aria-label={t("sticker.fit")}>
        {fits.map(([one, words]) => (
          <label key={one}>
            <input
              type="radio"
              name="fit"
              checked={fit === one}
              data-testid={`sticker-${one}`}
              onChange={() => setFit(one)}
            />
            {t(words)}
          </label>
        ))}
      </fieldset>
      <input
        class="line-field"
        aria-label={t("sticker.name")}
        placeholder={t("sticker.name")}
        maxLength={nameMax}
        autocomplete="off"
        data-testid="sticker-name"
        onInput={(event) => setName(event.currentTarget.value)}
      />
    </FormSheet>
  );
}
