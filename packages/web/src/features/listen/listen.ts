/**
 * Reading aloud with the voices of this device (WE17). A voice that is not local would send the message to somebody
 * else's computer: it is never used, and where no local voice knows the language nothing is offered.
 */
import { computed, signal } from "@preact/signals";

const voices = signal<readonly SpeechSynthesisVoice[]>([]);
/** Which message is being read. */
export const reading = signal<string | undefined>(undefined);

const synthesis = (): SpeechSynthesis | undefined => globalThis.speechSynthesis;

/** Updates the voices: browsers list them late, and again after a language was installed. */
function look(): void {
  voices.value = (synthesis()?.getVoices() ?? []).filter(({ localService }) => localService);
}
look();
synthesis()?.addEventListener?.("voiceschanged", look);
addEventListener("pagehide", () => synthesis()?.cancel());

/** Forgotten whenever the voices change. */
const byLanguage = computed(() => {
  void voices.value;
  return new Map<string, SpeechSynthesisVoice | undefined>();
});

/** The voice for a language; Traditional is read as in Taiwan or Hong Kong where there is such a voice. */
function voiceFor(lang: string): SpeechSynthesisVoice | undefined {
  const known = byLanguage.value;
  const all = voices.value;
  if (!known.has(lang)) {
    const places: Record<string, readonly string[]> = {
      "zh-Hant": ["zh-tw", "zh-hk", "yue"],
      "zh-Hans": ["zh-cn", "cmn-hans"],
      zh: ["zh-cn", "cmn"],
    };
    const of = (start: string) => all.find((one) => one.lang.toLowerCase().replaceAll("_", "-").startsWith(start));
    const wanted = [...(places[lang] ?? []), ...(lang.startsWith("zh") ? ["zh", "cmn"] : []), lang.toLowerCase()];
    known.set(
      lang,
      wanted.map(of).find((one) => one !== undefined),
    );
  }
  return known.get(lang);
}

export function mayListen(lang: string): boolean {
  return voiceFor(lang) !== undefined;
}

/** Reads `text`, or stops when it is being read already. */
export function listen(id: string, text: string, lang: string): void {
  const speaker = synthesis();
  const voice = voiceFor(lang);
  if (speaker === undefined || voice === undefined) return;
  const isStop = reading.peek() === id;
  reading.value = undefined;
  speaker.cancel();
  if (isStop) return;
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice;
  said.lang = voice.lang;
  said.rate = 0.9; // A little slower than the system thinks: it is read to be understood.
  const done = () => {
    if (reading.peek() === id) reading.value = undefined;
  };
  said.addEventListener("end", done);
  said.addEventListener("error", done);
  reading.value = id;
  speaker.speak(said);
}
