/**
 * The draft of a post: it survives going to other pages and restarts of the app, until it is posted or discarded. One
 * that was left to go on later is on all own devices (MO100): each page that opens it looks whether it changed there.
 */
import { signal } from "@preact/signals";
import type { MomentAudience, MomentDraft, MomentDraftView, MomentLink, PictureToSend } from "@yanshu/client";
import { blobOf } from "../../kit/bytes.ts";
import type { Film } from "../../kit/pictures/film.ts";
import { close, open, type Picked, previewsOf, toSend } from "../../kit/pictures/shrink.ts";
import { t } from "../../locales/i18n.ts";
import { api, errorCode } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

export const picturesMax = 20;
const filmMsMax = 60_000;
const keepPauseMs = 400;

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
/** A video is being remuxed, or pictures of the stored draft are being loaded. */
export const isReading = signal(false);
/** The text of the stored draft is loaded, if there was one. */
export const isHere = signal(false);
type Away = { readonly pictures: readonly string[]; readonly film?: string };
/**
 * Files of the stored draft that home does not give now, by handle: the draft keeps them, and is not posted without
 * them until its writer leaves them out. A home that says that they are gone may say so for a while only.
 */
const away = signal<Away>({ pictures: [] });
export const countAway = (): number => away.value.pictures.length + (away.value.film === undefined ? 0 : 1);
/** Counts what the person changed; `stored`: up to where the store has it; `stampMs`: of what it has. */
let changes = 0;
let stored = 0;
let stampMs = 0;

export function change(part: Partial<Draft>): void {
  changes++;
  draft.value = { ...draft.peek(), ...part };
  // Pictures take long to store, so that begins at once.
  if (part.pictures !== undefined || part.film !== undefined) void keepNow();
  else keepSoon();
}

export function isBlank({ text, pictures, film, place }: Draft): boolean {
  return text.trim() === "" && pictures.length === 0 && film === undefined && place === "" && countAway() === 0;
}

export function throwAway(): void {
  changes++;
  clear();
  void keepNow();
}

function clear(): void {
  const { pictures, film } = draft.peek();
  for (const one of pictures) close(one);
  if (film !== undefined) URL.revokeObjectURL(film.url);
  draft.value = blank;
  away.value = { pictures: [] };
}

/** Adds pictures after the present ones; or a video, which only a draft without pictures takes. */
export async function addFiles(files: readonly File[]): Promise<void> {
  await loaded();
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

/** The draft goes on without what cannot be had. */
export function leaveOutAway(): void {
  changes++;
  away.value = { pictures: [] };
  void keepNow();
}

/** Replaces a picture by the one that was drawn on, at the same position. */
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
  changes++;
  draft.value = rest;
  keepSoon();
}

/** The picture as it will be sent: made once, for the stored draft and for the post. */
function readyOf(one: Picked): Promise<PictureToSend> {
  const made = ready.get(one) ?? toSend(one, false);
  ready.set(one, made);
  return made;
}
const ready = new WeakMap<Picked, Promise<PictureToSend>>();
/** Handles of pictures and videos that the store has already. */
const kept = new WeakMap<Picked | Film, string>();

let timer: ReturnType<typeof setTimeout> | undefined;
let keeping: Promise<void> = Promise.resolve();

function keepSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void keepNow(), keepPauseMs);
}

/** Stores the draft; writes happen one after another, since each refers to files of the last. Never rejects. */
function keepNow(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  // After a failure the draft stays on the screen, and the next change tries again.
  keeping = keeping.then(keep).catch(() => undefined);
  return keeping;
}

async function keep(): Promise<void> {
  await loadedFirst();
  const now = draft.peek();
  const upTo = changes;
  if (isBlank(now)) {
    await api.keepMomentDraft(undefined);
    [stampMs, stored] = [0, upTo];
    return;
  }
  const { pictures } = now;
  const film = now.film?.made;
  const heldFilm = film === undefined ? away.peek().film : kept.get(film);
  const lacking = away.peek().pictures.map((held) => ({ kept: held }));
  const ready = pictures.map(async (one) => {
    const held = kept.get(one);
    return held === undefined ? await readyOf(one) : { kept: held };
  });
  try {
    const handles = await api.keepMomentDraft({
      ...wordsOf(now),
      pictures: [...(await Promise.all(ready)), ...lacking],
      ...(heldFilm === undefined ? film && { video: film } : { video: { kept: heldFilm } }),
    });
    ({ stampMs } = handles);
    stored = upTo;
    for (const [place, one] of pictures.entries()) kept.set(one, handles.pictures[place] ?? "");
    if (film !== undefined && handles.video !== undefined) kept.set(film, handles.video);
  } catch (error) {
    // Another window may have deleted the files: the next write stores them again.
    for (const one of [...pictures, ...(film ? [film] : [])]) kept.delete(one);
    throw error;
  }
}

/** The draft's fields without files. A link whose preview was removed has an empty title. */
function wordsOf({ text, place, link, audience, mentions }: Draft) {
  return {
    text,
    ...(place === "" ? {} : { place: { name: place } }),
    ...(link &&
      (link.isAway || link.title !== "") && { link: { url: link.url, title: link.isAway ? "" : link.title } }),
    audience,
    mentions,
  };
}

let loading: Promise<void> | undefined;
function loadedFirst(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  // Stores the last change before the page goes.
  addEventListener("pagehide", () => timer !== undefined && void keepNow());
  const held = await api.readMomentDraft().catch(() => undefined);
  isHere.value = true;
  if (held !== undefined && isBlank(draft.peek())) await show(held);
}

let looking: Promise<void> | undefined;
/** Resolves once the stored draft is loaded as it is now, on whichever own device it changed last. */
export function loaded(): Promise<void> {
  looking ??= lookAgain().finally(() => {
    looking = undefined;
  });
  return looking;
}

async function lookAgain(): Promise<void> {
  await loadedFirst();
  await (timer === undefined ? keeping : keepNow());
  const upTo = changes;
  if (stored !== upTo) return; // What the person just wrote counts.
  const held = await api.readMomentDraft().catch(() => undefined);
  if (((held?.stampMs ?? 0) === stampMs && countAway() === 0) || changes !== upTo) return;
  clear();
  stampMs = 0;
  if (held !== undefined) await show(held);
}

/** The person goes on later: on this device, or on another own one. */
export async function leaveDraft(): Promise<void> {
  await keepNow();
  await api.leaveMomentDraft().catch(() => undefined); // It stays on this device.
}

async function show(held: MomentDraftView): Promise<void> {
  const { text, place, link, audience, mentions = [] } = held;
  ({ stampMs } = held);
  draft.value = {
    ...blank,
    text,
    place: place?.name ?? "",
    ...(link && { link: { ...link, isAway: link.title === "" } }),
    audience,
    mentions,
  };
  isReading.value = true;
  await loadFiles(held).finally(() => {
    isReading.value = false;
  });
}

/** Loads the draft's files; those that cannot be had now are `away`. */
async function loadFiles({ pictures, video }: MomentDraftView): Promise<void> {
  for (const { file, type, ...shape } of pictures) {
    const source = await blobOf(file, type).catch(errorCode);
    if (typeof source === "string") away.value = { ...away.peek(), pictures: [...away.peek().pictures, file.handle] };
    const picked = source instanceof Blob ? await open(new File([source], "", { type })) : undefined;
    if (!(source instanceof Blob) || picked === undefined) continue;
    kept.set(picked, file.handle);
    ready.set(picked, Promise.resolve({ ...shape, source, type: type as PictureToSend["type"] }));
    draft.value = { ...draft.peek(), pictures: [...draft.peek().pictures, picked] };
  }
  const source = video && (await blobOf(video.file, video.type).catch(errorCode));
  if (video !== undefined && typeof source === "string") away.value = { ...away.peek(), film: video.file.handle };
  if (video === undefined || !(source instanceof Blob)) return;
  const { ms, width, height, placeholder, poster, type, file } = video;
  const made: Film = { source, type: type as Film["type"], ms, width, height, placeholder, poster };
  kept.set(made, file.handle);
  draft.value = { ...draft.peek(), film: { made, url: URL.createObjectURL(source) } };
}

/** The draft in the form of a post. @param isLinked the text contains the link of the preview. */
export async function toPost(now: Draft, isLinked: boolean): Promise<MomentDraft> {
  const { link, ...words } = wordsOf(now);
  return {
    ...words,
    isBegun: true,
    text: words.text.trim(),
    pictures: await Promise.all(now.pictures.map(readyOf)),
    ...(now.pictures.length > 0 && { previews: await previewsOf(now.pictures) }),
    ...(now.film === undefined ? {} : { video: now.film.made }),
    ...(isLinked && link && { link: { url: link.url, title: link.title.trim() } }),
  };
}
