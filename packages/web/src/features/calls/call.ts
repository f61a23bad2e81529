/**
 * Call: what this page does about the calls of this device (docs/spec/calls.md): it asks for the microphone, makes the ways of voice and
 * picture, and tells the worker when they stand. A call lives on one page; others say so.
 */
import { computed, effect, signal } from "@preact/signals";
import type { CallNow, CallsView } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { api, attempt, peekView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { isMuted, local, releaseDevices, setCamera, setMuted, takeDevices } from "./devices.ts";
import { mayTry, Peer } from "./peer.ts";
import { ringTone } from "./ring-tone.ts";

const host = crypto.randomUUID();
/** What the other sends, as it comes. */
export const remote = signal<MediaStream | undefined>(undefined);
/** What they say that they send. */
export const theirs = signal<{ readonly voice: boolean; readonly picture: boolean }>({ voice: true, picture: false });
export const isSmall = signal(false);

const peers = new Map<string, Peer>();
let call: string | undefined;
let last = 0;
let talksWith: string | undefined;
let told: string | undefined;
let brokenSinceMs: number | undefined;
let relayName: string | undefined;
let toldOver = 0;
const lostMs = 30_000;

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
  if (view()?.now !== undefined) {
    isSmall.value = false;
    return;
  }
  if (!(await takeDevices(media === "video", { chat, again: () => void startCall(chat, media) }))) return;
  isSmall.value = false;
  const started = await attempt(() => api.startCall(chat, media, host));
  if (started === undefined) releaseDevices();
}

export async function answerCall(named: string, withCamera: boolean): Promise<void> {
  const asked = [view()?.now, view()?.waiting].find((one) => one?.call === named);
  if (asked === undefined) return; // It was over before the microphone was allowed.
  const again = () => void answerCall(named, withCamera);
  if (!(await takeDevices(withCamera, { chat: asked.conversation, again }))) return;
  isSmall.value = false;
  await attempt(() => api.answerCall(named, host));
}

export const declineCall = (named: string) => void attempt(() => api.declineCall(named));
export const hangUp = () => void attempt(() => api.hangUp());

export function toggleMute(): void {
  setMuted(!isMuted.peek());
  tellSending();
}

export async function toggleCamera(): Promise<void> {
  await setCamera(local.peek()?.getVideoTracks().length === 0);
  resend();
}

export function resend(): void {
  if (talksWith !== undefined) peers.get(talksWith)?.send(local.peek());
  tellSending();
}

function tellSending(): void {
  const stream = local.peek();
  if (call === undefined || stream === undefined) return;
  const picture = stream.getVideoTracks().length > 0;
  void api.callSends(call, !isMuted.peek(), picture).catch(() => undefined);
}

/** Follows what goes on; once, when the page starts. */
export function followCalls(): void {
  effect(() => follow(peekView("calls").value));
  effect(() => {
    const now = peekView("calls").value?.now;
    const waiting = peekView("calls").value?.waiting;
    ringTone(
      now?.at === "ringing" ? "in" : now?.at === "calling" && now.isReached ? "out" : waiting ? "waiting" : undefined,
    );
  });
  addEventListener("online", () => call !== undefined && void api.callAgain(call).catch(() => undefined));
  // What is being said would be cut off without a word.
  addEventListener("beforeunload", (event) => {
    if (view()?.now?.host === host) event.preventDefault();
  });
  setInterval(() => {
    if (call === undefined || brokenSinceMs === undefined) return;
    if (Date.now() - brokenSinceMs > lostMs) void api.callFailed(call, "lost").catch(() => undefined);
  }, 1_000);
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
      if (one.from === now.other) theirs.value = { voice: one.voice, picture: one.picture };
    } else peerOf(now, one.from, one.kind === "answer").take(one.kind, one.round, one.sdp);
  }
  join(now);
}

function peerOf(now: CallNow, device: string, isOfferer: boolean): Peer {
  const known = peers.get(device);
  if (known !== undefined) return known;
  const named = now.call;
  const peer = new Peer(isOfferer, now.relay, now.relayOnly, {
    describe: (kind, round, sdp) => void api.describeCall(named, kind, device, round, sdp).catch(() => undefined),
    connected: () => {
      brokenSinceMs = undefined;
      const latest = view()?.now;
      if (latest?.call === named) join(latest);
    },
    failed: (as) => {
      if (device === view()?.now?.other) void api.callFailed(named, as).catch(() => undefined);
    },
    stream: (stream) => {
      if (device === talksWith) remote.value = new MediaStream(stream.getTracks());
    },
    broken: () => {
      if (device !== talksWith) return;
      brokenSinceMs ??= Date.now();
      void api.callAgain(named).catch(() => undefined);
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
    peer.send(local.peek());
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
}

function letGo(isOver: boolean): void {
  for (const peer of peers.values()) peer.close();
  peers.clear();
  call = undefined;
  talksWith = undefined;
  brokenSinceMs = undefined;
  relayName = undefined;
  remote.value = undefined;
  theirs.value = { voice: true, picture: false };
  if (isOver) releaseDevices();
}

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
  if (isFresh && isTold) toast(t(`call.over.${over.as}`));
}
