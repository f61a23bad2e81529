/**
 * Devices: the microphone and camera of this page, requested at a tap and stopped with the call. One call has them at a
 * time. Tracks that a browser gives only after their call is over are stopped (docs/spec/calls.md CA148, CA149).
 */
import { signal } from "@preact/signals";
import { t } from "../../locales/i18n.ts";
import { toast } from "../../shell/toast.tsx";
import { denied, whyOf } from "./denied.tsx";

/** The captured stream. Muted tracks keep running, so that unmuting is immediate. */
export const local = signal<MediaStream | undefined>(undefined);
export const isMuted = signal(false);
export const facing = signal<"user" | "environment">("user");
/** The picture that is sent is the screen's. */
export const isSharing = signal(false);
/** Audio outputs, once the browser lists them; and the id of the chosen one, empty for the system's default. */
export const speakers = signal<readonly { readonly id: string; readonly name: string }[]>([]);
export const speaker = signal("");
/** Whether there is another camera to switch to. */
export const hasTwoCameras = signal(false);
/** Whether the camera was on before the screen was shared. */
let hadCamera = false;
/** Called when the tracks to send change without a call of this page, such as after unplugging a microphone. */
const changed: (() => void)[] = [];
/** Incremented each time that a call takes the devices: the number of the call that has them. */
let taken = 0;
/** Incremented at each request for camera or screen: only the latest is carried out. */
let pictures = 0;

export const picture = () => ({ width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing.peek() });
const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Requests microphone and camera, and stops the tracks that they replace. Called before anybody is rung, so that a
 * refusal rings nobody. Without a camera only voice is taken.
 * @param wanted `again`: the retry; `chat`: where to write instead; `isStill`: whether the call still exists; `seen`:
 * the camera that is open already.
 * @returns the number for `releaseDevices`; undefined without a microphone, or when the call is over.
 */
export async function takeDevices(
  withCamera: boolean,
  wanted: {
    readonly chat: string;
    readonly again: () => void;
    readonly isStill: () => boolean;
    readonly seen?: MediaStreamTrack | undefined;
  },
): Promise<number | undefined> {
  const { chat, again, isStill, seen } = wanted;
  const before = taken;
  const asked = navigator.mediaDevices;
  const get = (video: boolean) => asked.getUserMedia({ audio: voice, video: video ? picture() : false });
  let stream: MediaStream;
  try {
    stream = await get(withCamera && seen === undefined);
  } catch (first) {
    try {
      if (!withCamera || seen !== undefined || !isStill()) throw first;
      stream = await get(false);
      toast(t("call.noCamera"));
    } catch (error) {
      seen?.stop();
      if (isStill()) denied.value = { chat, again, why: whyOf(error) };
      return undefined;
    }
  }
  if (seen !== undefined) stream.addTrack(seen);
  // Another tap may have taken the devices meanwhile.
  if (before !== taken || !isStill()) {
    stop(stream);
    return undefined;
  }
  begin(stream);
  watchVoice();
  return taken;
}

/**
 * Whether the browser will give a microphone without asking the person: it names one, which it does only where that was
 * allowed (W3C mediacapture-streams, `label`). So a call may be answered before the microphone is open (CA239).
 */
export async function willGiveVoice(): Promise<boolean> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return all.some(({ kind, label }) => kind === "audioinput" && label !== "");
}

/**
 * Opens the microphone, and then the camera, for a call that was answered already (CA239); `told` after each. Without
 * a microphone the call goes on in silence, and a sheet says why.
 */
export async function takeMeanwhile(chat: string, withCamera: boolean, told: () => void): Promise<void> {
  const mine = taken;
  await takeVoice(chat, true);
  if (mine !== taken || local.peek() === undefined) return;
  told();
  if (!withCamera || hasPicture()) return;
  await setCamera(true);
  told();
}

/** For listening only: requests no microphone and no camera. Returns the number for `releaseDevices`. */
export function takeNothing(): number {
  begin(new MediaStream());
  isMuted.value = true;
  return taken;
}

/** For `takeMeanwhile`, which opens them. @param seen as in `takeDevices`. Returns the number for `releaseDevices`. */
export function takeLater(seen: MediaStreamTrack | undefined): number {
  // The list of devices comes once they are open: the browser would make it first, and the microphone later.
  begin(new MediaStream(seen === undefined ? [] : [seen]), false);
  return taken;
}

function begin(stream: MediaStream, looks = true): void {
  stop(local.peek());
  taken++;
  local.value = stream;
  isSharing.value = false;
  hadCamera = false;
  isMuted.value = false;
  if (looks) void lookAround();
}

export const hasVoice = (): boolean => (local.peek()?.getAudioTracks().length ?? 0) > 0;

/**
 * Requests the microphone for a person who only listened, or whose microphone was unplugged. On failure nothing
 * changes, and a sheet says why.
 *
 * @param keepsMute a person who muted before the microphone was open stays muted.
 */
export async function takeVoice(chat: string, keepsMute = false): Promise<void> {
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
  if (!keepsMute) isMuted.value = false;
  track.enabled = !isMuted.peek();
  stream.addTrack(track);
  local.value = new MediaStream(stream.getTracks());
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
 * Replaces an unplugged microphone by another one. Without another, the call continues in silence.
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

/** Lists cameras and audio outputs. Browsers list them fully only after a permission. */
async function lookAround(): Promise<void> {
  if (local.peek() === undefined) return;
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  hasTwoCameras.value = all.filter(({ kind }) => kind === "videoinput").length > 1;
  if (!("setSinkId" in HTMLMediaElement.prototype)) return;
  const found = all.filter(({ kind, deviceId, label }) => kind === "audiooutput" && deviceId !== "" && label !== "");
  speakers.value = found.map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  // The chosen output is gone: back to the system's default.
  if (!found.some(({ deviceId }) => deviceId === speaker.peek())) speaker.value = "";
}

export const mayShare = () => navigator.mediaDevices?.getDisplayMedia !== undefined;

/** Shares the screen in place of the camera, until the person or the browser ends it. */
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
    return; // The person chose no screen.
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

/** Returns a test: the same call still has the devices, and no later request for camera or screen was made. */
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

/** Whether camera or screen is captured. */
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

/** Stops all tracks. @param mine the number from `takeDevices`: nothing stops if another call has the devices since. */
export function releaseDevices(mine: number | undefined): void {
  if (mine !== taken || local.peek() === undefined) return;
  stop(local.peek());
  local.value = undefined;
  isSharing.value = false;
  hadCamera = false;
}
