/** Sending what was picked, dropped or pasted: pictures over the preview, films as films, anything else as a file. */
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { preview } from "./preview.tsx";
import { open, type Picked } from "./shrink.ts";

const picturesMax = 99;

async function sendOne(chat: string, file: File, asFile: boolean): Promise<unknown> {
  if (!asFile && file.type.startsWith("video/")) {
    const { filmFrom } = await import("./film.ts");
    const film = await filmFrom(file);
    if (film !== undefined) return api.sendVideo(chat, film);
  }
  return api.sendFile(chat, { source: file, name: file.name, type: file.type });
}

/** @param asFiles sends pictures and films as they are, too. */
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
  for (const file of others) await attempt(() => sendOne(chat, file, asFiles));
}
