/**
 * What friends tell each other (docs/spec/channels.md CH9, CH54, CH55), encrypted as all that they write: which films
 * they like, and which pack of home is the newest.
 */
import { channelSaidLimits } from "@yanshu/content";
import {
  addChannelFound,
  dropChannelDue,
  newestChannelPack,
  readChannelDue,
  readChannelPack,
  readChannelPackBefore,
  readToldLikes,
  writeChannelHeadOf,
  writeFriendLike,
} from "@yanshu/store";
import { type ConversationId, equalBytes, fromHex, isFork, toHex } from "@yanshu/wire";
import type { FeatureContext, Said } from "../../feature.ts";
import { dayOf, readValue, writeValue } from "./values.ts";

/** The newest pack is told to so many friends a day: all of a home are few steps from each other. */
const toldHeads = 8;

/** Chats of two that are open. */
function friends(context: FeatureContext): readonly ConversationId[] {
  return context
    .read()
    .contacts()
    .filter(({ blocked, conversation }) => !blocked && conversation !== undefined)
    .map(({ account }) => context.directs.with(fromHex(account) as Parameters<typeof context.directs.with>[0]))
    .filter((one) => {
      const row = context.db.get<{ state: string }>("SELECT state FROM conversations WHERE conversation = ?", one);
      return row?.state === "open";
    });
}

/** ♥ of which friends are to hear go to all of them in one message each. */
export function tellLikes(context: FeatureContext): void {
  const { db, nowMs, own } = context;
  const tells = readChannelDue(db).filter((one) => one.what === "tell");
  const due = tells.slice(0, channelSaidLimits.likesMax);
  const told = new Set(readToldLikes(db, own()).map(toHex));
  // What nobody was told is not taken back either: it would say that it was liked. @checks CH64
  const said = due.filter(({ entry, is_on }) => is_on === 1 || told.has(toHex(entry)));
  const likes = said.map(({ entry, is_on }) => ({ entry, isOn: is_on === 1, stampMs: nowMs() }));
  const to = friends(context);
  db.transaction(() => {
    for (const { entry } of due) dropChannelDue(db, "tell", entry);
    for (const { entry, isOn } of likes) writeFriendLike(db, own(), entry, isOn, nowMs());
  });
  if (to.length > 0 && likes.length > 0) context.sayInEach(to, { kind: "channels", likes });
}

/** Once a day some friends, drawn by chance, are told of the newest pack. */
export function tellHead(context: FeatureContext): void {
  const { db, nowMs, chance } = context;
  const newest = newestChannelPack(db);
  const home = readValue(context, "home");
  const today = dayOf(nowMs());
  if (newest === undefined || home === undefined || (readValue(context, "told") ?? 0) >= today) return;
  writeValue(context, "told", today);
  const to = friends(context)
    .map((one) => [chance(), one] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, toldHeads)
    .map(([, one]) => one);
  if (to.length === 0) return;
  context.sayInEach(to, { kind: "channels", head: { home: home.name, n: newest.n, hash: newest.hash } });
}

/** Inside a transaction. @checks CH54 */
export function takeTold(context: FeatureContext, { by, conversation, body, sentAtMs }: Said<"channels">): void {
  const { db, own, directs, nowMs } = context;
  // What another own device told friends counts too, as of now at most (SY86).
  if (!equalBytes(by, own()) && !equalBytes(conversation, directs.with(by))) return;
  for (const { entry, isOn, stampMs } of body.likes ?? [])
    writeFriendLike(db, by, entry, isOn, Math.min(stampMs, sentAtMs, nowMs()));
  if (equalBytes(by, own())) return;
  if (body.likes !== undefined) context.changed("channels");
  const home = readValue(context, "home");
  if (body.head === undefined || home === undefined || body.head.home !== home.name) return;
  const { n, hash } = body.head;
  writeChannelHeadOf(db, by, n, hash);
  const before = readChannelPackBefore(db, n);
  // What home had before it was put back is no fork between two people.
  if (before !== undefined && equalBytes(before, hash)) return;
  if (!isFork({ n, hash }, (at) => readChannelPack(db, at)?.hash)) return;
  addChannelFound(db, { what: "head-differs", pack: n, account: by }, nowMs());
  context.changed("channels-log", "channels");
}
