/**
 * Group call: what this page does about the group call of this device (docs/spec/calls.md CA97): it asks for the
 * microphone, makes the one way of media, and brings the worker that seals together with the one that has keys. A call
 * lives on one page.
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

type Media = "voice" | "video";

const host = crypto.randomUUID();
/** Voices that a page takes at once, and pictures. Where more are in a call the last speakers are heard (CA209). */
const slotsOf = { voiceSlots: 15, pictureSlots: 9 };
/** Of a way that is gone for a moment, before another is made. */
const brokenMs = 3_000;
const levelsMs = 300;
/** Loudness from which somebody is taken to speak (of 1). */
const speakingFrom = 0.01;
/** What a page is told when it is opened long after says nothing any more. */
const freshMs = 5_000;

/** Whom to ring is being chosen: by a new call, or, with the name of one, by that one that goes on. */
export const choosing = signal<{ readonly chat: string; readonly media: Media; readonly call?: string } | undefined>(
  undefined,
);
export const isGroupSmall = signal(false);
/** The way of media, with its slots. */
export const peer = signal<GroupPeer | undefined>(undefined);
/** Seats by slot: by whose key it was opened last (CA101). */
export const seatOfSlot = signal<ReadonlyMap<number, number>>(new Map());
export const speaking = signal<ReadonlySet<number>>(new Set());
/** Another's seat: who spoke last, and is shown large among many until somebody else speaks. */
export const spokeLast = signal<number | undefined>(undefined);
export const sealCounts = signal<SealCounts | undefined>(undefined);

let seal: Worker | undefined;
let endKeys: (() => void) | undefined;
let call: string | undefined;
/** What this call holds of the devices. */
let mine: number | undefined;
let usedRelay: string | undefined;
let takenN = 0;
let goneN = 0;
let isDue = false;
let brokenTimer: ReturnType<typeof setTimeout> | undefined;
let levelsTimer: ReturnType<typeof setInterval> | undefined;
let wantedKey = "";
let toldMissedMs: number | undefined;

const view = () => peekView("groupCalls").peek();
const areThere = computed(() => peekView("groupCalls").value?.areThere === true);

/** Followed while drawing. */
export function hasGroupCalls(): boolean {
  return areThere.value && navigator.mediaDevices !== undefined && "RTCRtpScriptTransform" in globalThis;
}

/** The call of a group that rings here: where one can be in it, and is in no other. Followed while drawing. */
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

/** These are rung as well, by the call of this page (CA191). */
export async function ringMore(named: string, rings: readonly string[]): Promise<void> {
  await attempt(() => api.ringInGroupCall(named, rings));
}

/** One hears and sees the others, and the browser is asked for nothing, until one wants to be heard (CA196). */
export async function listenToGroupCall(chat: string, named: string): Promise<void> {
  await withDevices({ chat, media: "none" }, () => api.joinGroupCall(named, host));
}

/** A tap on the record of a group's call: into that call, and no other of this chat; once it is over, to a new one. */
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
  const took = media === "none" ? takeNothing() : await takeDevices(media === "video", { chat, again, isStill });
  if (took === undefined) return;
  mine = took;
  isGroupSmall.value = false;
  if (await succeeds(join)) tellSends();
  else releaseDevices(took);
}

/** One that only rings here keeps nobody from another. */
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

/** What the way sends is always what is muted and shown here. */
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

/** How large each picture is shown, by the seats of those who show one. */
export function showPictures(seats: readonly number[], layers: (seat: number) => 0 | 1 | 2): void {
  const named = call;
  if (named === undefined || peer.peek()?.isConnected !== true) return;
  const slots = seats.slice(0, slotsOf.pictureSlots).map((seat, slot) => ({ slot, seat, layers: layers(seat) }));
  const key = JSON.stringify([slots, takenN]);
  if (key === wantedKey) return;
  wantedKey = key;
  void api.wantGroupSlots(named, { slots }).catch(() => undefined);
}

/** Follows what goes on; once, when the page starts. */
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
  // A credential is good for a moment to sit down with: each way is made with a fresh one.
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

/** Why one was not let in (CA146). It may be told before this page ever saw itself in the call. */
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
      // Once it is drawn.
      setTimeout(() => seal?.postMessage({ kind: "shown" } satisfies ToSeal));
    }
  });
  // Keys go from worker to worker: this page has the two ends in hand for a moment, and nothing that goes through.
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
    // Nobody sits in a call that carries nothing, with the microphone on.
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
}

/** Another way: the room is dialled anew, which gives a fresh credential. */
function again(): void {
  if (call === undefined || isDue) return;
  isDue = true;
  void api.groupCallAgain(call).catch(() => undefined);
}

function letGo(): void {
  if (choosing.peek()?.call === call) choosing.value = undefined;
  clearTimeout(brokenTimer);
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

/** Who is loud just now, by what this browser plays, and by its own microphone. */
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

/** Of those who say that they share the first whose picture comes here (CA205): a word alone takes nobody's place. */
export function sharerOf<P extends Sharer>(people: readonly P[], comes: (one: P) => boolean): P | undefined {
  return people.find((one) => one.screen && !one.isHere && comes(one));
}

/**
 * In which order pictures are asked for: who says that they share, whichever of them is large, so that none changes
 * slots once it comes; then the large one, and the others.
 */
export function pictureOrder<P extends Sharer>(people: readonly P[], large: P | undefined): readonly P[] {
  const rank = (one: P) => (one.screen && !one.isHere ? 0 : one === large ? 1 : 2);
  return people.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * The seat that is shown large among many: it stays while it speaks, and in a pause, until only others speak. One's own
 * never is.
 */
export function nextLarge(
  before: number | undefined,
  loud: ReadonlySet<number>,
  own: number | undefined,
): number | undefined {
  if (before !== undefined && loud.has(before)) return before;
  return [...loud].find((seat) => seat !== own) ?? before;
}
