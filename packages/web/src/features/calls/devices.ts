/** Devices: the microphone and the camera of this page, asked for within a tap and let go with the call. */
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
/** Its camera was on before the screen was shared. */
let hadCamera = false;
let changed: () => void = () => undefined;

const picture = () => ({ width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing.peek() });
const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Asks for them. False where there is no microphone: nobody is rung for a refusal. A camera that is not there leaves
 * the voice.
 * @param wanted what is tried once more, and the chat where one writes instead.
 */
export async function takeDevices(
  withCamera: boolean,
  wanted: { readonly chat: string; readonly again: () => void },
): Promise<boolean> {
  releaseDevices();
  const asked = navigator.mediaDevices;
  const get = (video: boolean) => asked.getUserMedia({ audio: voice, video: video ? picture() : false });
  try {
    local.value = await get(withCamera);
  } catch (first) {
    try {
      if (!withCamera) throw first;
      local.value = await get(false);
      toast(t("call.noCamera"));
    } catch (error) {
      denied.value = { ...wanted, why: whyOf(error) };
      return false;
    }
  }
  isMuted.value = false;
  watchVoice();
  void lookForSpeakers();
  return true;
}

/** Told when another microphone, or no screen any more, is to be sent. */
export function onDevices(told: () => void): void {
  changed = told;
  navigator.mediaDevices?.addEventListener?.("devicechange", () => void lookForSpeakers());
}

/**
 * A microphone that is unplugged gives its place to another one; without any the call goes on, and the other hears
 * nothing.
 */
function watchVoice(): void {
  const track = local.peek()?.getAudioTracks()[0];
  track?.addEventListener("ended", () => void takeOtherVoice(track), { once: true });
}

async function takeOtherVoice(gone: MediaStreamTrack): Promise<void> {
  const stream = local.peek();
  if (stream?.getAudioTracks()[0] !== gone) return;
  stream.removeTrack(gone);
  try {
    const [track] = (await navigator.mediaDevices.getUserMedia({ audio: voice })).getAudioTracks();
    if (track === undefined || local.peek() !== stream) {
      track?.stop();
      return;
    }
    track.enabled = !isMuted.peek();
    stream.addTrack(track);
    toast(t("call.otherMic"));
  } catch {
    toast(t("call.noMic"));
  }
  local.value = new MediaStream(stream.getTracks());
  watchVoice();
  changed();
}

async function lookForSpeakers(): Promise<void> {
  if (local.peek() === undefined || !("setSinkId" in HTMLMediaElement.prototype)) return;
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const found = all.filter(({ kind, deviceId, label }) => kind === "audiooutput" && deviceId !== "" && label !== "");
  speakers.value = found.map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  // The one that was chosen is gone: voice comes out as the system likes.
  if (!found.some(({ deviceId }) => deviceId === speaker.peek())) speaker.value = "";
}

export const mayShare = () => navigator.mediaDevices?.getDisplayMedia !== undefined;

/** Shares the screen in the place of the camera, until the person or the browser ends it. */
export async function setSharing(isOn: boolean): Promise<void> {
  const stream = local.peek();
  if (stream === undefined || isOn === isSharing.peek()) return;
  if (!isOn) {
    isSharing.value = false;
    await setCamera(hadCamera);
    return;
  }
  let track: MediaStreamTrack | undefined;
  try {
    [track] = (await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false })).getVideoTracks();
  } catch {
    return; // Who chose no screen shares none.
  }
  if (track === undefined || local.peek() === undefined) {
    track?.stop();
    return;
  }
  hadCamera = stream.getVideoTracks().length > 0;
  dropPictures(stream);
  track.contentHint = "detail";
  stream.addTrack(track);
  isSharing.value = true;
  const shared = track;
  shared.addEventListener("ended", () => {
    if (!isSharing.peek() || local.peek()?.getVideoTracks()[0] !== shared) return;
    void setSharing(false).then(changed);
  });
  local.value = new MediaStream(stream.getTracks());
}

function dropPictures(stream: MediaStream): void {
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
}

/** Turns the camera on, off, or round. Answers the track that is sent now. */
export async function setCamera(isOn: boolean): Promise<MediaStreamTrack | undefined> {
  const stream = local.peek();
  if (stream === undefined) return undefined;
  isSharing.value = false;
  dropPictures(stream);
  if (isOn) {
    try {
      const [track] = (await navigator.mediaDevices.getUserMedia({ video: picture() })).getVideoTracks();
      if (track !== undefined) stream.addTrack(track);
    } catch {
      toast(t("call.noCamera"));
    }
  }
  local.value = new MediaStream(stream.getTracks());
  return local.peek()?.getVideoTracks()[0];
}

export function setMuted(muted: boolean): void {
  isMuted.value = muted;
  for (const track of local.peek()?.getAudioTracks() ?? []) track.enabled = !muted;
}

let isHeld = false;

/** A group call has them: what ends between two lets nothing of it go. */
export function holdDevices(isTaken: boolean): void {
  isHeld = isTaken;
}

export function releaseDevices(): void {
  if (isHeld) return;
  for (const track of local.peek()?.getTracks() ?? []) track.stop();
  local.value = undefined;
  isSharing.value = false;
  hadCamera = false;
}
