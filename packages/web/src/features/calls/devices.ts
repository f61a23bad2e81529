/**
 * Devices: the microphone and the camera of this page, asked for within a tap and let go with the call. One call has
 * them at a time; what a browser gives late, after that call, is switched off (docs/spec/calls.md CA148, CA149).
 */
import { signal } from "@preact/signals";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";
import { denied, whyOf } from "./denied.tsx";

/** What is taken in just now. The tracks go on while they are muted, so that unmuting takes no time. */
export const local = signal<MediaStream | undefined>(undefined);
export const isMuted = signal(false);
export const facing = signal<"user" | "environment">("user");
/** The picture that is sent is that of the screen. */
export const isSharing = signal(false);
/** Where voice may come out, once the browser tells; and which it does, empty as the system likes. */
export const speakers = signal<readonly { readonly id: string; readonly name: string }[]>([]);
export const speaker = signal("");
/** Whether there is another camera to turn to. */
export const hasTwoCameras = signal(false);
/** Its camera was on before the screen was shared. */
let hadCamera = false;
/** Told when another microphone, or no screen any more, is to be sent. */
const changed: (() => void)[] = [];
/** Counts what was taken: the number of the call that has the devices. */
let taken = 0;
/** Counts what was asked for in the place of the picture: the latest wish holds. */
let pictures = 0;

const picture = () => ({ width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing.peek() });
const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Asks for them, and switches off what they replace. Nobody is rung for a refusal. A camera that is not there leaves
 * the voice.
 * @param wanted what is tried once more, the chat where one writes instead, and whether the call that they are for is
 * still there once the browser gives them.
 * Returns what `releaseDevices` takes; undefined where there is no microphone, or no call any more.
 */
export async function takeDevices(
  withCamera: boolean,
  wanted: { readonly chat: string; readonly again: () => void; readonly isStill: () => boolean },
): Promise<number | undefined> {
  const { chat, again, isStill } = wanted;
  const before = taken;
  const asked = navigator.mediaDevices;
  const get = (video: boolean) => asked.getUserMedia({ audio: voice, video: video ? picture() : false });
  let stream: MediaStream;
  try {
    stream = await get(withCamera);
  } catch (first) {
    try {
      if (!withCamera || !isStill()) throw first;
      stream = await get(false);
      toast(t("call.noCamera"));
    } catch (error) {
      if (isStill()) denied.value = { chat, again, why: whyOf(error) };
      return undefined;
    }
  }
  // Another tap may have been quicker.
  if (before !== taken || !isStill()) {
    stop(stream);
    return undefined;
  }
  begin(stream);
  watchVoice();
  return taken;
}

/** Takes neither microphone nor camera, and asks for none: one listens. Returns what `releaseDevices` takes. */
export function takeNothing(): number {
  begin(new MediaStream());
  isMuted.value = true;
  return taken;
}

function begin(stream: MediaStream): void {
  stop(local.peek());
  taken++;
  local.value = stream;
  isSharing.value = false;
  hadCamera = false;
  isMuted.value = false;
  void lookAround();
}

export const hasVoice = (): boolean => (local.peek()?.getAudioTracks().length ?? 0) > 0;

/**
 * Who listened, or whose microphone was unplugged, wants to be heard: asked for now. Without a microphone nothing
 * changes, and a sheet says why.
 */
export async function takeVoice(chat: string): Promise<void> {
  const mine = taken;
  const isStill = () => mine === taken && local.peek() !== undefined && !hasVoice();
  if (!isStill()) return;
  let track: MediaStreamTrack | undefined;
  try {
    [track] = (await navigator.mediaDevices.getUserMedia({ audio: voice })).getAudioTracks();
  } catch (error) {
    if (isStill()) denied.value = { chat, again: () => void takeVoice(chat).then(tellChanged), why: whyOf(error) };
    return;
  }
  const stream = local.peek();
  if (track === undefined || stream === undefined || !isStill()) {
    track?.stop();
    return;
  }
  stream.addTrack(track);
  local.value = new MediaStream(stream.getTracks());
  isMuted.value = false;
  watchVoice();
  void lookAround();
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export function onDevices(told: () => void): void {
  changed.push(told);
  if (changed.length === 1) navigator.mediaDevices?.addEventListener?.("devicechange", () => void lookAround());
}

const tellChanged = () => {
  for (const told of changed) told();
};

/**
 * A microphone that is unplugged gives its place to another one; without any the call goes on, and the other hears
 * nothing.
 */
function watchVoice(): void {
  const track = local.peek()?.getAudioTracks()[0];
  track?.addEventListener("ended", () => void takeOtherVoice(track), { once: true });
}

async function takeOtherVoice(gone: MediaStreamTrack): Promise<void> {
  const mine = taken;
  const before = local.peek();
  if (before?.getAudioTracks()[0] !== gone) return;
  before.removeTrack(gone);
  let track: MediaStreamTrack | undefined;
  try {
    [track] = (await navigator.mediaDevices.getUserMedia({ audio: voice })).getAudioTracks();
  } catch {
    // There is none.
  }
  const stream = local.peek();
  if (mine !== taken || stream === undefined) {
    track?.stop();
    return;
  }
  if (track !== undefined) {
    track.enabled = !isMuted.peek();
    stream.addTrack(track);
  }
  toast(t(track === undefined ? "call.noMic" : "call.otherMic"));
  local.value = new MediaStream(stream.getTracks());
  watchVoice();
  tellChanged();
}

/** What else this device has to speak, hear and see with; browsers name cameras once they were allowed. */
async function lookAround(): Promise<void> {
  if (local.peek() === undefined) return;
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  hasTwoCameras.value = all.filter(({ kind }) => kind === "videoinput").length > 1;
  if (!("setSinkId" in HTMLMediaElement.prototype)) return;
  const found = all.filter(({ kind, deviceId, label }) => kind === "audiooutput" && deviceId !== "" && label !== "");
  speakers.value = found.map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  // The one that was chosen is gone: voice comes out as the system likes.
  if (!found.some(({ deviceId }) => deviceId === speaker.peek())) speaker.value = "";
}

export const mayShare = () => navigator.mediaDevices?.getDisplayMedia !== undefined;

/** Shares the screen in the place of the camera, until the person or the browser ends it. */
export async function setSharing(isOn: boolean): Promise<void> {
  if (local.peek() === undefined || isOn === isSharing.peek()) return;
  if (!isOn) {
    isSharing.value = false;
    await setCamera(hadCamera);
    return;
  }
  const isLatest = pictureWish();
  let track: MediaStreamTrack | undefined;
  try {
    [track] = (await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false })).getVideoTracks();
  } catch {
    return; // Who chose no screen shares none.
  }
  const stream = local.peek();
  if (track === undefined || stream === undefined || !isLatest()) {
    track?.stop();
    return;
  }
  hadCamera = hasPicture();
  dropPictures(stream);
  track.contentHint = "detail";
  stream.addTrack(track);
  isSharing.value = true;
  const shared = track;
  shared.addEventListener("ended", () => {
    if (!isSharing.peek() || local.peek()?.getVideoTracks()[0] !== shared) return;
    void setSharing(false).then(tellChanged);
  });
  local.value = new MediaStream(stream.getTracks());
}

function dropPictures(stream: MediaStream): void {
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
}

/** Whether the same call still has the devices, and nothing else was wished for in the place of its picture since. */
function pictureWish(): () => boolean {
  const mine = taken;
  const wish = ++pictures;
  return () => mine === taken && wish === pictures && local.peek() !== undefined;
}

/** Another camera of this device, where it has one. */
export async function flip(): Promise<void> {
  facing.value = facing.peek() === "user" ? "environment" : "user";
  await setCamera(true);
}

/** Whether a picture is taken in: of the camera, or of the screen. */
export const hasPicture = (): boolean => (local.peek()?.getVideoTracks().length ?? 0) > 0;

/** Turns the camera on or off. */
export async function setCamera(isOn: boolean): Promise<void> {
  const before = local.peek();
  if (before === undefined) return;
  const isLatest = pictureWish();
  isSharing.value = false;
  dropPictures(before);
  let track: MediaStreamTrack | undefined;
  let isRefused = false;
  if (isOn) {
    try {
      [track] = (await navigator.mediaDevices.getUserMedia({ video: picture() })).getVideoTracks();
    } catch {
      isRefused = true;
    }
  }
  const stream = local.peek();
  if (stream === undefined || !isLatest()) {
    track?.stop();
    return;
  }
  if (isRefused) toast(t("call.noCamera"));
  if (track !== undefined) stream.addTrack(track);
  local.value = new MediaStream(stream.getTracks());
  if (track !== undefined) void lookAround();
}

export function setMuted(muted: boolean): void {
  isMuted.value = muted;
  for (const track of local.peek()?.getAudioTracks() ?? []) track.enabled = !muted;
}

/** @param mine what `takeDevices` returned: where another call has them since, nothing is let go. */
export function releaseDevices(mine: number | undefined): void {
  if (mine !== taken || local.peek() === undefined) return;
  stop(local.peek());
  local.value = undefined;
  isSharing.value = false;
  hadCamera = false;
}
