/**
 * What a child's Channels are held to (docs/spec/channels.md CH66, CH67): minutes a day and hours, kept and counted on
 * the devices of the account. Another account, whom the child's device asked, may be the only one to change it: by a
 * message in the chat of the two.
 */
import type { SyncItem, YouthLimits } from "@yanshu/content";
import {
  directWith,
  hasChatMark,
  readChannelWards,
  readContact,
  readConversationHead,
  setChannelWardLimits,
  writeChannelWard,
} from "@yanshu/store";
import { type AccountId, equalBytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  type FeatureContext,
  type Hex,
  idFrom,
  pack,
  type ReadContext,
  type Said,
  unpack,
} from "../../feature.ts";
import type { ChannelsYouthView, ChannelWardView } from "./types.ts";
import { localDayOf, localMinuteOf, readValue, writeValue } from "./values.ts";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
const free: YouthLimits = { isOn: false, minutes: 40, closedFrom: 22 * 60, closedTo: 6 * 60, forYou: false };

type Guard = { readonly limits: YouthLimits; readonly stampMs: number; readonly guardian?: AccountId };
type Store = Pick<FeatureContext, "db">;

/** The latest moment that a date can be (ECMA-262 21.4.1.1): a later one is of no clock, and counts as the oldest. */
const stampMsMax = 8_640_000_000_000_000;
const stampOf = (ms: number) => (ms <= stampMsMax ? ms : 0);

function guardOf(store: Store): Guard | undefined {
  const held = readValue(store, "guard");
  // An earlier version stored what a guardian said, and one more: past what can be told on.
  return held && { ...held, stampMs: stampOf(held.stampMs) };
}

const itemOf = ({ limits, stampMs, guardian }: Guard): Extract<SyncItem, { kind: "channelGuard" }> => ({
  kind: "channelGuard",
  limits,
  stampMs,
  ...(guardian && { guardian }),
});

export function guardItems(store: Store) {
  const guard = guardOf(store);
  return guard === undefined ? [] : [itemOf(guard)];
}

/** The later word holds. Inside a transaction. */
export function takeGuard(context: FeatureContext, { limits, guardian, ...said }: Guard): void {
  const stampMs = stampOf(said.stampMs);
  if (stampMs <= (guardOf(context)?.stampMs ?? -1)) return;
  writeValue(context, "guard", { limits, stampMs, ...(guardian && { guardian }) });
  context.changed("channels");
}

/** Of today, by the devices of this account that told it. */
export function watchedMs(store: Store, nowMs: number): number {
  const today = localDayOf(nowMs);
  const own = readValue(store, "watched");
  const others = readValue(store, "watchedElsewhere");
  const elsewhere = others?.day === today ? others.of.reduce((sum, { ms }) => sum + ms, 0) : 0;
  return (own?.day === today ? own.ms : 0) + elsewhere;
}

/** Adds what was watched here. Own devices are told each whole minute, while there are limits. Opens a transaction. */
export function addWatched(context: FeatureContext, ms: number): void {
  const { db, nowMs } = context;
  const day = localDayOf(nowMs());
  const held = readValue(context, "watched");
  const before = held?.day === day ? held.ms : 0;
  const after = before + ms;
  db.transaction(() => {
    writeValue(context, "watched", { day, ms: after });
    const isTold = Math.floor(after / minuteMs) > Math.floor(before / minuteMs);
    if (guardOf(context)?.limits.isOn === true && isTold)
      context.tellOwnDevices([{ kind: "channelTime", day, ms: after }]);
  });
  context.sendSoon();
}

/** What another own device watched. Inside a transaction. */
export function takeTime(context: FeatureContext, { day, ms }: { readonly day: number; readonly ms: number }, by: Hex) {
  const held = readValue(context, "watchedElsewhere");
  // not a check: what was watched on a day that is over counts no more.
  if (held !== undefined && held.day > day) return;
  const others = held?.day === day ? held.of.filter((one) => one.by !== by) : [];
  writeValue(context, "watchedElsewhere", { day, of: [...others, { by, ms }] });
  context.changed("channels");
}

export type Closed = "time" | "night" | "for-you";

/** Why Channels show nothing now; undefined: they are open. @checks CH66 */
export function closedNow(store: Store, nowMs: number, isForYou: boolean): Closed | undefined {
  const limits = guardOf(store)?.limits;
  if (limits?.isOn !== true) return undefined;
  if (isNight(limits, localMinuteOf(nowMs))) return "night";
  if (watchedMs(store, nowMs) >= limits.minutes * minuteMs) return "time";
  return isForYou && !limits.forYou ? "for-you" : undefined;
}

function isNight({ closedFrom, closedTo }: YouthLimits, minute: number): boolean {
  if (closedFrom <= closedTo) return minute >= closedFrom && minute < closedTo;
  return minute >= closedFrom || minute < closedTo;
}

/** When it opens or closes next by the clock alone; undefined: there are no limits. */
export function nextTurnMs(store: Store, nowMs: number): number | undefined {
  const limits = guardOf(store)?.limits;
  if (limits?.isOn !== true) return undefined;
  const minute = localMinuteOf(nowMs);
  const left = [limits.closedFrom, limits.closedTo, dayMinutes].map((at) => (at - minute + dayMinutes) % dayMinutes);
  return (Math.min(...left.filter((one) => one > 0)) || dayMinutes) * minuteMs - (nowMs % minuteMs);
}

export function readYouth(read: ReadContext): ChannelsYouthView {
  const store = { db: read.database };
  const guard = guardOf(store);
  const { nowMs } = read;
  const people = read.peopleIn();
  const guardian = guard?.guardian;
  const isOn = guard?.limits.isOn === true;
  const closed = closedNow(store, nowMs, false);
  return {
    limits: guard?.limits ?? free,
    ...(guardian && { guardian: people.ref(toHex(guardian)) }),
    mayChange: guardian === undefined || hasLeft(store, guardian),
    watchedTodayMs: watchedMs(store, nowMs),
    leftMs: isOn ? Math.max(0, (guard?.limits.minutes ?? 0) * minuteMs - watchedMs(store, nowMs)) : undefined,
    ...(closed && { closed }),
  };
}

export function readWards(read: ReadContext): readonly ChannelWardView[] {
  const people = read.peopleIn();
  return readChannelWards(read.database).map(({ account, limits }) => ({
    person: people.ref(toHex(account)),
    limits: limits.length === 0 ? free : unpack<YouthLimits>(limits),
    isSet: limits.length > 0,
  }));
}

/** Whether they left the chat of two for good: nobody else could open what they closed. */
function hasLeft({ db }: Store, account: AccountId): boolean {
  const chat = directWith(db, account);
  return chat !== undefined && hasChatMark(db, chat, "alone");
}

/** A contact, and the chat of the two. @throws ClientError `unknown-contact` */
export function chatWith({ db, directs }: FeatureContext, hex: Hex) {
  const account = idFrom(hex) as AccountId | undefined;
  // not a check: whom one asks has to be a contact of one's own.
  if (account === undefined || readContact(db, account)?.state !== "contact") throw new ClientError("unknown-contact");
  return { account, chat: directs.with(account) };
}

/**
 * On a device of the account that is held to it. @throws ClientError `not-allowed` where somebody else alone may change
 * it; `unknown-contact`, `unknown-conversation`
 */
export function setYouth(
  context: FeatureContext,
  { limits, guardian }: { readonly limits: YouthLimits; readonly guardian?: Hex },
): void {
  const { db, nowMs } = context;
  const held = guardOf(context);
  // @checks CH67
  if (held?.guardian !== undefined && !hasLeft(context, held.guardian)) throw new ClientError("not-allowed");
  const by = guardian === undefined ? undefined : chatWith(context, guardian);
  const stampMs = Math.max(nowMs(), (held?.stampMs ?? 0) + 1);
  const next = { limits: checked(limits), stampMs, ...(by && { guardian: by.account }) };
  const write = () => {
    writeValue(context, "guard", next);
    context.tellOwnDevices([itemOf(next)]);
  };
  if (by === undefined) db.transaction(write);
  else {
    context.writable(toHex(by.chat));
    context.say(by.chat, { kind: "channelYouth", stampMs, asks: true, limits: next.limits }, { before: write });
  }
  context.changed("channels");
  context.sendSoon();
}

function checked(limits: YouthLimits): YouthLimits {
  const minutes = [limits.minutes, limits.closedFrom, limits.closedTo];
  // @checks CH66
  if (minutes.some((one) => !Number.isInteger(one) || one < 0 || one > dayMinutes))
    throw new ClientError("not-allowed");
  const { isOn, forYou } = limits;
  return { isOn, forYou, minutes: limits.minutes, closedFrom: limits.closedFrom, closedTo: limits.closedTo };
}

/** On a device of the guardian. @throws ClientError `unknown-contact` where that person did not ask for it. */
export function setWardLimits(context: FeatureContext, hex: Hex, limits: YouthLimits): void {
  const { account, chat } = chatWith(context, hex);
  const ward = readChannelWards(context.db).find((one) => equalBytes(one.account, account));
  if (ward === undefined) throw new ClientError("unknown-contact");
  context.writable(toHex(chat));
  const stampMs = Math.max(context.nowMs(), ward.stamp_ms + 1);
  // Own devices hear it as they hear all that is said in that chat.
  context.say(chat, { kind: "channelYouth", stampMs, limits: checked(limits) });
  context.changed("channels");
  context.sendSoon();
}

/** Inside a transaction. @checks CH67 */
export function takeYouth(context: FeatureContext, said: Said<"channelYouth">): void {
  const { db, own, directs, nowMs } = context;
  const { by, conversation, body } = said;
  if (equalBytes(by, own())) takeOwnYouth(context, said);
  if (equalBytes(by, own()) || !equalBytes(conversation, directs.with(by))) return;
  const stampMs = Math.min(body.stampMs, nowMs());
  if (body.asks !== undefined) {
    if (!writeChannelWard(db, by, body.asks, stampMs)) return;
    setChannelWardLimits(db, by, body.limits === undefined ? new Uint8Array() : pack(body.limits));
    context.changed("channels");
    return;
  }
  const held = guardOf(context);
  if (body.limits === undefined || held?.guardian === undefined || !equalBytes(held.guardian, by)) return;
  // Let go: this account is its own guardian again.
  const { isOn } = body.limits;
  const next = {
    limits: body.limits,
    stampMs: Math.max(stampMs, held.stampMs + 1),
    ...(isOn && { guardian: by }),
  };
  writeValue(context, "guard", next);
  context.changed("channels");
}

/** What this account said to a ward, on this device or on another own one. Inside a transaction. */
function takeOwnYouth({ db, changed }: FeatureContext, { conversation, body }: Said<"channelYouth">): void {
  if (body.asks !== undefined || body.limits === undefined) return;
  const ward = readConversationHead(db, conversation)?.peer;
  if (ward == null) return;
  setChannelWardLimits(db, ward, pack(body.limits));
  if (!body.limits.isOn) writeChannelWard(db, ward, false, body.stampMs);
  changed("channels");
}
