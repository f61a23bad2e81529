/**
 * Call: the page's part of calls between two (docs/spec/calls.md): it asks for the microphone, makes the WebRTC
 * connections, and reports to the worker when they are connected. One page holds a call; other tabs show that.
 */
import { computed, effect, signal } from "@preact/signals";
import type { CallNow, CallsView, PersonRef } from "@yanshu/client";
import { personNames } from "../../kit/person.ts";
import { shortened } from "../../kit/shortened.ts";
import { t } from "../../locales/i18n.ts";
import { elder } from "../../shell/prefs.ts";
import { api, attempt, peekView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import {
  flip,
  hasPicture,
  isMuted,
  isSharing,
  local,
  onDevices,
  releaseDevices,
  setCamera,
  setMuted,
  setSharing,
  takeDevices,
  takeLater,
  takeMeanwhile,
  willGiveVoice,
} from "./devices.ts";
import { careful } from "./faults.ts";
import { groupRing, isGroupSmall, startGroupCall } from "./group-call.ts";
import { noOutage, type Outage, outageStep, silentMs, triedAt } from "./outage.ts";
import { takePreview } from "./own-preview.tsx";
import { mayTry, Peer } from "./peer.ts";
import { ringTone } from "./ring-tone.ts";
import { isSilenced } from "./silenced.tsx";
import { bufferMs, fair, type Weak, weakStep } from "./weak.ts";

const host = crypto.randomUUID();
/** The other party's stream. */
export const remote = signal<MediaStream | undefined>(undefined);
/**
 * The stream for the audio element, from the making of the connection until the call is over. It is muted until
 * somebody has answered. Playing it that early opens the browser's audio output in time.
 */
export const heard = signal<MediaStream | undefined>(undefined);
/** What the other party reports that it sends. */
export const theirs = signal({ voice: true, picture: false, screen: false });
export const isSmall = signal(false);
/**
 * What is drawn while an answer's microphone opens: the call as it rang (CA266). The browser hands a microphone over on
 * the page's one thread, and to draw the next screen takes that for longer than the microphone takes.
 */
export const held = signal<CallsView | undefined>(undefined);
/** What this page sends, given the quality of the connection. */
const weak = signal<Weak>(fair);

const peers = new Map<string, Peer>();
let call: string | undefined;
let last = 0;
/** The number under which this call has the microphone and camera (devices.ts). */
let mine: number | undefined;
let talksWith: string | undefined;
let told: string | undefined;
let brokenSinceMs: number | undefined;
let relayName: string | undefined;
/** When the relay's credential came, and when the other's latest offer was taken. */
let relayMs = 0;
let offeredMs = 0;
/** Since when the room is dialled for a new credential. */
let dialledMs: number | undefined;
let toldOver = 0;
/** What the other party asked for: voice sent twice (RED), and how many ICE restarts so far. */
let asked = { isWeak: false, again: 0 };
/** How often this page asked the other party for an ICE restart. */
let again = 0;
/** The browser will give a microphone without asking; and of which ringing call that is known. */
let isVoiceSure = false;
let askedFor: string | undefined;
/** The call that was answered, and whose microphone is being opened. */
let opening: string | undefined;
let outage: Outage = noOutage;
let measuredMs = 0;
const openMs = 600;
/** A microphone that takes longer holds up the screen no more. */
const heldMs = 150;
/** The direct way is looked for so long after an answer: by then the microphone is open and a word was heard. */
const directMs = 1_000;
const lostMs = 30_000;
const lookMs = 200;
const measureMs = 1_000;
/** The browser says what page and look said already: the way is being made anew. */
const saidMs = 2_000;
/** The other may have noticed as well: its offer is waited for before it is asked for one (CA269). */
const askMs = 300;
/** An offer that comes while the room is dialled waits so long for the credential with which it is answered (CA269). */
const holdMs = 1_000;
/** The relay lets a credential sit down for 120 seconds (CA12). */
const freshMs = 100_000;

type Over = NonNullable<CallsView["over"]>;

const view = () => peekView("calls").peek();

const areThere = computed(() => peekView("calls").value?.areThere === true);

/** Whether home and browser can make calls. Reads signals while rendering. */
export function hasCalls(): boolean {
  return areThere.value && navigator.mediaDevices !== undefined && "RTCPeerConnection" in globalThis;
}

export function isHere(now: CallNow): boolean {
  return now.host === undefined || now.host === host;
}

export async function startCall(chat: string, media: "voice" | "video"): Promise<void> {
  if (isInGroupCall()) {
    isGroupSmall.value = false;
    toast(t("call.already"));
    return;
  }
  if (view()?.now !== undefined) {
    isSmall.value = false;
    return;
  }
  const again = () => void startCall(chat, media);
  const isStill = () => view()?.now === undefined && !isInGroupCall();
  const took = await takeDevices(media === "video", { chat, again, isStill });
  if (took === undefined) return;
  mine = took;
  isSmall.value = false;
  const started = await attempt(() => api.startCall(chat, media, host));
  if (started === undefined) releaseDevices(took);
}

const isInGroupCall = () => peekView("groupCalls").peek()?.now !== undefined;

export async function answerCall(named: string, withCamera: boolean): Promise<void> {
  const asked = () => [view()?.now, view()?.waiting].find((one) => one?.call === named);
  const conversation = asked()?.conversation;
  if (conversation === undefined) return; // It was over before the microphone was allowed.
  if (held.peek()?.now?.call === named) return; // A second tap, on the screen that is still drawn.
  const again = () => void answerCall(named, withCamera);
  const isStill = () => asked() !== undefined;
  const isAtOnce = isVoiceSure && view()?.now?.call === named;
  const seen = withCamera ? takePreview() : undefined;
  const took = isAtOnce ? takeLater(seen) : await takeDevices(withCamera, { chat: conversation, again, isStill, seen });
  if (took === undefined) return;
  mine = took;
  isSmall.value = false;
  if (isAtOnce) hold();
  const answering = attempt(() => api.answerCall(named, host));
  if (isAtOnce) openMeanwhile(named, conversation, withCamera);
  await answering;
}

function hold(): void {
  const now = view();
  held.value = now;
  setTimeout(() => {
    if (held.peek() === now) held.value = undefined;
  }, heldMs);
}

/** Opens microphone and camera of a call that is answered already. */
function openMeanwhile(named: string, chat: string, withCamera: boolean): void {
  opening = named;
  const isOpen = (send: () => void) => {
    if (opening === named) opening = undefined;
    send();
    held.value = undefined;
  };
  void takeMeanwhile(chat, withCamera, () => isOpen(resend));
  // A microphone that takes long: the other reads that nothing is sent yet, and does not take the way for broken.
  setTimeout(() => opening === named && isOpen(tellSending), openMs);
}

export const declineCall = (named: string) => void attempt(() => api.declineCall(named));
export const hangUp = () => void attempt(() => api.hangUp());

const groupNameMax = 30;

/**
 * Continues the call as a group call (CA193) that rings `people` and the present other party. The call is hung up once
 * the group exists; if it cannot be made, the call stays as it is.
 */
export async function goOnWith(people: readonly PersonRef[]): Promise<void> {
  const now = view()?.now;
  if (now?.at !== "talking") return;
  const everybody = [now.person, ...people.filter(({ account }) => account !== now.person.account)];
  const accounts = everybody.map(({ account }) => account);
  const name = shortened(personNames(everybody), groupNameMax);
  const media = hasPicture() && !isSharing.peek() ? "video" : "voice";
  const chat = await attempt(() => api.groupToCall(accounts, name));
  // If the call has ended meanwhile, nobody is rung.
  if (chat === undefined || view()?.now?.call !== now.call) return;
  await attempt(() => api.hangUp());
  await untilIdle();
  await startGroupCall(chat, media, accounts);
}

function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    let isIdle = false;
    const stop = effect(() => {
      isIdle ||= peekView("calls").value?.now === undefined;
      if (isIdle) queueMicrotask(() => stop());
      if (isIdle) resolve();
    });
  });
}

export function toggleMute(): void {
  setMuted(!isMuted.peek());
  resend();
}

export async function toggleCamera(): Promise<void> {
  await setCamera(isSharing.peek() || !hasPicture());
  resend();
}

export async function flipCamera(): Promise<void> {
  await flip();
  resend();
}

export async function toggleSharing(): Promise<void> {
  await setSharing(!isSharing.peek());
  resend();
}

function resend(): void {
  if (talksWith !== undefined) peers.get(talksWith)?.send(local.peek());
  tellSending();
}

const isPictureOff = ({ level }: Weak) => level === "voice" || level === "least";
/** The camera is on, but the connection is too slow to send the picture. */
export const isVoiceFirst = computed(() => isPictureOff(weak.value) && (local.value?.getVideoTracks().length ?? 0) > 0);

function tellSending(): void {
  const stream = local.peek();
  if (call === undefined || stream === undefined || opening === call) return;
  const sending = {
    voice: !isMuted.peek() && stream.getAudioTracks().length > 0,
    picture: hasPicture() && !isPictureOff(weak.peek()),
    screen: isSharing.peek(),
    weak: weak.peek().isLossy,
    again,
  };
  void api.callSends(call, sending).catch(() => undefined);
}

/** Connects this page to the calls of the client. Called once, when the page starts. */
export function followCalls(): void {
  effect(() => careful(follow, peekView("calls").value));
  effect(() => {
    const now = peekView("calls").value?.now;
    const waiting = peekView("calls").value?.waiting;
    const ofGroup = groupRing();
    const rings =
      (now?.at === "ringing" && !isSilenced(now.call)) || (ofGroup !== undefined && !isSilenced(ofGroup.call));
    careful(ringTone, rings ? "in" : now?.at === "calling" && now.isReached ? "out" : waiting ? "waiting" : undefined);
  });
  addEventListener("online", anew);
  onOtherNetwork(anew);
  // Closing the page would end the call, so the browser asks first.
  addEventListener("beforeunload", (event) => {
    if (view()?.now?.host === host) event.preventDefault();
  });
  onDevices(resend);
  setInterval(() => void look().catch(() => undefined), lookMs);
  setInterval(() => {
    if (call === undefined || brokenSinceMs === undefined) return;
    const goneMs = view()?.now?.isOtherGone === true ? silentMs : lostMs;
    if (Date.now() - brokenSinceMs > goneMs) void api.callFailed(call, "lost").catch(() => undefined);
  }, 1_000);
}

/** Measures the connection: whether packets arrive, and its bandwidth and loss. */
async function look(): Promise<void> {
  const peer = talksWith === undefined ? undefined : peers.get(talksWith);
  if (peer === undefined || view()?.now?.at !== "talking") return;
  const nowMs = Date.now();
  const isNew = nowMs - measuredMs >= measureMs;
  if (isNew) measuredMs = nowMs;
  const weather = await peer.weather(isNew);
  if (talksWith === undefined || peers.get(talksWith) !== peer) return;
  const isHeard = weather.received !== outage.received;
  const step = outageStep(outage, { received: weather.received, isDue: theirs.peek().voice, nowMs });
  outage = step.next;
  if (isHeard && peer.isConnected) brokenSinceMs = undefined;
  if (step.isGone) brokenSinceMs ??= nowMs;
  if (step.isDue) dialAnew();
  if (!isNew || !peer.isConnected) return;
  const before = weak.peek();
  const next = weakStep(before, weather, hasPicture(), nowMs);
  weak.value = next;
  if (next.level !== before.level) peer.keepTo(next.level);
  if (next.isLossy !== before.isLossy) {
    peer.wantsTwice(next.isLossy);
    if (peer.offers) peer.offer();
  }
  peer.wait(bufferMs(next, weather));
  if (next.level !== before.level || next.isLossy !== before.isLossy) tellSending();
}

/** The browser says that the way is gone. */
function broken(): void {
  brokenSinceMs ??= Date.now();
  if (Date.now() - outage.triedMs >= saidMs) anew();
}

/** Makes the way anew. What was tried in the network of before is not waited for. */
function anew(): void {
  if (call === undefined) return;
  outage = triedAt(outage, Date.now());
  dialAnew();
}

/** Has the client dial the call's room anew, which brings a new relay credential: `renewed`. */
function dialAnew(): void {
  if (call === undefined) return;
  void api.callAgain(call).catch(() => undefined);
  if (view()?.now?.relay === undefined) {
    restart();
    return;
  }
  dialledMs = Date.now();
  setTimeout(() => careful(follow, view()), holdMs);
}

function isHeld(): boolean {
  return dialledMs !== undefined && Date.now() - dialledMs < holdMs;
}

function follow(calls: CallsView | undefined): void {
  tellOver(calls?.over);
  const now = calls?.now;
  if (now === undefined || (call !== undefined && now.call !== call)) letGo(now === undefined);
  if (now === undefined) return;
  call = now.call;
  if (now.at === "ringing") learnVoice(now.call);
  if (now.at === "ringing" && now.host === undefined) void api.hostCall(now.call, host).catch(() => undefined);
  if (now.host !== host) return;
  // No connection is tried before it is known whether there is a relay, and may be tried at all.
  if (!mayTry(now)) return;
  renewed(now);
  if (!now.isOutgoing && now.other !== undefined && !peers.has(now.other)) peerOf(now, now.other, true).offer();
  for (const one of now.signals) {
    if (one.n <= last) continue;
    if (one.kind === "offer" && one.from === talksWith && isHeld()) break;
    last = one.n;
    if (one.kind === "sending") {
      if (one.from === now.other) heardSending(one);
    } else {
      if (one.kind === "offer" && one.from === talksWith) offeredMs = Date.now();
      peerOf(now, one.from, one.kind === "answer").take(one.kind, one.round, one.sdp);
    }
  }
  join(now);
}

/** Learns, while it rings, whether the call may be answered before the microphone is open (CA239). */
function learnVoice(named: string): void {
  if (askedFor === named) return;
  askedFor = named;
  isVoiceSure = false;
  void willGiveVoice().then((sure) => {
    if (askedFor === named) isVoiceSure = sure;
  });
}

function heardSending(said: Extract<CallNow["signals"][number], { kind: "sending" }>): void {
  const { voice, picture, screen } = said;
  theirs.value = { voice, picture, screen };
  const before = asked;
  asked = { isWeak: said.weak, again: said.again };
  const peer = peers.get(said.from);
  if (peer === undefined || !peer.offers) return;
  if (asked.again > before.again) peer.asked();
  else if (asked.isWeak !== before.isWeak) peer.offer();
}

function peerOf(now: CallNow, device: string, isOfferer: boolean): Peer {
  const known = peers.get(device);
  if (known !== undefined) return known;
  const named = now.call;
  const peer = new Peer(isOfferer, now.relay, now.relayOnly, {
    describe: (kind, round, sdp) => void api.describeCall(named, kind, device, round, sdp).catch(() => undefined),
    connected: () => {
      brokenSinceMs = undefined;
      outage = { ...outage, heardMs: Date.now() };
      const latest = view()?.now;
      if (latest?.call === named) join(latest);
    },
    failed: (as) => {
      if (device === view()?.now?.other) void api.callFailed(named, as).catch(() => undefined);
    },
    stream: (stream) => {
      heard.value ??= stream;
      if (device === talksWith) remote.value = new MediaStream(stream.getTracks());
    },
    broken: () => {
      if (device === talksWith) broken();
    },
  });
  peers.set(device, peer);
  return peer;
}

/** Once it is known which device of the other party talks: sends to it, and closes the other connections. */
function join(now: CallNow): void {
  if ((now.at !== "joining" && now.at !== "talking") || now.other === undefined) return;
  const peer = peers.get(now.other);
  if (peer === undefined) return;
  if (talksWith !== now.other) {
    talksWith = now.other;
    for (const [device, other] of peers)
      if (device !== talksWith) {
        other.close();
        peers.delete(device);
      }
    peer.open();
    peer.send(local.peek());
    heard.value = peer.stream;
    remote.value = new MediaStream(peer.stream.getTracks());
    tellSending();
  }
  if (now.at === "joining" && peer.isConnected) void api.callConnected(now.call).catch(() => undefined);
  if (now.at === "talking" && told !== now.call) {
    told = now.call;
    setTimeout(() => {
      if (call === now.call && peers.get(talksWith ?? "") === peer) peer.goDirect();
    }, directMs);
  }
}

/** On a new relay credential, after the room was dialled anew: restarts ICE with it. */
function renewed({ relay }: CallNow): void {
  if (relay === undefined || relay.username === relayName) return;
  const isFirst = relayName === undefined;
  const wasFresh = offeredMs - relayMs < freshMs;
  relayName = relay.username;
  relayMs = Date.now();
  dialledMs = undefined;
  if (isFirst) return;
  for (const peer of peers.values()) peer.renew(relay);
  restart(wasFresh);
}

/**
 * Restarts ICE, and has the other offer if it does not by itself (CA269).
 * @param wasFresh what came of the other since nothing is heard was answered with a credential that was good.
 */
function restart(wasFresh = true): void {
  for (const peer of peers.values()) peer.again();
  const other = talksWith;
  const peer = other === undefined ? undefined : peers.get(other);
  if (other === undefined || peer?.offers !== false) return;
  const restartedMs = Date.now();
  const isOffered = offeredMs > outage.heardMs && outage.tries > 0;
  if (isOffered) {
    // Its answer goes before: the offer is made anew then, and not said again.
    if (!wasFresh) void peer.settled().then(() => ask(other));
    return;
  }
  setTimeout(() => {
    if (offeredMs < restartedMs) ask(other);
  }, askMs);
}

/** The offering side may not have noticed, or have offered while this page was away. */
function ask(other: string): void {
  if (talksWith !== other) return;
  again++;
  tellSending();
}

type Network = EventTarget & { readonly type?: string };

/** Where the browser names the kind of network (on phones), another kind is told at once. */
function onOtherNetwork(run: () => void): void {
  const { connection } = navigator as { readonly connection?: Network };
  let kind = connection?.type;
  connection?.addEventListener?.("change", () => {
    if (connection.type === kind) return;
    kind = connection.type;
    if (kind !== "none") run();
  });
}

function letGo(isOver: boolean): void {
  held.value = undefined;
  for (const peer of peers.values()) peer.close();
  peers.clear();
  call = undefined;
  talksWith = undefined;
  brokenSinceMs = undefined;
  relayName = undefined;
  remote.value = undefined;
  heard.value = undefined;
  theirs.value = { voice: true, picture: false, screen: false };
  weak.value = fair;
  asked = { isWeak: false, again: 0 };
  again = 0;
  opening = undefined;
  askedFor = undefined;
  outage = noOutage;
  offeredMs = 0;
  dialledMs = undefined;
  if (isOver) releaseDevices(mine);
}

/** An unanswered call of this page: in elder mode a telephone call is offered instead (CA214). */
export const unanswered = signal<Over | undefined>(undefined);

function tellOver(over: CallsView["over"]): void {
  if (over === undefined || over.atMs === toldOver) return;
  const isFresh = Date.now() - over.atMs < 5_000;
  toldOver = over.atMs;
  // A person who cancelled the call needs no message.
  const isTold =
    (over.isOutgoing && over.as !== "cancelled") ||
    over.as === "elsewhere" ||
    over.as === "lost" ||
    over.as === "unproven";
  if (!isFresh) return;
  if (isTold) toast(t(`call.over.${over.as}`));
  if (elder.peek() && over.isOutgoing && isUnanswered(over.as)) unanswered.value = over;
}

const isUnanswered = (as: Over["as"]) => as === "missed" || as === "busy" || as === "failed";
