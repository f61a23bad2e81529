/**
 * What a voice message says, written down by the browser on this device (README.md WE58). A browser that would send the
 * sound to somebody else's computer is never asked: the interface promises that with `processLocally`, and says before
 * whether it can. Nothing is fetched for it.
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

/** As browsers name the languages. */
const tags: Record<Locale, string> = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };
/** After the last sound a recogniser may still be at work. */
const restMs = 800;
const waitMsMax = 30_000;

const able = signal<ReadonlyMap<Locale, boolean>>(new Map());
const asked = new Set<Locale>();

type Browser = {
  readonly SpeechRecognition?: RecognitionClass;
  readonly navigator: { readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] } };
};
/**
 * What recognises comes with these from their makers. Chromium built without it (156, Debian) ends the page at the
 * question whether it is there.
 */
const brands = ["Google Chrome", "Microsoft Edge"];

function recogniser(): RecognitionClass | undefined {
  const { SpeechRecognition, navigator } = globalThis as unknown as Browser;
  if (navigator.userAgentData?.brands.some(({ brand }) => brands.includes(brand)) !== true) return undefined;
  const isLocal = SpeechRecognition !== undefined && "processLocally" in SpeechRecognition.prototype;
  return isLocal ? SpeechRecognition : undefined;
}

/**
 * Whether the browser has the language here. Components that read it while drawing follow it; false until it has said
 * so.
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

/** What was written down, or that it is under way. In memory alone: it goes with the page. */
export const spoken = signal<ReadonlyMap<string, string | "working">>(new Map());

export function putAway(id: string): void {
  const rest = new Map(spoken.peek());
  rest.delete(id);
  spoken.value = rest;
}

/** Rejects where it cannot be written down; an empty text is none. */
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

/** The sound runs into the recogniser, not out of the loudspeaker. */
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
