/** The post that is being put together: it stays while one looks elsewhere, until it is posted or thrown away. */

import { signal } from "@preact/signals";
import type { MomentAudience, MomentLink } from "@yanshu/client";
import type { Film } from "../../kit/pictures/film.ts";
import { close, open, type Picked } from "../../kit/pictures/shrink.ts";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";

export const picturesMax = 20;
const filmMsMax = 60_000;

export type Draft = {
  readonly text: string;
  readonly pictures: readonly Picked[];
  /** In place of pictures. */
  readonly film?: { readonly made: Film; readonly url: string };
  readonly place: string;
  readonly link?: MomentLink & { readonly isAway: boolean };
  readonly audience: MomentAudience;
  readonly mentions: readonly string[];
};

const blank: Draft = { text: "", pictures: [], place: "", audience: { who: "all" }, mentions: [] };
export const draft = signal<Draft>(blank);
/** A film is being looked at and packed. */
export const isReading = signal(false);

export function change(part: Partial<Draft>): void {
  draft.value = { ...draft.peek(), ...part };
}

export function isBlank({ text, pictures, film, place }: Draft): boolean {
  return text.trim() === "" && pictures.length === 0 && film === undefined && place === "";
}

export function throwAway(): void {
  const { pictures, film } = draft.peek();
  for (const one of pictures) close(one);
  if (film !== undefined) URL.revokeObjectURL(film.url);
  draft.value = blank;
}

/** Pictures come behind those that are there; a film takes the place of all. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const film = files.find(({ type }) => type.startsWith("video/"));
  if (film !== undefined && draft.peek().pictures.length === 0) return addFilm(film);
  for (const file of files) {
    if (!file.type.startsWith("image/") || file.type === "image/svg+xml") continue;
    if (draft.peek().pictures.length >= picturesMax) return toast(t("moments.tooMany", { n: picturesMax }));
    const picked = await open(file);
    if (picked === undefined) toast(t("picture.bad"));
    else change({ pictures: [...draft.peek().pictures, picked] });
  }
}

async function addFilm(file: File): Promise<void> {
  isReading.value = true;
  try {
    const { filmFrom } = await import("../../kit/pictures/film.ts");
    const made = await filmFrom(file, { told: () => undefined, signal: new AbortController().signal });
    if (made === undefined) toast(t("moments.filmBad"));
    else if (made.ms > filmMsMax) toast(t("moments.filmLong"));
    else change({ film: { made, url: URL.createObjectURL(made.source) } });
  } finally {
    isReading.value = false;
  }
}

/** A picture that was drawn on stands where it stood. */
export function exchange(before: Picked, after: Picked): void {
  close(before);
  change({ pictures: draft.peek().pictures.map((one) => (one === before ? after : one)) });
}

export function takeOut(place: number): void {
  const { pictures } = draft.peek();
  const gone = pictures[place];
  if (gone === undefined) return;
  close(gone);
  change({ pictures: pictures.filter((one) => one !== gone) });
}

export function takeOutFilm(): void {
  const { film, ...rest } = draft.peek();
  if (film !== undefined) URL.revokeObjectURL(film.url);
  draft.value = rest;
}
