/**
 * Group call: the page's part of a group call (docs/spec/calls.md CA97): it asks for the microphone, makes the one
 * WebRTC connection to the server, and connects the sealing worker with the client's worker, which has the keys. One
 * page holds a call.
 */
import { computed, effect, signal } from "@preact/signals";
import type { GroupCallNow, GroupCallsView } from "@yanshu/client";
import { screenKind } from "../../kit/kinds/index.ts";
import { t } from "../../locales/i18n.ts";
import type { FromSeal, SealCounts, ToSeal } from "../../shared/seal-messages.ts";
import { api, attempt, handView, peekView, succeeds } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import {
  flip,
  hasPicture,
  hasVoice,
  isMuted,
  isSharing,
  local,
  onDevices,
  releaseDevices,
  setCamera,
  setMuted,
  setSharing,
  takeDevices,
  takeNothing,
  takeVoice,
} from "./devices.ts";
import { careful } from "./faults.ts";
import { GroupPeer } from "./group-peer.ts";
import { takePreview } from "./own-preview.tsx";

type Media = "voice" | "video";

const host = crypto.randomUUID();
/** Numbers of voices and pictures that a page receives at once. In larger calls the last speakers are heard (CA209). */
const slotsOf = { voiceSlots: 15, pictureSlots: 9 };
/** How long a connection may be interrupted before a new one is made. */
const brokenMs = 3_000;
/** By then the server has answered a join of the media, or the join or its answer went with a connection. */
const answerMs = 6_000;
const levelsMs = 300;
/** Audio level, 0 to 1, from which somebody counts as speaking. */
const speakingFrom = 0.01;
/** Older events are not shown, such as on a page that was opened long after them. */
const freshMs = 5_000;

/** The person is choosing whom to ring: for a new call or, with `call`, for that running call. */
export const choosing = signal<{ readonly chat: string; readonly media: Media; readonly call?: string } | undefined>(
  undefined,
);
export const isGroupSmall = signal(false);
/** The WebRTC connection with its slots. */
export const peer = signal<GroupPeer | undefined>(undefined);
/** For each slot, the seat whose key opened its last frame (CA101). */
export const seatOfSlot = signal<ReadonlyMap<number, number>>(new Map());
export const speaking = signal<ReadonlySet<number>>(new Set());
/** Seat of the last speaker other than this person, shown large in a large call until somebody else speaks. */
export const spokeLast = signal<number | undefined>(undefined);
export const sealCounts = signal<SealCounts | undefined>(undefined);

let seal: Worker | undefined;
let endKeys: (() => void) | undefined;
let call: string | undefined;
/** The number under which this call has the microphone and camera (devices.ts). */
let mine: number | undefined;
let usedRelay: string | undefined;
let takenN = 0;
let goneN = 0;
let isDue = false;
let brokenTimer: ReturnType<typeof setTimeout> | undefined;
let answerTimer: ReturnType<typeof setTimeout> | undefined;
let levelsTimer: ReturnType<typeof setInterval> | undefined;
let wantedKey = "";
let toldMissedMs: number | undefined;

const view = () => peekView("groupCalls").peek();
const areThere = computed(() => peekView("groupCalls").value?.areThere === true);

/** Whether home and browser can make group calls. Reads signals while rendering. */
export function hasGroupCalls(): boolean {
  return areThere.value && navigator.mediaDevices !== undefined && "RTCRtpScriptTransform" in globalThis;
}

/** The ringing group call, if this browser can join it and is in no other call. Reads signals while rendering. */
export function groupRing(): GroupCallsView["ringing"] {
  const calls = peekView("groupCalls").value;
  const isFree = calls?.now === undefined && peekView("calls").value?.now === undefined;
  return isFree && hasGroupCalls() ? calls?.ringing : undefined;
}

export function isGroupChat(chat: string): boolean {
  const kind =
    peekView("conversation", chat).peek()?.kind ??
    peekView("chats")
      .peek()
      ?.find((row) => row.conversation === chat)?.kind;
  return kind !== undefined && screenKind(kind).hasGroupCalls;
}

export const isHere = (now: GroupCallNow): boolean => now.host === host;

export async function startGroupCall(chat: string, media: Media, rings: readonly string[]): Promise<void> {
  await withDevices({ chat, media }, () => api.startGroupCall(chat, media, rings, host));
}

export async function joinGroupCall(chat: string, named: string, media: Media): Promise<void> {
  await withDevices({ chat, media }, () => api.joinGroupCall(named, host));
}

/** Rings more accounts into this page's call (CA191). */
export async function ringMore(named: string, rings: readonly string[]): Promise<void> {
  await attempt(() => api.ringInGroupCall(named, rings));
}

/** Joins without microphone and camera, and so without a permission, until the person wants to speak (CA196). */
export async function listenToGroupCall(chat: string, named: string): Promise<void> {
  await withDevices({ chat, media: "none" }, () => api.joinGroupCall(named, host));
}

/** After a tap on a group call's record: joins that call only, or starts a new one when it is over. */
export function tapGroupRecord(chat: string, { media, as, call: named }: Record): void {
  if (view()?.now !== undefined) isGroupSmall.value = false;
  else if (as !== "now") choosing.value = { chat, media };
  else if (named !== undefined && view()?.live.some((one) => one.call === named))
    void joinGroupCall(chat, named, media);
}

type Record = { readonly media: Media; readonly as: string; readonly call?: string };

async function withDevices(
  of: { readonly chat: string; readonly media: Media | "none" },
  join: () => Promise<unknown>,
): Promise<void> {
  const { chat, media } = of;
  if (!hasGroupCalls()) return;
  if (isInCallOfTwo()) return toast(t("call.already"));
  if (view()?.now !== undefined) {
    isGroupSmall.value = false;
    return;
  }
  const again = () => void withDevices(of, join);
  const isStill = () => view()?.now === undefined && !isInCallOfTwo();
  const seen = media === "video" ? takePreview() : undefined;
  const took = media === "none" ? takeNothing() : await takeDevices(media === "video", { chat, again, isStill, seen });
  if (took === undefined) return;
  mine = took;
  isGroupSmall.value = false;
  if (await succeeds(join)) tellSends();
  else releaseDevices(took);
}

/** Whether this device is in a call between two; a ringing one does not count. */
function isInCallOfTwo(): boolean {
  const now = peekView("calls").peek()?.now;
  return now !== undefined && now.at !== "ringing";
}

export const silence = (named: string) => void attempt(() => api.silenceGroupCall(named));
export const leaveGroupCall = () => void attempt(() => api.leaveGroupCall());

export async function toggleGroupMute(): Promise<void> {
  if (isMuted.peek() && !hasVoice()) await takeVoice(view()?.now?.conversation ?? "");
  else setMuted(!isMuted.peek());
  resend();
}

export async function toggleGroupCamera(): Promise<void> {
  await setCamera(isSharing.peek() || !hasPicture());
  resend();
}

export async function toggleGroupSharing(): Promise<void> {
  await setSharing(!isSharing.peek());
  resend();
}

export async function flipGroupCamera(): Promise<void> {
  await flip();
  resend();
}

/** Sends the present tracks of this device. */
function resend(): void {
  if (call === undefined) return;
  void peer
    .peek()
    ?.send(local.peek())
    .catch(() => again());
  tellSends();
}

function tellSends(): void {
  const now = view()?.now;
  const named = now?.call ?? call;
  if (named === undefined) return;
  void api.groupCallSends(named, !isMuted.peek() && hasVoice(), hasPicture(), isSharing.peek()).catch(() => undefined);
}

/** Asks the server for the pictures of these seats, in order. `layers`: how large each is shown. */
export function showPictures(seats: readonly number[], layers: (seat: number) => 0 | 1 | 2): void {
  const named = call;
  if (named === undefined || peer.peek()?.isConnected !== true) return;
  const slots = seats.slice(0, slotsOf.pictureSlots).map((seat, slot) => ({ slot, seat, layers: layers(seat) }));
  const key = JSON.stringify([slots, takenN]);
  if (key === wantedKey) return;
  wantedKey = key;
  void api.wantGroupSlots(named, { slots }).catch(() => undefined);
}

/** Connects this page to the group calls of the client. Called once, when the page starts. */
export function followGroupCalls(): void {
  effect(() => careful(follow, peekView("groupCalls").value));
  onDevices(resend);
  addEventListener("online", () => again());
  addEventListener("beforeunload", (event) => {
    if (view()?.now?.host === host) event.preventDefault();
  });
}

function follow(calls: GroupCallsView | undefined): void {
  tellMissed(calls?.missed);
  const now = calls?.now;
  if (now === undefined || now.host !== host || (call !== undefined && now.call !== call)) {
    if (call !== undefined) letGo();
    if (now === undefined || now.host !== host) return;
  }
  if (call === undefined) begin(now);
  if (now.goneN !== goneN) {
    goneN = now.goneN;
    again();
  }
  // Relay credentials are short-lived, so each connection is made with a fresh one.
  if (isDue && now.relay !== undefined && now.relay.username !== usedRelay) make(now);
  void peer
    .peek()
    ?.pausing(now.people.length > slotsOf.voiceSlots + 1)
    .catch(again);
  if (now.answer !== undefined && now.answerN !== takenN) {
    takenN = now.answerN;
    void peer.peek()?.take(now.answer).catch(again);
  }
}

/** Shows why the call could not be joined (CA146). May run before this page has seen itself in the call. */
function tellMissed(missed: GroupCallsView["missed"]): void {
  if (missed === undefined || missed.atMs === toldMissedMs) return;
  toldMissedMs = missed.atMs;
  if (Date.now() - missed.atMs > freshMs) return;
  if (call === undefined) releaseDevices(mine);
  toast(t(`call.group.missed.${missed.as}`));
}

function begin(now: GroupCallNow): void {
  call = now.call;
  isDue = true;
  takenN = now.answerN;
  goneN = now.goneN;
  seal = new Worker(new URL("../../worker/seal.ts", import.meta.url), { type: "module", name: "yanshu-seal" });
  seal.addEventListener("message", ({ data }: MessageEvent<FromSeal>) => {
    if (data.kind === "counts") sealCounts.value = data;
    else {
      seatOfSlot.value = new Map(data.seats);
      // In the next task, when the new names are rendered.
      setTimeout(() => seal?.postMessage({ kind: "shown" } satisfies ToSeal));
    }
  });
  // Keys go from worker to worker. The page transfers both ends of the channel, and cannot read it.
  const { port1, port2 } = new MessageChannel();
  seal.postMessage({ kind: "keys", port: port1 } satisfies ToSeal, [port1]);
  endKeys = handView("frameKeys", port2);
  levelsTimer = setInterval(() => void look().catch(() => undefined), levelsMs);
  tellSends();
}

function make(now: GroupCallNow): void {
  const { relay } = now;
  if (relay === undefined || seal === undefined) return;
  isDue = false;
  usedRelay = relay.username;
  peer.peek()?.close();
  let made: GroupPeer;
  const hooks = {
    connected: () => {
      clearTimeout(brokenTimer);
      wantedKey = "";
    },
    broken: () => {
      clearTimeout(brokenTimer);
      brokenTimer = setTimeout(() => {
        if (peer.peek() === made && !made.isConnected) again();
      }, brokenMs);
    },
  };
  try {
    made = new GroupPeer(relay, slotsOf, seal, hooks);
  } catch (error) {
    // Without a connection the call is left, so that the microphone does not stay on.
    peer.value = undefined;
    leaveGroupCall();
    toast(t("call.group.cannot"));
    throw error;
  }
  seatOfSlot.value = new Map();
  peer.value = made;
  made
    .describe(local.peek())
    .then((join) => api.joinGroupMedia(now.call, join))
    .catch(again);
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => {
    if (peer.peek() === made && !made.isAnswered) again();
  }, answerMs);
}

/** Makes a new connection: dials the call's room anew, which brings a fresh credential. */
function again(): void {
  if (call === undefined || isDue) return;
  isDue = true;
  void api.groupCallAgain(call).catch(() => undefined);
}

function letGo(): void {
  if (choosing.peek()?.call === call) choosing.value = undefined;
  clearTimeout(brokenTimer);
  clearTimeout(answerTimer);
  clearInterval(levelsTimer);
  peer.peek()?.close();
  endKeys?.();
  endKeys = undefined;
  seal?.terminate();
  seal = undefined;
  call = undefined;
  usedRelay = undefined;
  isDue = false;
  wantedKey = "";
  peer.value = undefined;
  seatOfSlot.value = new Map();
  speaking.value = new Set();
  spokeLast.value = undefined;
  sealCounts.value = undefined;
  releaseDevices(mine);
}

/** Updates who is speaking, by the levels of the received voices and of the own microphone. */
async function look(): Promise<void> {
  const made = peer.peek();
  const now = view()?.now;
  if (made === undefined || now === undefined) return;
  const loud = await made.levels();
  const seats = new Set<number>();
  for (const [slot, level] of loud) {
    const seat = slot === -1 ? now.people[0]?.seat : seatOfSlot.peek().get(slot);
    if (seat !== undefined && level >= speakingFrom && !(slot === -1 && isMuted.peek())) seats.add(seat);
  }
  const before = speaking.peek();
  if (seats.size !== before.size || [...seats].some((seat) => !before.has(seat))) speaking.value = seats;
  spokeLast.value = nextLarge(spokeLast.peek(), seats, now.people[0]?.seat);
}

type Sharer = { readonly screen: boolean; readonly isHere: boolean };

/** The first person who claims to share a screen and whose picture arrives (CA205): a claim alone is not enough. */
export function sharerOf<P extends Sharer>(people: readonly P[], comes: (one: P) => boolean): P | undefined {
  return people.find((one) => one.screen && !one.isHere && comes(one));
}

/**
 * Order in which pictures are requested: everybody who claims to share a screen, so that their slots do not change once
 * one is shown large; then the large one; then the others.
 */
export function pictureOrder<P extends Sharer>(people: readonly P[], large: P | undefined): readonly P[] {
  const rank = (one: P) => (one.screen && !one.isHere ? 0 : one === large ? 1 : 2);
  return people.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * The seat that is shown large in a large call: it stays while it speaks, and while nobody does. Never the own seat.
 */
export function nextLarge(
  before: number | undefined,
  loud: ReadonlySet<number>,
  own: number | undefined,
): number | undefined {
  if (before !== undefined && loud.has(before)) return before;
  return [...loud].find((seat) => seat !== own) ?? before;
}
