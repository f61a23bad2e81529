/**
 * Sends picked, dropped or pasted files: pictures through their preview, videos and other files through a sheet.
 */

import { open, type Picked } from "../../kit/pictures/shrink.ts";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";
import { preview } from "./preview.tsx";
import { askReady } from "./ready-sheet.tsx";

const picturesMax = 99;

/** @param asFiles sends pictures and videos, too, as unchanged files. */
export async function sendPicked(chat: string, files: readonly File[], asFiles: boolean): Promise<void> {
  const pictures: Picked[] = [];
  const others: File[] = [];
  for (const file of files) {
    const isPicture = !asFiles && file.type.startsWith("image/") && file.type !== "image/svg+xml";
    const picked = isPicture && pictures.length < picturesMax ? await open(file) : undefined;
    if (picked !== undefined) pictures.push(picked);
    else if (isPicture && pictures.length >= picturesMax) toast(t("photo.tooMany", { n: picturesMax }));
    else others.push(file);
  }
  if (pictures.length > 0) preview(chat, pictures);
  if (others.length > 0)
    askReady(
      chat,
      others.map((file) => ({ file, isFilm: !asFiles && file.type.startsWith("video/") })),
    );
}
