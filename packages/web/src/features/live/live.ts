/**
 * Live: the page's part of a Live (docs/spec/live.md CA175–CA177). For the broadcaster it captures camera and
 * microphone and encodes them; for a viewer it plays the received pieces. One page holds a Live.
 */
import { computed, effect, signal } from "@preact/signals";
import type { LiveView } from "@yanshu/client";
import { sendFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, CallError, peekView, succeeds } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import type { Encoding } from "./encode.ts";
import { canPlay, Player } from "./player.ts";

const host = crypto.randomUUID();
/** Limit in bytes of the recording in memory; after it, nothing more is recorded. */
const filmBytesMax = 350 << 20;

/** The stream that this page broadcasts. */
export const shown = signal<MediaStream | undefined>(undefined);
export const isMuted = signal(false);
export const isScreen = signal(false);
export const facing = signal<"user" | "environment">("user");
/** The autoplay policy allows no sound until the person taps. */
export const isSilent = signal(false);
/** Whether a worker encodes (CA237); undefined while nothing is encoded. */
export const encodesIn = signal<"worker" | "page" | undefined>(undefined);
/** The viewer asked for the small layer, to save data. */
export const isSpared = signal(false);

type Film = { readonly type: string; readonly parts: Uint8Array[] };

let encoding: Encoding | undefined;
let encodingN = 0;
let films: Film[] = [];
let filmBytes = 0;
let player: Player | undefined;
let toldOver = 0;
/** The client's view says that this page broadcasts. */
let isOnAir = false;
/** The person ended the Live here; the code that ends it also asks about the recording. */
let isEnding = false;

export const areThere = computed(() => peekView("live").value?.areThere === true);
const view = (): LiveView | undefined => peekView("live").peek();
export const isHere = (one: { readonly host: string }): boolean => one.host === host;

/** Whether home and browser can broadcast. Reads signals while rendering. */
export function canShow(): boolean {
  const hasEncoder = "VideoEncoder" in globalThis && "MediaStreamTrackProcessor" in globalThis;
  return areThere.value && navigator.mediaDevices !== undefined && hasEncoder;
}

const isBusy = (): boolean =>
  view()?.showing !== undefined ||
  view()?.watching !== undefined ||
  peekView("groupCalls").peek()?.now !== undefined ||
  (peekView("calls").peek()?.now !== undefined && peekView("calls").peek()?.now?.at !== "ringing");

const picture = () => ({ width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing.peek() });
const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export async function startLive(chat: string): Promise<void> {
  if (!canShow()) return toast(t("live.cannotShow"));
  if (isBusy()) return toast(t("live.busy"));
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: voice, video: picture() });
  } catch {
    return toast(t("live.noDevices"));
  }
  if (shown.peek() !== undefined || isBusy()) return stop(stream);
  shown.value = stream;
  isMuted.value = false;
  isScreen.value = false;
  films = [];
  filmBytes = 0;
  if (!(await succeeds(() => api.startLive(chat, "", host)))) return letGo();
  await encodeAnew();
}

/** Starts encoding `shown`: at the beginning, and after each change of its picture. */
async function encodeAnew(): Promise<void> {
  const n = ++encodingN;
  const stream = shown.peek();
  encoding?.stop();
  encoding = undefined;
  encodesIn.value = undefined;
  if (stream === undefined) return;
  const failed = () => {
    if (n !== encodingN) return;
    encodingN++;
    toast(t("live.cannot"));
    void endLive();
  };
  try {
    const { encode } = await import("./encode.ts");
    const begun = await encode(stream, {
      head: (layer, type, bytes) => {
        const live = view()?.showing?.live;
        if (n !== encodingN || live === undefined) return;
        if (layer === 1) films.push({ type, parts: [bytes] });
        void api.showLiveHead(live, layer, type, bytes).catch(() => undefined);
      },
      piece: (layer, bytes) => {
        const live = view()?.showing?.live;
        if (n !== encodingN || live === undefined) return;
        if (layer === 1 && filmBytes + bytes.length <= filmBytesMax) {
          filmBytes += bytes.length;
          films.at(-1)?.parts.push(bytes);
        }
        void api.showLivePiece(live, layer, bytes).catch(() => undefined);
      },
      failed,
    });
    if (begun === undefined) failed();
    else if (n === encodingN) {
      encoding = begun;
      encodesIn.value = begun.isInWorker ? "worker" : "page";
    } else begun.stop();
  } catch {
    failed();
  }
}

export async function endLive(): Promise<void> {
  const chat = view()?.showing?.conversation;
  isEnding = true;
  await attempt(() => api.endLive());
  letGo();
  isEnding = false;
  if (chat !== undefined) await offerFilm(chat);
}

/** After the Live, asks the person whether to send the recording to the chat. No other copy exists. */
async function offerFilm(chat: string): Promise<void> {
  const kept = films.filter(({ parts }) => parts.length > 1);
  films = [];
  if (kept.length === 0) return;
  const isWanted = await confirm({
    title: t("live.keep.title"),
    note: t("live.keep.note"),
    action: t("live.keep.yes"),
  });
  if (!isWanted) return;
  const files = kept.map(({ type, parts }, n) => {
    const [kind = "video/mp4"] = type.split(";");
    return new File(parts as BlobPart[], `${t("live.keep.name", { n: n + 1 })}.mp4`, { type: kind });
  });
  await sendFiles(chat, files, false);
}

export function toggleMute(): void {
  isMuted.value = !isMuted.peek();
  for (const track of shown.peek()?.getAudioTracks() ?? []) track.enabled = !isMuted.peek();
}

export async function flip(): Promise<void> {
  const before = facing.peek();
  facing.value = before === "user" ? "environment" : "user";
  const isOther = await replacePicture(() => navigator.mediaDevices.getUserMedia({ video: picture() }), false);
  if (!isOther) facing.value = before;
}

export async function toggleScreen(): Promise<void> {
  if (isScreen.peek()) await replacePicture(() => navigator.mediaDevices.getUserMedia({ video: picture() }), false);
  else await replacePicture(() => navigator.mediaDevices.getDisplayMedia({ video: true }), true);
}

/** Replaces the picture; returns whether it did. A track that the browser gives after the Live is stopped. */
async function replacePicture(ask: () => Promise<MediaStream>, asScreen: boolean): Promise<boolean> {
  const live = view()?.showing?.live;
  let given: MediaStream;
  try {
    given = await ask();
  } catch {
    return false; // The person or the browser refused.
  }
  const before = shown.peek();
  const [track] = given.getVideoTracks();
  if (before === undefined || track === undefined || view()?.showing?.live !== live) {
    stop(given);
    return false;
  }
  for (const old of before.getVideoTracks()) old.stop();
  isScreen.value = asScreen;
  shown.value = new MediaStream([track, ...before.getAudioTracks()]);
  // The person ended sharing in the browser's bar. The camera is offered, not started without being asked.
  const stopped = () => {
    if (isScreen.peek() && shown.peek()?.getVideoTracks()[0] === track)
      toast(t("live.screenOver"), { label: t("live.camera"), run: () => void toggleScreen() });
  };
  if (asScreen) track.addEventListener("ended", stopped, { once: true });
  await encodeAnew();
  return true;
}

export async function watchLive(chat: string, live: string): Promise<void> {
  if (view()?.watching?.live === live) return;
  if (isBusy()) return toast(t("live.busy"));
  if (!canPlay()) return toast(t("live.cannotPlay"));
  isSpared.value = false;
  try {
    await api.watchLive(chat, live, host);
  } catch (error) {
    const isOver = error instanceof CallError && error.code === "unknown-message";
    toast(t(isOver ? "live.over" : "live.closed"));
  }
}

export function toggleSpared(live: string): void {
  isSpared.value = !isSpared.peek();
  void api.wantLiveLayer(live, isSpared.peek() ? 0 : 1).catch(() => undefined);
}

export const leaveLive = () => void attempt(() => api.leaveLive());

/** Plays the Live in this element. Returns a function that ends it. */
export function playIn(video: HTMLVideoElement, live: string): () => void {
  const made = new Player(video, () => {
    if (player !== made) return;
    toast(t("live.cannotPlay"));
    leaveLive();
  });
  player = made;
  video.muted = false;
  void takeAll(made, video, live);
  return () => {
    if (player === made) player = undefined;
    made.close();
  };
}

async function takeAll(made: Player, video: HTMLVideoElement, live: string): Promise<void> {
  while (player === made) {
    const pieces = await api.takeLive(live).catch(() => undefined);
    if (pieces === undefined || player !== made) return;
    made.take(pieces);
    // Without pieces yet, playing starts with the next ones.
    if (pieces.length > 0 && video.paused) void begin(video);
  }
}

async function begin(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch {
    if (!video.paused || video.muted) return;
    // The autoplay policy requires a tap for sound.
    isSilent.value = true;
    video.muted = true;
    await video.play().catch(() => undefined);
  }
}

export async function comment(text: string): Promise<boolean> {
  try {
    await api.commentLive(text);
    return true;
  } catch (error) {
    if (error instanceof CallError && error.code === "too-often") toast(t("live.tooSoon"));
    return false;
  }
}

export const heart = () => void api.heartLive(1).catch(() => undefined);

/** Connects this page to the Lives of the client. Called once, when the page starts. */
export function followLive(): void {
  effect(() => follow(peekView("live").value));
  addEventListener("online", () => void api.liveAgain().catch(() => undefined));
  addEventListener("beforeunload", (event) => {
    const showing = view()?.showing;
    if (showing !== undefined && isHere(showing)) event.preventDefault();
  });
}

function follow(live: LiveView | undefined): void {
  const { showing, over } = live ?? {};
  const wasOnAir = isOnAir;
  isOnAir = showing !== undefined && isHere(showing);
  // However the Live ended, camera and microphone are stopped.
  if (wasOnAir && !isOnAir) {
    letGo();
    if (!isEnding && over !== undefined) void offerFilm(over.conversation);
  }
  if (over === undefined || over.atMs === toldOver) return;
  toldOver = over.atMs;
  if (showing === undefined) letGo(); // The Live was refused at once, so it never was in the view.
  toast(t(`live.${over.as}`));
}

function letGo(): void {
  encodingN++;
  encoding?.stop();
  encoding = undefined;
  encodesIn.value = undefined;
  stop(shown.peek());
  shown.value = undefined;
  isScreen.value = false;
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
