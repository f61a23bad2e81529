/**
 * Answering: how long it takes from the tap on “answer” until each of the two hears the other, in the real app, with
 * Chromium's own microphone that whistles without a pause (FEATURES §1d, docs/spec/calls.md CA28).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFolder } from "../folder.ts";
import { here, type Tab } from "./chromium.ts";
import { ownLink } from "./friend.ts";
import { type Home, signUp, withHome } from "./long-chat.ts";

const sampleRate = 48_000;
/** The whistle's file, which Chromium plays again and again: whole periods, so that it never pauses. */
const whistle = { hertz: 1_000, seconds: 1 } as const;
/** Nobody answers sooner: by then the way is made, as far as it is made before the tap. */
const rungMs = 1_500;
const heardMsMax = 20_000;

/** Before the app's own scripts: its ways are kept, and when it is tapped and something is heard. */
const ear = `
  globalThis.ways = [];
  const Own = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Own {
    constructor(configuration) {
      super(configuration);
      ways.push(this);
    }
  };
  // This machine's clock, which both browsers have.
  globalThis.nowMs = () => performance.timeOrigin + performance.now();
  globalThis.heardAt = async (untilMs) => {
    while (nowMs() < untilMs) {
      for (const way of ways.filter(({ connectionState }) => connectionState === "connected"))
        for (const one of (await way.getStats()).values())
          if (one.type === "inbound-rtp" && one.kind === "audio" && one.totalAudioEnergy > 0.0001) return nowMs();
      await new Promise((go) => setTimeout(go, 2));
    }
    throw new Error("nothing is heard");
  };`;

/** Milliseconds of each call until the later of the two heard the other. */
export function answersTake(times: number): Promise<readonly number[]> {
  return withFolder((folder) => {
    const file = join(folder, "whistle.wav");
    writeFileSync(file, whistled());
    const flags = [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
      "--autoplay-policy=no-user-gesture-required",
    ];
    return withHome((home) => between(home, times), "asShipped", flags);
  });
}

async function between(home: Home, times: number): Promise<readonly number[]> {
  const other = await home.newProfile();
  await signUp(other, home.invite, "Maya");
  const link = await ownLink(home);
  const [caller, called] = [await home.chromium.newTab(), await other.newTab()];
  for (const tab of [caller, called]) await tab.send("Page.addScriptToEvaluateOnNewDocument", { source: ear });
  await called.open(link);
  await called.click("send-request");
  await caller.open(`${home.origin}/contacts/requests`);
  await caller.click("request-accept");
  for (const tab of [caller, called]) await tab.until(`${here("conversation")}?.dataset.state === "open"`);
  const took: number[] = [];
  for (let time = 0; time < times; time++) took.push(await call(caller, called));
  return took;
}

async function call(caller: Tab, called: Tab): Promise<number> {
  await caller.click("plus-open");
  await caller.click("plus-call-voice");
  await called.until(here("call-answer"));
  await Bun.sleep(rungMs);
  const untilMs = `nowMs() + ${heardMsMax}`;
  const heard = caller.ask<number>(`heardAt(${untilMs})`);
  const [tappedMs, calledMs] = await called.ask<readonly [number, number]>(`(async () => {
    const tappedMs = nowMs();
    ${here("call-answer")}.click();
    return [tappedMs, await heardAt(${untilMs})];
  })()`);
  const callerMs = await heard;
  await caller.click("call-hang-up");
  for (const tab of [caller, called]) {
    await tab.until(`${here("call-screen")} === null`);
    await tab.ask("ways.length = 0");
  }
  return Math.max(callerMs, calledMs) - tappedMs;
}

/** A file of one channel, 16 bits a sample (RIFF WAVE). */
function whistled(): Uint8Array {
  const samples = sampleRate * whistle.seconds;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(2 * sampleRate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++)
    file.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * whistle.hertz * i) / sampleRate)), 44 + 2 * i);
  return file;
}
