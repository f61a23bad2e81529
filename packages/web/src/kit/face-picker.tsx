/**
 * Picks the person's avatar: the drawn one from the name, or a picture.
 */

import type { Face } from "@yanshu/client";
import { Camera } from "lucide";
import { useRef } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icon.tsx";
import { PictureInput } from "../shell/picture-input.tsx";
import { toast } from "../shell/toast.tsx";
import { pictureFrom } from "./picture.ts";

type FacePickerProps = {
  readonly face: Face;
  readonly onPick: (picture: Uint8Array | undefined) => void;
};

export function FacePicker({ face, onPick }: FacePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="face-picker">
      <button type="button" class="face-button" aria-label={t("name.picture")} onClick={() => input.current?.click()}>
        <Avatar face={face} size="xxl" />
        <span class="face-camera">
          <Icon of={Camera} size="s" />
        </span>
      </button>
      <PictureInput input={input} testId="picture-input" onFile={(file) => void choose(file, onPick)} />
      {face.picture !== undefined && (
        <button type="button" class="tb" onClick={() => onPick(undefined)}>
          {t("name.noPicture")}
        </button>
      )}
    </div>
  );
}

/** Has the person crop the picture: the square; undefined if they cancel, or where it is none, which is said. */
export async function squareOf(file: File): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const { askCrop } = await import("./crop.tsx");
    const square = await askCrop(file);
    if (square === undefined) return undefined;
    const picture = await pictureFrom(square);
    if (picture === undefined) throw new Error("the square could not be made small enough");
    return picture as Uint8Array<ArrayBuffer>;
  } catch {
    toast(t("picture.bad"));
    return undefined;
  }
}

async function choose(file: File, onPick: (picture: Uint8Array) => void): Promise<void> {
  const picture = await squareOf(file);
  if (picture !== undefined) onPick(picture);
}
