/** Devices: the microphone and the camera of this page, asked for within a tap and let go with the call. */
import { signal } from "@preact/signals";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";
import { denied, whyOf } from "./denied.tsx";

/** What is taken in just now. The tracks go on while they are muted, so that unmuting takes no time. */
export const local = signal<MediaStream | undefined>(undefined);
export const isMuted = signal(false);
export const facing = signal<"user" | "environment">("user");

const picture = () => ({ width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing.peek() });
const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Asks for them. False where there is no microphone: nobody is rung for a refusal. A camera that is not there leaves the voice.
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
  return true;
}

/** Turns the camera on, off, or round. Answers the track that is sent now. */
export async function setCamera(isOn: boolean): Promise<MediaStreamTrack | undefined> {
  const stream = local.peek();
  if (stream === undefined) return undefined;
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
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

export function releaseDevices(): void {
  for (const track of local.peek()?.getTracks() ?? []) track.stop();
  local.value = undefined;
}
