/**
 * Speech recognition of voice messages on this device (README.md WE58). Only browsers with `processLocally` are used,
 * so that the sound is never sent to a server. No language model is downloaded for it.
 */
import { signal } from "@preact/signals";
import { type Locale, locale } from "../../locales/i18n.ts";

/** The part of the interface that is used: https://webaudio.github.io/web-speech-api. */
type Heard = { readonly resultIndex: number; readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }>> };
type Recognition = {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  onresult: ((event: Heard) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(track: MediaStreamTrack): void;
  stop(): void;
};
type RecognitionClass = {
  new (): Recognition;
  readonly prototype: object;
  available?(options: { readonly langs: readonly string[]; readonly processLocally: boolean }): Promise<string>;
};

/** BCP 47 tags. */
const tags: Record<Locale, string> = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };
/** How long to wait for more results after the sound has ended. */
const restMs = 800;
const waitMsMax = 30_000;

const able = signal<ReadonlyMap<Locale, boolean>>(new Map());
const asked = new Set<Locale>();

type Browser = {
  readonly SpeechRecognition?: RecognitionClass;
  readonly navigator: { readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] } };
};
/**
 * Browsers with a recognizer. A Chromium built without one (156, Debian) crashes the page at the question whether it is
 * available, so other brands are not asked.
 */
const brands = ["Google Chrome", "Microsoft Edge"];

function recogniser(): RecognitionClass | undefined {
  const { SpeechRecognition, navigator } = globalThis as unknown as Browser;
  if (navigator.userAgentData?.brands.some(({ brand }) => brands.includes(brand)) !== true) return undefined;
  const isLocal = SpeechRecognition !== undefined && "processLocally" in SpeechRecognition.prototype;
  return isLocal ? SpeechRecognition : undefined;
}

/**
 * Whether the browser can recognize the app's language on this device; false until it is known. Reads signals while
 * rendering.
 */
export function mayWriteDown(): boolean {
  const wanted = locale.value;
  if (!asked.has(wanted)) {
    asked.add(wanted);
    void look(wanted);
  }
  return able.value.get(wanted) === true;
}

async function look(wanted: Locale): Promise<void> {
  const options = { langs: [tags[wanted]], processLocally: true };
  const standing = await recogniser()
    ?.available?.(options)
    .catch(() => undefined);
  able.value = new Map(able.peek()).set(wanted, standing === "available");
}

/** Texts by message id, or `working`. Kept in memory only, until the page is closed. */
export const spoken = signal<ReadonlyMap<string, string | "working">>(new Map());

export function putAway(id: string): void {
  const rest = new Map(spoken.peek());
  rest.delete(id);
  spoken.value = rest;
}

/** Recognizes a voice message and puts its text into `spoken`. Rejects on failure, also when nothing was recognized. */
export async function writeDown(id: string, sound: Blob): Promise<void> {
  spoken.value = new Map(spoken.peek()).set(id, "working");
  try {
    const words = await recognised(await sound.arrayBuffer());
    if (words === "") throw new Error("nothing was understood");
    spoken.value = new Map(spoken.peek()).set(id, words);
  } catch (error) {
    putAway(id);
    throw error;
  }
}

/** Plays the sound into the recognizer, not to the loudspeaker, and returns the text. */
async function recognised(bytes: ArrayBuffer): Promise<string> {
  const Recogniser = recogniser();
  if (Recogniser === undefined) throw new Error("no recogniser on this device");
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(bytes);
    const source = new AudioBufferSourceNode(context, { buffer: sound });
    const sink = context.createMediaStreamDestination();
    source.connect(sink);
    const [track] = sink.stream.getAudioTracks();
    if (track === undefined) throw new Error("no sound");
    return await new Promise<string>((resolve, reject) => {
      const recognition = new Recogniser();
      recognition.lang = tags[locale.peek()];
      recognition.continuous = true;
      recognition.interimResults = false;
      recognition.processLocally = true;
      const parts: string[] = [];
      const late = setTimeout(() => recognition.stop(), sound.duration * 1_000 + waitMsMax);
      recognition.onresult = ({ resultIndex, results }) => {
        for (let at = resultIndex; at < results.length; at += 1) parts[at] = results[at]?.[0]?.transcript ?? "";
      };
      recognition.onerror = ({ error }) => reject(new Error(error));
      recognition.onend = () => {
        clearTimeout(late);
        resolve(parts.join("").trim());
      };
      source.onended = () => setTimeout(() => recognition.stop(), restMs);
      recognition.start(track);
      source.start();
    });
  } finally {
    void context.close();
  }
}
