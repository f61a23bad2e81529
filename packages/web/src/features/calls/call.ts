/**
 * Call: what this page does about the calls of this device (docs/spec/calls.md): it asks for the microphone, makes the
 * ways of voice and picture, and tells the worker when they stand. A call lives on one page; others say so.
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
} from "./devices.ts";
import { careful } from "./faults.ts";
import { groupRing, isGroupSmall, startGroupCall } from "./group-call.ts";
import { mayTry, Peer } from "./peer.ts";
import { ringTone } from "./ring-tone.ts";
import { bufferMs, fair, type Weak, weakStep } from "./weak.ts";

const host = crypto.randomUUID();
/** What the other sends, as it comes. */
export const remote = signal<MediaStream | undefined>(undefined);
/**
 * What is to be heard: the same stream from the moment when its way is made until the call is over. It is silent
 * before somebody answered, whatever the other sends, and the way out of the browser's sound is open by then.
 */
export const heard = signal<MediaStream | undefined>(undefined);
/** What they say that they send. */
export const theirs = signal({ voice: true, picture: false, screen: false });
export const isSmall = signal(false);
/** What this page sends over the way as it is. */
const weak = signal<Weak>(fair);

const peers = new Map<string, Peer>();
let call: string | undefined;
let last = 0;
/** What this call holds of the devices. */
let mine: number | undefined;
let talksWith: string | undefined;
let told: string | undefined;
let brokenSinceMs: number | undefined;
let relayName: string | undefined;
let toldOver = 0;
/** What they asked for: voice sent twice, and the way made anew so often. */
let asked = { isWeak: false, again: 0 };
/** How often this page asked that the other make the way anew. */
let again = 0;
let heardPackets = 0;
let heardMs = 0;
let measuredMs = 0;
const lostMs = 30_000;
const lookMs = 400;
const measureMs = 1_000;
/** Voice never pauses: where nothing came for so long the way is gone. */
const silentMs = 1_200;

type Over = NonNullable<CallsView["over"]>;

const view = () => peekView("calls").peek();

const areThere = computed(() => peekView("calls").value?.areThere === true);

/** Followed while drawing. */
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
  const again = () => void answerCall(named, withCamera);
  const isStill = () => asked() !== undefined;
  const took = await takeDevices(withCamera, { chat: conversation, again, isStill });
  if (took === undefined) return;
  mine = took;
  isSmall.value = false;
  await attempt(() => api.answerCall(named, host));
}

export const declineCall = (named: string) => void attempt(() => api.declineCall(named));
export const hangUp = () => void attempt(() => api.hangUp());

const groupNameMax = 30;

/**
 * The call goes on as one of a group (CA193): these people are rung, and the other of before. It is hung up once that
 * group is there; a group that cannot be had leaves it as it is.
 */
export async function goOnWith(people: readonly PersonRef[]): Promise<void> {
  const now = view()?.now;
  if (now?.at !== "talking") return;
  const everybody = [now.person, ...people.filter(({ account }) => account !== now.person.account)];
  const accounts = everybody.map(({ account }) => account);
  const name = shortened(personNames(everybody), groupNameMax);
  const media = hasPicture() && !isSharing.peek() ? "video" : "voice";
  const chat = await attempt(() => api.groupToCall(accounts, name));
  // It may be over by now: nobody is called after it.
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
/** A picture would be sent if the way carried it. */
export const isVoiceFirst = computed(() => isPictureOff(weak.value) && (local.value?.getVideoTracks().length ?? 0) > 0);

function tellSending(): void {
  const stream = local.peek();
  if (call === undefined || stream === undefined) return;
  const sending = {
    voice: !isMuted.peek() && stream.getAudioTracks().length > 0,
    picture: hasPicture() && !isPictureOff(weak.peek()),
    screen: isSharing.peek(),
    weak: weak.peek().isLossy,
    again,
  };
  void api.callSends(call, sending).catch(() => undefined);
}

/** Follows what goes on; once, when the page starts. */
export function followCalls(): void {
  effect(() => careful(follow, peekView("calls").value));
  effect(() => {
    const now = peekView("calls").value?.now;
    const waiting = peekView("calls").value?.waiting;
    const rings = now?.at === "ringing" || groupRing() !== undefined;
    careful(ringTone, rings ? "in" : now?.at === "calling" && now.isReached ? "out" : waiting ? "waiting" : undefined);
  });
  addEventListener("online", () => call !== undefined && void api.callAgain(call).catch(() => undefined));
  // What is being said would be cut off without a word.
  addEventListener("beforeunload", (event) => {
    if (view()?.now?.host === host) event.preventDefault();
  });
  onDevices(resend);
  setInterval(() => void look().catch(() => undefined), lookMs);
  setInterval(() => {
    if (call === undefined || brokenSinceMs === undefined) return;
    if (Date.now() - brokenSinceMs > lostMs) void api.callFailed(call, "lost").catch(() => undefined);
  }, 1_000);
}

/** How the way is: whether anything comes, and what it carries. */
async function look(): Promise<void> {
  const peer = talksWith === undefined ? undefined : peers.get(talksWith);
  if (peer === undefined || view()?.now?.at !== "talking") return;
  const nowMs = Date.now();
  const isNew = nowMs - measuredMs >= measureMs;
  if (isNew) measuredMs = nowMs;
  const weather = await peer.weather(isNew);
  if (weather.received !== heardPackets || heardMs === 0) {
    heardPackets = weather.received;
    heardMs = nowMs;
    if (peer.isConnected) brokenSinceMs = undefined;
  } else if (theirs.peek().voice && nowMs - heardMs >= silentMs && brokenSinceMs === undefined) broken();
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

/** Nothing comes any more: the room is dialled anew, and the way with what it gives. */
function broken(): void {
  brokenSinceMs ??= Date.now();
  if (call !== undefined) void api.callAgain(call).catch(() => undefined);
}

function follow(calls: CallsView | undefined): void {
  tellOver(calls?.over);
  const now = calls?.now;
  if (now === undefined || (call !== undefined && now.call !== call)) letGo(now === undefined);
  if (now === undefined) return;
  call = now.call;
  if (now.at === "ringing" && now.host === undefined) void api.hostCall(now.call, host).catch(() => undefined);
  if (now.host !== host) return;
  // The ways begin once it is known whether there is a relay, so that nothing else is tried before.
  if (!mayTry(now)) return;
  renewed(now);
  if (!now.isOutgoing && now.other !== undefined && !peers.has(now.other)) peerOf(now, now.other, true).offer();
  for (const one of now.signals) {
    if (one.n <= last) continue;
    last = one.n;
    if (one.kind === "sending") {
      if (one.from === now.other) heardSending(one);
    } else peerOf(now, one.from, one.kind === "answer").take(one.kind, one.round, one.sdp);
  }
  join(now);
}

function heardSending(said: Extract<CallNow["signals"][number], { kind: "sending" }>): void {
  const { voice, picture, screen } = said;
  theirs.value = { voice, picture, screen };
  const before = asked;
  asked = { isWeak: said.weak, again: said.again };
  const peer = peers.get(said.from);
  if (peer === undefined || !peer.offers) return;
  if (asked.again > before.again) peer.again();
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
      heardMs = Date.now();
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

/** Once it is settled which device talks: it alone is sent to. */
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
    peer.goDirect();
  }
}

/** A new credential of the relay: the room was dialled anew. */
function renewed({ relay }: CallNow): void {
  if (relay === undefined || relay.username === relayName) return;
  const isFirst = relayName === undefined;
  relayName = relay.username;
  if (isFirst) return;
  for (const peer of peers.values()) {
    peer.renew(relay);
    peer.again();
  }
  // The one that offers may have done so while this page was away, and does it once more.
  if (talksWith === undefined || peers.get(talksWith)?.offers !== false) return;
  again++;
  tellSending();
}

function letGo(isOver: boolean): void {
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
  heardMs = 0;
  if (isOver) releaseDevices(mine);
}

/** The call of this page that nobody answered: in elder mode the telephone is offered in its place (CA214). */
export const unanswered = signal<Over | undefined>(undefined);

function tellOver(over: CallsView["over"]): void {
  if (over === undefined || over.atMs === toldOver) return;
  const isFresh = Date.now() - over.atMs < 5_000;
  toldOver = over.atMs;
  // Who gave it up knows.
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
