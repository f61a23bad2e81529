/** What is put together before it is published: a film or pictures, of this page alone; a reload begins anew. */
import { signal } from "@preact/signals";
import { close as closePicture, open as openPicture, type Picked } from "../../kit/pictures/shrink.ts";
import { filmMsMax, picturesMax } from "./limits.ts";
import type { Cut, Opened } from "./studio.ts";

export type Draft =
  | {
      readonly kind: "film";
      readonly opened: Opened;
      readonly url: string;
      readonly cut: Cut;
      /** SRT, WebVTT, or lines that were typed. */
      readonly captions: string;
      readonly title: string;
    }
  | { readonly kind: "pictures"; readonly pictures: readonly Picked[]; readonly title: string };

export const draft = signal<Draft | undefined>(undefined);

export function change(part: Partial<Draft>): void {
  if (draft.value !== undefined) draft.value = { ...draft.value, ...part } as Draft;
}

export function throwAway(): void {
  const old = draft.value;
  draft.value = undefined;
  if (old?.kind === "film") {
    old.opened.close();
    URL.revokeObjectURL(old.url);
  }
  if (old?.kind === "pictures") for (const one of old.pictures) closePicture(one);
}

/** What is wrong with what was picked; undefined: it is taken. */
export async function take(files: readonly File[]): Promise<"too-short" | "unreadable" | undefined> {
  const film = files.find(({ type }) => type.startsWith("video/"));
  if (film !== undefined) {
    const { openFilm } = await import("./studio.ts");
    const opened = await openFilm(film);
    if (opened === undefined) return "unreadable";
    if (opened === "too-short") return opened;
    throwAway();
    const toMs = Math.min(opened.durationMs, filmMsMax);
    draft.value = {
      kind: "film",
      opened,
      url: URL.createObjectURL(film),
      cut: { fromMs: 0, toMs, coverMs: Math.min(500, toMs / 3) },
      captions: "",
      title: "",
    };
    return undefined;
  }
  const found = (await Promise.all(files.slice(0, picturesMax).map(openPicture))).flatMap((one) => one ?? []);
  if (found.length === 0) return "unreadable";
  throwAway();
  draft.value = { kind: "pictures", pictures: found, title: "" };
  return undefined;
}
