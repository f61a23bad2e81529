/** Ring tones by Web Audio, without a file. The autoplay policy may silence a page that was never tapped. */
type Tone = "in" | "out" | "waiting";

/** Notes in order: frequency in Hz (0: silence) and length in ms. */
const tunes: Readonly<Record<Tone, readonly (readonly [number, number])[]>> = {
  in: [
    [659, 220],
    [784, 220],
    [880, 420],
    [0, 1_400],
  ],
  out: [
    [425, 900],
    [0, 2_600],
  ],
  waiting: [
    [740, 160],
    [0, 3_800],
  ],
};

let playing: Tone | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let audio: AudioContext | undefined;

export function ringTone(tone: Tone | undefined): void {
  if (tone === playing) return;
  playing = tone;
  clearTimeout(timer);
  if (tone === undefined) {
    void audio?.suspend().catch(() => undefined);
    return;
  }
  audio ??= new AudioContext();
  void audio.resume().catch(() => undefined);
  play(tone);
}

function play(tone: Tone): void {
  if (audio === undefined || playing !== tone) return;
  let at = audio.currentTime;
  let ms = 0;
  for (const [hertz, lasts] of tunes[tone]) {
    if (hertz > 0) {
      const voice = audio.createOscillator();
      const volume = audio.createGain();
      voice.frequency.value = hertz;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + lasts / 1_000);
      voice.connect(volume).connect(audio.destination);
      voice.start(at);
      voice.stop(at + lasts / 1_000);
    }
    at += lasts / 1_000;
    ms += lasts;
  }
  timer = setTimeout(() => play(tone), ms);
}
