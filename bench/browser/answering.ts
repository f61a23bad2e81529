/**
 * Answering: how long it takes from the tap on “answer” until each of the two hears the other, in the real app, with
 * Chromium's own microphone that whistles without a pause (FEATURES §1d, docs/spec/calls.md CA28); and how much of the
 * voice the browser makes up where the network loses a fifth of it, with what the app does about it (CA125) and
 * without.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFolder } from "../folder.ts";
import { openWeather, type Weather, type WeatherPort } from "../load/weather.ts";
import { freePort } from "../ports.ts";
import { here, type Tab } from "./chromium.ts";
import { ownLink } from "./friend.ts";
import { type Home, signUp, withHome } from "./long-chat.ts";

const sampleRate = 48_000;
/** The whistle's file, which Chromium plays again and again: whole periods, so that it never pauses. */
const whistle = { hertz: 1_000, seconds: 1 } as const;
/** Nobody answers sooner: by then the way is made, as far as it is made before the tap. */
const rungMs = 1_500;
const heardMsMax = 20_000;
const askedMax = 20;
const askAgainMs = 500;
/** A bad network: 20 % are lost, and a way there and back takes 80 ms. */
const bad: Weather = { loss: 0.2, roundTripMs: 80 };
/** The app has noticed by then, and asked for each piece twice. */
const noticedMs = 8_000;
const listenMs = 15_000;
/** By then the direct way was looked for (CA264), and not found. */
const settledMs = 4_000;

/** Before the app's own scripts: its ways are kept, and when it is tapped and something is heard. */
const ear = `
  globalThis.ways = [];
  const Own = RTCPeerConnection;
  // Through the weather, where there is one: by the relay alone, at its port. Plain: without what the app asks for.
  const through = (configuration) => globalThis.weather === undefined ? configuration : {
    ...configuration,
    iceTransportPolicy: "relay",
    iceServers: configuration.iceServers.map((one) => ({
      ...one,
      urls: one.urls.filter((url) => url.endsWith("=udp")).map(() => "turn:127.0.0.1:" + weather.port + "?transport=udp"),
    })),
  };
  const said = (one) => globalThis.weather?.plain !== true || one === undefined ? one : {
    type: one.type,
    sdp: one.sdp?.replace(/^a=rtcp-fb:\\d+ nack\\r?\\n(?=(?!m=video)[^]*m=video)/gm, ""),
  };
  globalThis.RTCPeerConnection = class extends Own {
    constructor(configuration) {
      super(through(configuration));
      ways.push(this);
      this.addEventListener("track", ({ track }) => {
        if (track.kind !== "audio") return;
        listen(track);
        track.addEventListener("unmute", () => step("first packet"), { once: true });
      });
      this.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.type === "relay") step("finds the relay");
      });
      for (const name of ["connectionstatechange", "signalingstatechange"])
        this.addEventListener(name, () => step(name === "signalingstatechange" ? this.signalingState : this.connectionState));
    }
    setConfiguration(configuration) {
      super.setConfiguration(through(configuration));
    }
    restartIce() {
      step("begins anew");
      super.restartIce();
    }
    setLocalDescription(one) {
      return super.setLocalDescription(said(one));
    }
    setRemoteDescription(one) {
      return super.setRemoteDescription(said(one));
    }
  };
  const prefer = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    if (globalThis.weather?.plain !== true) prefer.call(this, codecs);
  };
  const target = Object.getOwnPropertyDescriptor(RTCRtpReceiver.prototype, "jitterBufferTarget");
  if (target !== undefined)
    Object.defineProperty(RTCRtpReceiver.prototype, "jitterBufferTarget", {
      ...target,
      set(ms) {
        if (globalThis.weather?.plain !== true) target.set.call(this, ms);
      },
    });
  /** Of the samples that were played: all, and those that were made up. */
  globalThis.played = async () => {
    const sums = [0, 0];
    for (const way of ways)
      for (const one of (await way.getStats()).values())
        if (one.type === "inbound-rtp" && one.kind === "audio") {
          sums[0] += one.totalSamplesReceived ?? 0;
          sums[1] += one.concealedSamples ?? 0;
        }
    return sums;
  };
  // This machine's clock, which both browsers have.
  globalThis.nowMs = () => performance.timeOrigin + performance.now();
  // What happened when, so that a slow call tells what it waited for.
  globalThis.steps = [];
  const step = (name) => steps.push([name, nowMs()]);
  // What comes is switched on once somebody answered (CA211): on the caller's page, when the answer is known there.
  const enabled = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, "enabled");
  Object.defineProperty(MediaStreamTrack.prototype, "enabled", {
    ...enabled,
    set(on) {
      if (on && this.kind === "audio" && !enabled.get.call(this)) step("listens");
      enabled.set.call(this, on);
    },
  });
  const take = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (take !== undefined)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      step("asks");
      const stream = await take(wanted);
      step("microphone");
      return stream;
    };
  const replace = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = async function (track) {
    await replace.call(this, track);
    if (track?.kind === "audio") step("sends");
  };
  // Sound itself, as it is played: the browser's statistics are as old as 50 ms, and count loudness each 100 ms.
  let sound;
  const ears = [];
  globalThis.listen = (track) => {
    sound ??= new AudioContext({ latencyHint: "interactive" });
    const ear = new AnalyserNode(sound, { fftSize: 1024 });
    sound.createMediaStreamSource(new MediaStream([track])).connect(ear);
    ears.push(ear);
  };
  globalThis.heardAt = async (untilMs) => {
    const samples = new Float32Array(1024);
    let isPlayed = false;
    while (nowMs() < untilMs) {
      if (!isPlayed && ways.some((way) => way.getReceivers().some((one) => one.track.kind === "audio" && one.getSynchronizationSources().length > 0))) {
        isPlayed = true;
        step("plays");
      }
      for (const ear of ears) {
        ear.getFloatTimeDomainData(samples);
        if (samples.some((one) => Math.abs(one) > 0.01)) return nowMs();
      }
      await new Promise((go) => setTimeout(go, 2));
    }
    throw new Error("nothing is heard");
  };
  const voices = async () => {
    let sum = 0;
    for (const way of ways)
      for (const one of (await way.getStats()).values())
        if (one.type === "inbound-rtp" && one.kind === "audio") sum += one.packetsReceived ?? 0;
    return sum;
  };
  // After a cut: what was on its way by then is through soon.
  globalThis.backAt = async (untilMs) => {
    await new Promise((go) => setTimeout(go, 200));
    const before = await voices();
    while (nowMs() < untilMs) {
      if ((await voices()) > before + 2) return nowMs();
      await new Promise((go) => setTimeout(go, 10));
    }
    return untilMs;
  };
  globalThis.forget = () => {
    ways.length = 0;
    steps.length = 0;
    for (const ear of ears.splice(0)) ear.disconnect();
  };`;

/** Milliseconds after the tap, or after the network changed. */
export type Step = { readonly name: string; readonly ms: number };
/** Milliseconds until voice came again on both sides, and when what happened on the page of whom. */
export type Change = { readonly backMs: number; readonly steps: readonly Step[] };

export type Answering = {
  /** Milliseconds of each call until the later of the two heard the other. */
  readonly soundMs: readonly number[];
  /** Of each call, when what happened after the tap, on the page of whom. */
  readonly steps: readonly (readonly Step[])[];
  /** On a bad network, the share of the voice that was made up: by the app, and by the same without what it does. */
  readonly madeUp: { readonly own: number; readonly plain: number };
};

/** Seconds that are listened to on a bad network: whole, a moment which only shows that it runs, or not at all. */
export type Listening = "whole" | "moment" | "not";

export async function answersTake(times: number, listening: Listening): Promise<Answering> {
  const relayPort = freePort();
  const weather = await openWeather(relayPort);
  try {
    return await withWhistle(["--call-port", `${relayPort}`], (home) =>
      withTwo(home, (caller, called) => between(caller, called, times, listening, weather)),
    );
  } finally {
    weather.close();
  }
}

/** In browsers with a microphone that whistles. */
function withWhistle<T>(serverFlags: readonly string[], work: (home: Home) => Promise<T>): Promise<T> {
  return withFolder((folder) => {
    const file = join(folder, "whistle.wav");
    writeFileSync(file, whistled());
    const flags = [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
      "--autoplay-policy=no-user-gesture-required",
    ];
    return withHome(work, "asShipped", flags, serverFlags);
  });
}

/** Two people who are contacts, each in a browser of their own, with their chat open. */
async function withTwo<T>(home: Home, work: (caller: Tab, called: Tab) => Promise<T>): Promise<T> {
  const other = await home.newProfile();
  await signUp(other, home.invite, "Maya");
  const link = await ownLink(home);
  const [caller, called] = [await home.chromium.newTab(), await other.newTab()];
  for (const tab of [caller, called]) await tab.send("Page.addScriptToEvaluateOnNewDocument", { source: ear });
  // A page that is open from here on: nobody can ask a device that has not yet told how to write to it.
  await caller.open(`${home.origin}/contacts/requests`);
  await called.open(link);
  await asks(called);
  await caller.click("request-accept");
  for (const tab of [caller, called]) await tab.until(`${here("conversation")}?.dataset.state === "open"`);
  return work(caller, called);
}

async function between(
  caller: Tab,
  called: Tab,
  times: number,
  listening: Listening,
  weather: WeatherPort,
): Promise<Answering> {
  const soundMs: number[] = [];
  const steps: (readonly Step[])[] = [];
  for (let time = 0; time < times; time++) {
    const one = await call(caller, called);
    soundMs.push(one.soundMs);
    steps.push(one.steps);
  }
  const madeUp = { own: Number.NaN, plain: Number.NaN };
  if (listening === "not") return { soundMs, steps, madeUp };
  for (const which of ["own", "plain"] as const) {
    const of = { port: weather.port, plain: which === "plain" };
    for (const tab of [caller, called]) await tab.ask(`globalThis.weather = ${JSON.stringify(of)}`);
    madeUp[which] = await throughWeather(caller, called, weather, listening === "moment" ? 500 : 1);
  }
  return { soundMs, steps, madeUp };
}

/**
 * How long no voice comes where both are in another network from one moment on: milliseconds of each call until it
 * comes again on both sides, by a way that is made anew (CA127).
 */
export async function networksChange(times: number): Promise<readonly Change[]> {
  const relayPort = freePort();
  const weather = await openWeather(relayPort);
  try {
    return await withWhistle(["--call-port", `${relayPort}`], (home) =>
      withTwo(home, async (caller, called) => {
        for (const tab of [caller, called])
          await tab.ask(`globalThis.weather = ${JSON.stringify({ port: weather.port, plain: false })}`);
        const changes: Change[] = [];
        for (let time = 0; time < times; time++) changes.push(await change(caller, called, weather));
        return changes;
      }),
    );
  } finally {
    weather.close();
  }
}

async function ring(caller: Tab, called: Tab): Promise<void> {
  await caller.click("plus-open");
  await caller.click("plus-call-voice");
  await called.until(here("call-answer"));
}

async function change(caller: Tab, called: Tab, weather: WeatherPort): Promise<Change> {
  await ring(caller, called);
  await called.click("call-answer");
  for (const tab of [caller, called]) await tab.until(`${here("call-screen")}?.dataset.at === "talking"`);
  await Bun.sleep(settledMs);
  const cutMs = await caller.ask<number>("nowMs()");
  weather.moves();
  const back = await Promise.all([caller, called].map((tab) => tab.ask<number>(`backAt(${cutMs + heardMsMax})`)));
  const backMs = Math.max(...back) - cutMs;
  const steps = await stepsSince(caller, called, cutMs, backMs);
  await hangUp(caller, called);
  return { backMs, steps };
}

/** Taps again where the other's device had not yet told how to write to it. */
async function asks(tab: Tab): Promise<void> {
  const asked = `${here("conversation")} !== null`;
  for (let time = 1; time <= askedMax; time++) {
    await tab.click("send-request");
    await tab.until(`${asked} || ${here("send-request")}?.getAttribute("aria-busy") === "false"`);
    if (await tab.ask<boolean>(asked)) return;
    await Bun.sleep(askAgainMs);
  }
  throw new Error("nobody could be asked");
}

/** The share of the voice that was made up on both sides. @param faster so many times. */
async function throughWeather(caller: Tab, called: Tab, weather: WeatherPort, faster: number): Promise<number> {
  await ring(caller, called);
  await called.click("call-answer");
  await called.until(`${here("call-screen")}?.dataset.at === "talking"`);
  weather.is(bad);
  await Bun.sleep(noticedMs / faster);
  const played = async () => {
    const [one, other] = await Promise.all([caller, called].map((tab) => tab.ask<readonly number[]>("played()")));
    return [0, 1].map((at) => (one?.[at] ?? 0) + (other?.[at] ?? 0));
  };
  const [allBefore = 0, madeBefore = 0] = await played();
  await Bun.sleep(listenMs / faster);
  const [all = 0, made = 0] = await played();
  weather.is({ loss: 0, roundTripMs: 0 });
  await hangUp(caller, called);
  return (made - madeBefore) / Math.max(1, all - allBefore);
}

async function hangUp(caller: Tab, called: Tab): Promise<void> {
  await caller.click("call-hang-up");
  for (const tab of [caller, called]) {
    await tab.until(`${here("call-screen")} === null`);
    await tab.ask("forget()");
  }
}

async function call(caller: Tab, called: Tab): Promise<{ readonly soundMs: number; readonly steps: readonly Step[] }> {
  await ring(caller, called);
  await Bun.sleep(rungMs);
  const untilMs = `nowMs() + ${heardMsMax}`;
  const heard = caller.ask<number>(`heardAt(${untilMs})`);
  const [tappedMs, calledMs] = await called.ask<readonly [number, number]>(`(async () => {
    const tappedMs = nowMs();
    ${here("call-answer")}.click();
    return [tappedMs, await heardAt(${untilMs})];
  })()`);
  const callerMs = await heard;
  const soundMs = Math.max(callerMs, calledMs) - tappedMs;
  const steps = [
    { name: "caller hears", ms: callerMs - tappedMs },
    { name: "called hears", ms: calledMs - tappedMs },
    // Between the two nothing else is waited for: what comes later is of the direct way.
    ...(await stepsSince(caller, called, tappedMs, soundMs)),
  ];
  await hangUp(caller, called);
  return { soundMs, steps };
}

async function stepsSince(caller: Tab, called: Tab, sinceMs: number, forMs: number): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const [who, tab] of Object.entries({ caller, called }))
    for (const [name, atMs] of await tab.ask<readonly (readonly [string, number])[]>("steps"))
      if (atMs >= sinceMs && atMs <= sinceMs + forMs) steps.push({ name: `${who} ${name}`, ms: atMs - sinceMs });
  return steps;
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
