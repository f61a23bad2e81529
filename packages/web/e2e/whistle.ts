/**
 * A whistle, and an ear for it: what the evidence of calls listens for in packets (R1.7). Of what a decoder makes of
 * noise little lies at any one frequency; of a whistle that was not sealed nearly all does.
 */
import type { Page } from "@playwright/test";

/**
 * The page's microphone whistles at 1,000 Hz in short and long notes, as loud as `window.whistle.volume` (of 1) says
 * when it is asked for.
 */
export async function whistles(page: Page, volume = 0.5): Promise<void> {
  await page.evaluate((loud) => {
    const whistle = { volume: loud };
    Object.assign(window, { whistle });
    navigator.mediaDevices.getUserMedia = async () => {
      const audio = new AudioContext();
      const [note, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
      note.frequency.value = 1_000;
      for (let at = 0; at < 120; at += 1) {
        volume.gain.setValueAtTime(whistle.volume, audio.currentTime + at);
        volume.gain.setValueAtTime(whistle.volume / 25, audio.currentTime + at + (at % 2 === 0 ? 0.8 : 0.3));
      }
      note.connect(volume).connect(out);
      note.start();
      await audio.resume();
      return out.stream;
    };
  }, volume);
}

/**
 * How much of the energy of what an Opus decoder makes of these packets lies at 1,000 Hz, and how many seconds it
 * makes of them. The page lends its decoder.
 */
export async function ear(
  page: Page,
  heard: readonly (readonly number[])[],
): Promise<{ readonly share: number; readonly seconds: number }> {
  return page.evaluate(async (packets) => {
    const blocks: Float32Array[] = [];
    const fresh = () => {
      const made = new AudioDecoder({
        output: (data) => {
          const block = new Float32Array(data.numberOfFrames);
          data.copyTo(block, { planeIndex: 0, format: "f32-planar" });
          blocks.push(block);
          data.close();
        },
        error: () => undefined, // Of what no encoder made.
      });
      made.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: 1 });
      return made;
    };
    let decoder = fresh();
    for (const [i, packet] of packets.entries()) {
      if (decoder.state === "closed") decoder = fresh();
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: i * 20_000, data: Uint8Array.from(packet) }));
      if (i % 8 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    if (decoder.state !== "closed") await decoder.flush().catch(() => undefined);
    const all = blocks.reduce((sum, block) => sum + block.length, 0);
    const sound = new Float32Array(all);
    let at = 0;
    for (const block of blocks) {
      sound.set(block, at);
      at += block.length;
    }
    const size = 4_800;
    let [tone, energy] = [0, 0];
    for (let from = 0; from + size <= all; from += size) {
      for (let i = 0; i < size; i++) energy += (sound[from + i] as number) ** 2;
      for (const hertz of [990, 1_000, 1_010]) {
        let [re, im] = [0, 0];
        for (let i = 0; i < size; i++) {
          const angle = (2 * Math.PI * hertz * i) / 48_000;
          re += (sound[from + i] as number) * Math.cos(angle);
          im -= (sound[from + i] as number) * Math.sin(angle);
        }
        tone += (2 * (re * re + im * im)) / size;
      }
    }
    return { share: energy > 0 ? tone / energy : 0, seconds: all / 48_000 };
  }, heard);
}
