/** One call has the microphone at a time, and nothing stays on after it; the client's worker is played here. */
import { afterAll, afterEach, beforeAll, expect, setSystemTime, test } from "bun:test";
import { i18n } from "@lingui/core";
import { messages as en } from "../../locales/en.ts";

class Track extends EventTarget {
  readonly id = crypto.randomUUID();
  readonly kind: string;
  enabled = true;
  contentHint = "";
  readyState = "live";
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  stop() {
    this.readyState = "ended";
  }
}
class Stream {
  private tracks: Track[];
  constructor(tracks: Track[] = []) {
    this.tracks = [...tracks];
  }
  getTracks = () => [...this.tracks];
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === "audio");
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === "video");
  addTrack = (track: Track) => {
    this.tracks.push(track);
  };
  removeTrack = (track: Track) => {
    this.tracks = this.tracks.filter((one) => one !== track);
  };
}

const given: Track[] = [];
/** Kinds of what the device has. */
let plugged: readonly string[] = [];
/** What the browser asks the person; until it is answered nothing is given. */
let asking: Promise<void> = Promise.resolve();
/** Kinds that the browser cannot give, and why. */
const failing = new Map<string, string>();
async function give(...kinds: string[]) {
  await asking;
  for (const kind of kinds) if (failing.has(kind)) throw new DOMException("no", failing.get(kind));
  const tracks = kinds.map((kind) => new Track(kind));
  given.push(...tracks);
  return new Stream(tracks);
}
const live = () => given.filter(({ readyState }) => readyState === "live").map(({ kind }) => kind);
function ask(): () => void {
  let answer: () => void = () => undefined;
  asking = new Promise((resolve) => {
    answer = () => {
      asking = Promise.resolve();
      resolve();
    };
  });
  return answer;
}

/** Plays the client's worker, and every other. */
let line: FakeWorker | undefined;
const refused = new Set<string>();
const called: (readonly unknown[])[] = [];
const remember = (one: FakeWorker) => {
  line = one;
};
class FakeWorker extends EventTarget {
  readonly views = new Map<string, number>();
  constructor(_: unknown, options: { readonly name: string }) {
    super();
    if (options.name === "yanshu") remember(this);
  }
  postMessage(asked: { kind: string; id: number; method: string; name: string; args: unknown[] }) {
    if (asked.kind === "open") this.views.set(asked.name, asked.id);
    if (asked.kind !== "call") return;
    called.push([asked.method, ...asked.args]);
    const answer = refused.has(asked.method)
      ? { kind: "refusal", id: asked.id, code: "too-often" }
      : { kind: "answer", id: asked.id, value: "done" };
    queueMicrotask(() => this.tell(answer));
  }
  tell(data: unknown) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  terminate() {}
}
function show(name: "calls" | "groupCalls", value: object) {
  line?.tell({ kind: "view", id: line.views.get(name), value: { areThere: true, ...value } });
}
const settled = () => new Promise((resolve) => setTimeout(resolve));
const names = () => called.map(([name]) => name);

/** Tells the newest way of voice what the browser would. */
let tellWay: (name: string, event: object) => void = () => undefined;
let wayState = "new";
const element = { dataset: {}, style: {}, setAttribute() {}, append() {} };
const page = {
  Worker: FakeWorker,
  MediaStream: Stream,
  RTCRtpScriptTransform: class {},
  RTCPeerConnection: class {
    get connectionState() {
      return wayState;
    }
    signalingState = "stable";
    private readonly told = new Map<string, (event: object) => void>();
    constructor() {
      tellWay = (name, event) => this.told.get(name)?.(event);
    }
    addEventListener(name: string, run: (event: object) => void) {
      this.told.set(name, run);
    }
    addTransceiver() {}
    getTransceivers = () => [];
    getConfiguration = () => ({});
    setConfiguration() {}
    restartIce() {}
    createOffer = () => new Promise(() => undefined);
    close() {}
  },
  HTMLMediaElement: class {},
  matchMedia: () => ({ matches: false, addEventListener() {} }),
  document: {
    documentElement: element,
    visibilityState: "visible",
    addEventListener() {},
    querySelector: () => null,
    createElement: () => element,
  },
};
const before = new Map<string, PropertyDescriptor | undefined>();
const put = (on: object, name: string, value: unknown) => {
  if (!before.has(name)) before.set(name, Object.getOwnPropertyDescriptor(on, name));
  Object.defineProperty(on, name, { configurable: true, writable: true, value });
};

let devices: typeof import("./devices.ts");
let parts: typeof import("./parts.tsx");
let two: typeof import("./call.ts");
let group: typeof import("./group-call.ts");
let faults: typeof import("./faults.ts");
let preview: typeof import("./own-preview.tsx");
let said: () => string;

beforeAll(async () => {
  i18n.load("en", en);
  i18n.activate("en");
  for (const [name, value] of Object.entries(page)) put(globalThis, name, value);
  put(navigator, "languages", ["en"]);
  put(navigator, "mediaDevices", {
    addEventListener() {},
    enumerateDevices: async () => plugged.map((kind) => ({ kind, deviceId: kind, label: kind })),
    getUserMedia: ({ audio, video }: { audio?: unknown; video?: unknown }) =>
      give(...(audio ? ["audio"] : []), ...(video ? ["video"] : [])),
    getDisplayMedia: () => give("video"),
  });
  const session = await import("../../shell/session.ts");
  devices = await import("./devices.ts");
  parts = await import("./parts.tsx");
  two = await import("./call.ts");
  group = await import("./group-call.ts");
  faults = await import("./faults.ts");
  preview = await import("./own-preview.tsx");
  const { Toast } = await import("../../shell/toast.tsx");
  said = () => Bun.inspect(Toast());
  session.startSession();
  two.followCalls();
  group.followGroupCalls();
  show("groupCalls", { live: [] });
  show("calls", {});
});

afterEach(async () => {
  asking = Promise.resolve();
  show("groupCalls", { live: [] });
  show("calls", {});
  await settled();
  expect(live()).toEqual([]);
  expect(devices.local.peek()).toBeUndefined();
  given.length = 0;
  called.length = 0;
  refused.clear();
  failing.clear();
});

afterAll(() => {
  for (const [name, one] of before) {
    const on = name in page ? globalThis : navigator;
    if (one === undefined) Reflect.deleteProperty(on, name);
    else Object.defineProperty(on, name, one);
  }
});

const between = (call: string, at: string) => ({
  call,
  at,
  conversation: `chat of ${call}`,
  signals: [],
  host: at === "ringing" ? undefined : "another",
});

/** This device sits in a group's call. */
async function sit(): Promise<Track> {
  await group.joinGroupCall("family", "call of the family", "voice");
  const [, , host] = called.findLast(([name]) => name === "joinGroupCall") ?? [];
  show("groupCalls", { live: [], now: { call: "call of the family", host, people: [], answerN: 0, goneN: 0 } });
  await settled();
  return given.at(-1) as Track;
}

test("[CA148] who is called out of a group call rings nobody: what is shown as muted is what is sent", async () => {
  const voice = await sit();
  group.isGroupSmall.value = true;
  await two.startCall("ben", "voice");
  expect(names()).not.toContain("startCall");
  expect(group.isGroupSmall.peek()).toBe(false);
  expect(said()).toContain("call.already");
  expect(given).toEqual([voice]);
  await group.toggleGroupMute();
  expect([devices.isMuted.peek(), voice.enabled, voice.readyState]).toEqual([true, false, "live"]);
});

test("[CA148] a microphone that is replaced is switched off, and a refused call lets go of its own alone", async () => {
  const [first, second] = [await devices.takeDevices(false, wanted()), await devices.takeDevices(true, wanted())];
  expect(live()).toEqual(["audio", "video"]);
  devices.releaseDevices(first);
  expect(live()).toEqual(["audio", "video"]);
  devices.releaseDevices(second);
});

test("[CA148] a call of two that is answered out of a group call has a voice, and ends with every microphone off", async () => {
  const old = await sit();
  show("calls", { now: between("ben", "ringing") });
  await two.answerCall("ben", false);
  expect(old.readyState).toBe("ended");
  show("groupCalls", { live: [] });
  show("calls", { now: between("ben", "talking") });
  await settled();
  expect(
    devices.local
      .peek()
      ?.getAudioTracks()
      .map(({ readyState }) => readyState),
  ).toEqual(["live"]);
  expect(live()).toEqual(["audio"]);
});

test("[CA239] where the browser names a microphone a call is answered at the tap; it opens meanwhile, and a mute holds", async () => {
  plugged = ["audioinput"];
  show("calls", { now: between("ben", "ringing") });
  await settled();
  const answer = ask();
  await two.answerCall("ben", true);
  expect(names()).toContain("answerCall");
  expect(given).toEqual([]);
  show("calls", { now: between("ben", "joining") });
  devices.setMuted(true);
  answer();
  await settled();
  await settled();
  expect(live()).toEqual(["audio", "video"]);
  expect(given[0]?.enabled).toBe(false);
  devices.setMuted(false);
  expect(given[0]?.enabled).toBe(true);
  // Only once it is open the other is told what is sent.
  const [first] = called.filter(([name]) => name === "callSends");
  expect(first?.[2]).toMatchObject({ voice: false, picture: false });
});

test("[CA263] one's own camera opens by a tap while it rings, goes on in the answer, and ends with a ring that ends first", async () => {
  plugged = ["audioinput", "videoinput"];
  show("calls", { now: between("ben", "ringing") });
  await settled();
  expect(given).toEqual([]);
  await preview.openPreview();
  expect(live()).toEqual(["video"]);
  await two.answerCall("ben", true);
  await settled();
  expect([live(), given.length]).toEqual([["video", "audio"], 2]);
  show("calls", {});
  await settled();
  // A camera that is given after the ring is closed at once.
  const answer = ask();
  const opening = preview.openPreview();
  preview.closePreview();
  answer();
  await opening;
  expect(live()).toEqual([]);
});

test("[CA263] an answer without a microphone, or without the picture, leaves no camera on", async () => {
  plugged = [];
  failing.set("audio", "NotAllowedError");
  show("calls", { now: between("ben", "ringing") });
  await preview.openPreview();
  await two.answerCall("ben", true);
  expect([names().includes("answerCall"), live()]).toEqual([false, []]);
  failing.clear();
  await preview.openPreview();
  await two.answerCall("ben", false);
  expect(live()).toEqual(["video", "audio"]);
  preview.closePreview(); // As the screen does when the ring is over.
  expect(live()).toEqual(["audio"]);
  const { denied } = await import("./denied.tsx");
  denied.value = undefined;
});

test("[CA264] the direct way is looked for a second after two talk, and not for a call that is over by then", async () => {
  const waits: (() => void)[] = [];
  const policies: unknown[] = [];
  const [wait, connection] = [globalThis.setTimeout, globalThis.RTCPeerConnection];
  put(
    globalThis,
    "RTCPeerConnection",
    class {
      connectionState = "connected";
      signalingState = "stable";
      addEventListener() {}
      addTransceiver() {}
      getTransceivers = () => [];
      getConfiguration = () => ({});
      setConfiguration = ({ iceTransportPolicy }: { readonly iceTransportPolicy: string }) =>
        policies.push(iceTransportPolicy);
      restartIce() {}
      createOffer = () => new Promise(() => undefined);
      close() {}
    },
  );
  globalThis.setTimeout = ((work: () => void, ms?: number) =>
    ms === 1_000 ? waits.push(work) : wait(work, ms)) as typeof setTimeout;
  const relay = { host: "home", port: 1, username: "one", credential: "c" };
  const talks = async (chat: string) => {
    await two.startCall(chat, "voice");
    const host = called.findLast(([name]) => name === "startCall")?.[3];
    const more = { host, other: "device", isOutgoing: false, isIn: true, relay, relayOnly: false };
    show("calls", { now: { ...between(chat, "talking"), ...more } });
    await settled();
  };
  try {
    await talks("ben");
    show("calls", {});
    await talks("maya");
    expect([waits.length, policies]).toEqual([2, []]);
    for (const work of waits.splice(0)) work();
    expect(policies).toEqual(["all"]);
  } finally {
    globalThis.setTimeout = wait;
    globalThis.RTCPeerConnection = connection;
  }
});

test("[CA266] while an answer's microphone opens the call is drawn as it rang, at most for a moment, and not beyond its end", async () => {
  plugged = ["audioinput"];
  const waits: (() => void)[] = [];
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = ((work: () => void, ms?: number) =>
    ms === 150 ? waits.push(work) : wait(work, ms)) as typeof setTimeout;
  const drawn = () => two.held.peek()?.now?.at;
  try {
    for (const ends of ["opens", "takes long", "is over"]) {
      show("calls", { now: between(ends, "ringing") });
      await settled();
      const answer = ask();
      await two.answerCall(ends, false);
      show("calls", { now: between(ends, "joining") });
      await two.answerCall(ends, false); // Of a second tap nothing comes.
      expect([ends, drawn(), names().filter((name) => name === "answerCall").length]).toEqual([ends, "ringing", 1]);
      called.length = 0;
      if (ends === "takes long") waits.at(-1)?.();
      if (ends === "is over") show("calls", {});
      if (ends === "opens") answer();
      await settled();
      await settled();
      expect([ends, drawn()]).toEqual([ends, undefined]);
      answer();
      show("calls", {});
      await settled();
    }
  } finally {
    globalThis.setTimeout = wait;
  }
});

test("[CA239] where it turns out that there is no microphone the call goes on, and the person reads why", async () => {
  const { denied } = await import("./denied.tsx");
  plugged = ["audioinput"];
  failing.set("audio", "NotFoundError");
  show("calls", { now: between("ben", "ringing") });
  await settled();
  await two.answerCall("ben", false);
  show("calls", { now: between("ben", "talking") });
  await settled();
  expect(names()).toContain("answerCall");
  expect(denied.peek()?.chat).toBe("chat of ben");
  expect(called.findLast(([name]) => name === "callSends")?.[2]).toMatchObject({ voice: false });
  denied.value = undefined;
});

test("[CA239] [CA43] where the browser names none, or the call is over before it opens, nothing is answered or left on", async () => {
  plugged = [];
  show("calls", { now: between("ben", "ringing") });
  await settled();
  const answer = ask();
  const answering = two.answerCall("ben", false);
  await settled();
  expect(names()).not.toContain("answerCall");
  answer();
  await answering;
  expect(names()).toContain("answerCall");
  show("calls", {});
  plugged = ["audioinput"];
  show("calls", { now: between("maya", "ringing") });
  await settled();
  const later = ask();
  await two.answerCall("maya", true);
  show("calls", {});
  await settled();
  later();
  await settled();
  expect(live()).toEqual([]);
});

test("[CA148] joining a group's call in a call of two leaves its voice alone, and says why", async () => {
  await two.startCall("ben", "voice");
  show("calls", { now: between("ben", "talking") });
  const voice = devices.local.peek();
  await group.joinGroupCall("family", "call of the family", "voice");
  await group.startGroupCall("family", "video", []);
  expect(said()).toContain("call.already");
  expect(names()).not.toContain("joinGroupCall");
  expect(names()).not.toContain("startGroupCall");
  expect(devices.local.peek()).toBe(voice);
  expect(live()).toEqual(["audio"]);
});

test("[CA195] “Flip” stands beside a camera that is on where there is another one, also where voice has one way out", async () => {
  const isOffered = () => {
    const ids = { mute: "mute", camera: "camera" };
    const nothing = () => undefined;
    return Bun.inspect(parts.DeviceDiscs({ ids, onMute: nothing, onCamera: nothing, onFlip: nothing })).includes(
      "call-flip",
    );
  };
  plugged = ["audioinput", "videoinput"];
  const mine = await devices.takeDevices(true, wanted());
  await settled();
  expect(isOffered()).toBe(false);
  plugged = ["audioinput", "videoinput", "videoinput"];
  await devices.setCamera(false);
  await settled();
  expect(isOffered()).toBe(false);
  await devices.setCamera(true);
  await settled();
  expect(isOffered()).toBe(true);
  plugged = ["videoinput"];
  await devices.setCamera(true);
  await settled();
  expect(isOffered()).toBe(false);
  devices.releaseDevices(mine);
});

test("[CA196] who listens asks for no microphone and is told as muted; who lifts the mute is asked, and let go with the call", async () => {
  await group.listenToGroupCall("family", "call of the family");
  const [, , host] = called.findLast(([name]) => name === "joinGroupCall") ?? [];
  const now = { call: "call of the family", conversation: "family", host, people: [], answerN: 0, goneN: 0 };
  show("groupCalls", { live: [], now });
  await settled();
  expect(given).toEqual([]);
  expect(called.findLast(([name]) => name === "groupCallSends")?.slice(1)).toEqual([now.call, false, false, false]);
  // The browser gives it late: after another tap on the same there is one microphone.
  const answer = ask();
  const taps = [group.toggleGroupMute(), group.toggleGroupMute()];
  answer();
  await Promise.all(taps);
  expect(live()).toEqual(["audio"]);
  expect(devices.isMuted.peek()).toBe(false);
  expect(called.findLast(([name]) => name === "groupCallSends")?.slice(1)).toEqual([now.call, true, false, false]);
  // From then on it is muted as any is.
  await group.toggleGroupMute();
  expect([devices.isMuted.peek(), live()]).toEqual([true, ["audio"]]);
});

test("[CA197] who spoke last stays large in a pause and beside others, and never oneself", () => {
  const own = 1;
  const steps: readonly (readonly [loud: readonly number[], large: number | undefined])[] = [
    [[], undefined],
    [[own], undefined],
    [[own, 7], 7],
    [[], 7],
    [[3, 7], 7],
    [[own], 7],
    [[own, 3], 3],
    [[7, 3], 3],
    [[7], 7],
  ];
  let large: number | undefined;
  for (const [loud, expected] of steps) {
    large = group.nextLarge(large, new Set(loud), own);
    expect(large).toBe(expected);
  }
});

test("[CA205] of those who say that they share, the first whose picture comes is large; the others' pictures are asked for", () => {
  const one = (seat: number, screen: boolean, isHere = false) => ({ seat, screen, isHere });
  const people = [one(1, true, true), one(2, true), one(3, false), one(4, true)];
  expect(group.sharerOf(people, ({ seat }) => seat !== 2)?.seat).toBe(4);
  expect(group.sharerOf(people, () => true)?.seat).toBe(2);
  expect(group.sharerOf(people, ({ seat }) => seat === 3)).toBeUndefined();
  for (const large of [undefined, people[1], people[3]])
    expect(group.pictureOrder(people, large).map(({ seat }) => seat)).toEqual([2, 4, 1, 3]);
  expect(group.pictureOrder(people, people[2]).map(({ seat }) => seat)).toEqual([2, 4, 3, 1]);
});

test("[CA43] a microphone that another app has is told as that, and rings nobody; the same call is tried once more", async () => {
  const { denied } = await import("./denied.tsx");
  for (const [name, why] of [
    ["NotReadableError", "taken"],
    ["AbortError", "taken"],
    ["NotFoundError", "none"],
    ["NotAllowedError", "refused"],
  ] as const)
    for (const media of ["voice", "video"] as const) {
      failing.set("audio", name);
      await two.startCall("ben", media);
      expect([denied.peek()?.why, denied.peek()?.chat, live(), names()]).toEqual([why, "ben", [], []]);
      failing.clear();
      denied.peek()?.again();
      await settled();
      expect(names()).toContain("startCall");
      denied.value = undefined;
      show("calls", { now: between("ben", "talking") });
      show("calls", {});
      await settled();
      called.length = 0;
    }
  // A camera that another app has leaves the voice.
  failing.set("video", "NotReadableError");
  await two.startCall("ben", "video");
  expect(denied.peek()).toBeUndefined();
  expect(live()).toEqual(["audio"]);
  expect(said()).toContain("call.noCamera");
});

test("[CA123] a microphone that is unplugged, of which another app has the only other, leaves the call and says so", async () => {
  const mine = await devices.takeDevices(false, wanted());
  failing.set("audio", "NotReadableError");
  given[0]?.stop();
  given[0]?.dispatchEvent(new Event("ended"));
  await settled();
  expect(said()).toContain("call.noMic");
  expect(devices.local.peek()?.getAudioTracks()).toEqual([]);
  expect(devices.hasVoice()).toBe(false);
  // Given back, it is asked for by a tap on the mute.
  failing.clear();
  await devices.takeVoice("ben");
  expect([live(), devices.isMuted.peek()]).toEqual([["audio"], false]);
  devices.releaseDevices(mine);
});

test("[CA214] in elder mode a call that nobody answered offers the telephone, where a number is noted; one that was given up does not", async () => {
  const { elder } = await import("../../shell/prefs.ts");
  const { numberOf } = await import("./unanswered.tsx");
  const offers = async (of: object) => {
    two.unanswered.value = undefined;
    const person = { account: "ben", name: "Ben" };
    show("calls", { over: { call: "ben", conversation: "chat", media: "voice", isOutgoing: true, person, ...of } });
    await settled();
    return two.unanswered.peek()?.conversation === "chat";
  };
  let atMs = Date.now();
  for (const as of ["missed", "busy", "failed"]) {
    elder.value = true;
    expect([as, await offers({ as, atMs: ++atMs })]).toEqual([as, true]);
    expect([as, await offers({ as, atMs: ++atMs, isOutgoing: false })]).toEqual([as, false]);
    expect([as, await offers({ as, atMs: 1 })]).toEqual([as, false]);
    elder.value = false;
    expect([as, await offers({ as, atMs: ++atMs })]).toEqual([as, false]);
  }
  elder.value = true;
  for (const as of ["cancelled", "declined", "ended"]) expect(await offers({ as, atMs: ++atMs })).toBe(false);
  elder.value = false;
  const noted = [
    { account: "ann", phone: "" },
    { account: "ben", phone: "+86 138-0013 8000" },
  ];
  expect(["ann", "ben", "cid"].map((one) => numberOf(noted, one))).toEqual([undefined, "+8613800138000", undefined]);
});

test("[CA149] what the browser gives after the other hung up is switched off: camera, microphone, screen", async () => {
  for (const late of [() => devices.setCamera(true), () => devices.setSharing(true)]) {
    const mine = await devices.takeDevices(false, wanted());
    const answer = ask();
    const asked = late();
    devices.releaseDevices(mine);
    answer();
    await asked;
    expect([live(), devices.local.peek(), devices.isSharing.peek()]).toEqual([[], undefined, false]);
  }
  show("calls", { now: between("ben", "ringing") });
  const answer = ask();
  const answered = two.answerCall("ben", true);
  show("calls", {});
  answer();
  await answered;
  expect(live()).toEqual([]);
  expect(names()).not.toContain("answerCall");
});

test("[CA149] a microphone that comes in the place of an unplugged one after the call is switched off", async () => {
  const mine = await devices.takeDevices(false, wanted());
  const answer = ask();
  given[0]?.stop();
  given[0]?.dispatchEvent(new Event("ended"));
  devices.releaseDevices(mine);
  answer();
  await settled();
  expect(given.length).toBe(2);
  expect([live(), devices.local.peek()]).toEqual([[], undefined]);
  // Nor is it given to the call that follows.
  await devices.takeDevices(false, wanted());
  const late = ask();
  given[2]?.stop();
  given[2]?.dispatchEvent(new Event("ended"));
  const slow = late;
  asking = Promise.resolve();
  const next = await devices.takeDevices(false, wanted());
  slow();
  await settled();
  expect(devices.local.peek()?.getTracks().length).toBe(1);
  expect(live()).toEqual(["audio"]);
  devices.releaseDevices(next);
});

test("[CA149] of two taps while the browser asks, one microphone stays; of two wishes for a picture, the latest", async () => {
  const answer = ask();
  const taps = [two.startCall("ben", "voice"), two.startCall("ben", "voice")];
  answer();
  await Promise.all(taps);
  expect(names().filter((name) => name === "startCall")).toEqual(["startCall"]);
  expect(live()).toEqual(["audio"]);
  const pick = ask();
  const wishes = [devices.setCamera(true), devices.setSharing(true)];
  pick();
  await Promise.all(wishes);
  expect(live()).toEqual(["audio", "video"]);
  expect([devices.isSharing.peek(), devices.local.peek()?.getVideoTracks().length]).toEqual([true, 1]);
});

test("[CA150] a screen that was picked for one call is not sent in the next", async () => {
  const ben = await devices.takeDevices(false, wanted());
  const pick = ask();
  const picked = devices.setSharing(true);
  devices.releaseDevices(ben);
  const answer = asking;
  asking = Promise.resolve();
  const cid = await devices.takeDevices(false, wanted());
  pick();
  await Promise.all([picked, answer]);
  expect(devices.isSharing.peek()).toBe(false);
  expect(
    devices.local
      .peek()
      ?.getTracks()
      .map(({ kind, readyState }) => [kind, readyState]),
  ).toEqual([["audio", "live"]]);
  expect(live()).toEqual(["audio"]);
  devices.releaseDevices(cid);
});

test("[CA151] a browser that cannot seal frames is not rung by a group, and joins nothing", async () => {
  const ringing = { call: "call of the family", conversation: "family", media: "voice" };
  show("groupCalls", { live: [], ringing });
  expect(group.groupRing()).toMatchObject(ringing);
  Reflect.deleteProperty(globalThis, "RTCRtpScriptTransform");
  try {
    expect(group.groupRing()).toBeUndefined();
    await group.joinGroupCall("family", "call of the family", "voice");
    expect(given).toEqual([]);
    expect(names()).not.toContain("joinGroupCall");
  } finally {
    put(globalThis, "RTCRtpScriptTransform", page.RTCRtpScriptTransform);
  }
});

test("[CA152] a way that cannot be made is left with a sentence and counted, and the page goes on to follow", async () => {
  await sit();
  const [, , host] = called.findLast(([name]) => name === "joinGroupCall") ?? [];
  const now = { call: "call of the family", host, people: [], answerN: 0, goneN: 0, relay: { username: "one" } };
  const counted = faults.faults.peek();
  show("groupCalls", { live: [], now });
  await settled();
  expect(faults.faults.peek()).toBe(counted + 1);
  expect(names()).toContain("leaveGroupCall");
  expect(said()).toContain("call.group.cannot");
  // Told what follows: the microphone is off once the call is left (looked at after each test).
});

test("[CA233] where no answer to a join of the media comes, the room is dialled anew, once; an answer that came ends that", async () => {
  const waits: (() => void)[] = [];
  const [wait, connection] = [globalThis.setTimeout, globalThis.RTCPeerConnection];
  const transceiver = { mid: "0", receiver: { track: {} }, setCodecPreferences() {} };
  const sdp = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 VP8/90000\r\n";
  await sit();
  const [, , host] = called.findLast(([name]) => name === "joinGroupCall") ?? [];
  const sits = (more: object) => {
    const now = { call: "call of the family", host, people: [], answerN: 0, goneN: 0, ...more };
    show("groupCalls", { live: [], now });
  };
  const relay = (username: string) => ({ host: "home", port: 1, username, credential: "c" });
  const dials = () => names().filter((name) => name === "groupCallAgain").length;
  put(globalThis, "RTCRtpSender", { getCapabilities: () => null });
  put(globalThis, "RTCRtpReceiver", { getCapabilities: () => null });
  put(
    globalThis,
    "RTCPeerConnection",
    class {
      localDescription = { sdp };
      addEventListener() {}
      addTransceiver = () => ({ ...transceiver, sender: { replaceTrack: async () => undefined } });
      createOffer = async () => ({ sdp });
      setLocalDescription = async () => undefined;
      setRemoteDescription = async () => undefined;
      addIceCandidate = async () => undefined;
      close() {}
    },
  );
  globalThis.setTimeout = ((work: () => void, ms?: number) =>
    ms === 6_000 ? waits.push(work) : wait(work, ms)) as typeof setTimeout;
  const passes = () => {
    for (const work of waits.splice(0)) work();
  };
  try {
    sits({ relay: relay("one") });
    await settled();
    expect(names()).toContain("joinGroupMedia");
    passes();
    expect(dials()).toBe(1);
    sits({ relay: relay("two") });
    await settled();
    const answer = { ufrag: "u", pwd: "p", fingerprint: new Uint8Array(32), slots: [] };
    sits({ relay: relay("two"), answer, answerN: 1 });
    await settled();
    passes();
    expect(dials()).toBe(1);
  } finally {
    globalThis.setTimeout = wait;
    globalThis.RTCPeerConnection = connection;
  }
});

test("[CA153] a tap on the record of a group's call joins that call, and never another one of the chat", async () => {
  const other = { call: "another", conversation: "family" };
  show("groupCalls", { live: [other] });
  const record = { media: "voice", as: "now", call: "the one" } as const;
  group.tapGroupRecord("family", record);
  await settled();
  expect([names(), given]).toEqual([[], []]);
  show("groupCalls", { live: [other, { call: "the one", conversation: "family" }] });
  group.tapGroupRecord("family", record);
  await settled();
  expect(called.find(([name]) => name === "joinGroupCall")?.[1]).toBe("the one");
  devices.releaseDevices(await devices.takeDevices(false, wanted()));
});

test("[CA146] who is not let into a group's call is told why, once, and the microphone goes off", async () => {
  const { toast } = await import("../../shell/toast.tsx");
  const atMs = Date.now();
  for (const [place, as] of (["full", "closed"] as const).entries()) {
    const missed = { call: "call of the family", conversation: "family", media: "voice", as, atMs: atMs + place };
    await group.joinGroupCall("family", "call of the family", "voice");
    expect(live()).toEqual(["audio"]);
    show("groupCalls", { live: [], missed });
    await settled();
    expect(said()).toContain(`call.group.missed.${as}`);
    expect(live()).toEqual([]);
    toast("something else");
    show("groupCalls", { live: [{ call: "another", conversation: "family" }], missed });
    await settled();
    expect(said()).toContain("something else");
  }
  // A page that is opened later says nothing of it.
  show("groupCalls", { live: [], missed: { as: "full", atMs: atMs - 60_000 } });
  await settled();
  expect(said()).toContain("something else");
});

const wanted = () => ({ chat: "", again() {}, isStill: () => true });

test("[CA211] while it rings the stream that will be heard is there, with nothing of one's own on its way; it stays the same when one answers", async () => {
  const relay = { port: 1, username: "u", credential: "c" };
  const ringing = { ...between("ben", "ringing"), isIn: true, relay, relayOnly: true, other: "ben's device" };
  show("calls", { now: ringing });
  await settled();
  const [, , host] = called.findLast(([name]) => name === "hostCall") ?? [];
  put(globalThis, "location", { hostname: "home" });
  show("calls", { now: { ...ringing, host } });
  tellWay("track", { track: new Track("audio") });
  const stream = two.heard.peek();
  expect(stream?.getAudioTracks()).toHaveLength(1);
  expect([two.remote.peek(), devices.local.peek(), given.length]).toEqual([undefined, undefined, 0]);
  await two.answerCall("ben", false);
  show("calls", { now: { ...ringing, host, at: "joining" } });
  expect(two.heard.peek()).toBe(stream);
  expect(two.remote.peek()).toBeDefined();
  show("calls", {});
  await settled();
  expect(two.heard.peek()).toBeUndefined();
});

test("[CA28] [CA211] a caller who sends before one answers is not heard, nor seen, until one has", async () => {
  const relay = { port: 1, username: "u", credential: "c" };
  const ringing = { ...between("eve", "ringing"), isIn: true, relay, relayOnly: true, other: "eve's device" };
  show("calls", { now: ringing });
  await settled();
  const [, , host] = called.findLast(([name]) => name === "hostCall") ?? [];
  put(globalThis, "location", { hostname: "home" });
  show("calls", { now: { ...ringing, host } });
  const early = [new Track("audio"), new Track("video")];
  for (const track of early) tellWay("track", { track });
  const isOn = () => (two.heard.peek()?.getTracks() ?? []).map(({ enabled }) => enabled);
  expect(isOn()).toEqual([false, false]);
  await two.answerCall("eve", false);
  expect(isOn()).toEqual([false, false]);
  show("calls", { now: { ...ringing, host, at: "joining" } });
  expect(isOn()).toEqual([true, true]);
  tellWay("track", { track: new Track("audio") });
  expect(isOn()).toEqual([true, true, true]);
  show("calls", {});
  await settled();
});

test("[CA28] [CA211] nor is the one who is called, before their answer is there", async () => {
  await two.startCall("maya", "voice");
  const relay = { port: 1, username: "u", credential: "c" };
  const [, , , host] = called.findLast(([name]) => name === "startCall") ?? [];
  const calling = { ...between("maya", "calling"), isOutgoing: true, isIn: true, relay, relayOnly: true, host };
  const offered = { n: 1, kind: "offer", from: "maya's device", round: 1, sdp: "" };
  put(globalThis, "location", { hostname: "home" });
  show("calls", { now: { ...calling, signals: [offered] } });
  tellWay("track", { track: new Track("audio") });
  const isOn = () => (two.heard.peek()?.getTracks() ?? []).map(({ enabled }) => enabled);
  expect(isOn()).toEqual([false]);
  show("calls", { now: { ...calling, at: "joining", other: "maya's device", signals: [offered] } });
  expect(isOn()).toEqual([true]);
  show("calls", {});
  await settled();
});

test("[CA269] who called asks the other for a way only where its offer does not come by itself, or was answered with a credential that sits down no more", async () => {
  const waits: (() => void)[] = [];
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = ((work: () => void, ms?: number) =>
    ms === 300 ? waits.push(work) : wait(work, ms)) as typeof setTimeout;
  const signals: object[] = [];
  const rounds: number[] = [];
  const { Peer } = await import("./peer.ts");
  const { take } = Peer.prototype;
  Peer.prototype.take = (kind, round) => void (kind === "offer" && rounds.push(round));
  let username = "one";
  await two.startCall("maya", "voice");
  const [, , , host] = called.findLast(([name]) => name === "startCall") ?? [];
  put(globalThis, "location", { hostname: "home" });
  const shows = (at: string) => {
    const relay = { port: 1, username, credential: "c" };
    const more = { isOutgoing: true, isIn: true, relay, relayOnly: true, host, other: "maya's device" };
    show("calls", { now: { ...between("maya", at), ...more, signals: [...signals] } });
  };
  const offers = () => {
    const round = signals.length + 1;
    signals.push({ n: 1_000 + round, kind: "offer", from: "maya's device", round, sdp: "" });
    shows("talking");
  };
  const renews = (name: string) => {
    username = name;
    shows("talking");
    const all = waits.splice(0);
    for (const work of all) work();
    return all.length;
  };
  const asks = async () => {
    await settled();
    const said = called.findLast(([name]) => name === "callSends")?.[2] as { readonly again: number } | undefined;
    return said?.again;
  };
  const start = Date.now();
  try {
    offers();
    setSystemTime(start + 1_000);
    // Nothing comes of the other.
    expect([renews("two"), await asks()]).toEqual([1, 1]);
    setSystemTime(start + 2_000);
    // Its offer comes while it is waited for.
    username = "three";
    shows("talking");
    setSystemTime(start + 2_100);
    offers();
    for (const work of waits.splice(0)) work();
    expect(await asks()).toBe(1);
    // By that way voice comes again.
    setSystemTime(start + 2_500);
    wayState = "connected";
    tellWay("connectionstatechange", {});
    // It comes while the room is dialled: it waits for the new credential.
    const taken = () => rounds.length;
    setSystemTime(start + 3_000);
    dispatchEvent(new Event("online"));
    setSystemTime(start + 3_100);
    offers();
    await settled();
    expect(taken()).toBe(2);
    expect([renews("four"), await asks(), taken()]).toEqual([1, 1, 3]);
    // For a second, and is answered with one that may sit down still.
    dispatchEvent(new Event("online"));
    setSystemTime(start + 4_200);
    offers();
    expect([renews("five"), await asks(), taken()]).toEqual([0, 1, 4]);
    // Or that does not.
    setSystemTime(start + 110_000);
    dispatchEvent(new Event("online"));
    setSystemTime(start + 111_100);
    offers();
    expect([renews("six"), await asks(), taken()]).toEqual([0, 2, 5]);
    expect(names().filter((name) => name === "callAgain").length).toBe(3);
  } finally {
    setSystemTime();
    Peer.prototype.take = take;
    wayState = "new";
    globalThis.setTimeout = wait;
    show("calls", {});
    await settled();
  }
});
