/**
 * Packs as home publishes them, read and checked (docs/spec/channels.md CH7–CH10, CH47–CH52). Nothing that is asked for
 * depends on who asks: everybody reads the same packs in their order.
 */
import {
  addChannelCount,
  addChannelDecision,
  addChannelEntry,
  addChannelFound,
  addChannelPack,
  addChannelTag,
  type ChannelPackRow,
  countChannelFoundEntries,
  countChannelPacksOf,
  dropChannelBlank,
  dropChannelFound,
  dropOldChannelCounts,
  forgetChannelPacks,
  isChannelFoundSince,
  isChannelWithdrawn,
  newestChannelPack,
  newestChannelPackBefore,
  readChannel,
  readChannelBlankPacks,
  readChannelBlanks,
  readChannelDecision,
  readChannelEntry,
  readChannelHeads,
  readChannelPack,
  readChannelPackBefore,
  readChannelPuts,
  setChannelAuthors,
  setChannelEntryState,
  setChannelHeadAhead,
  setChannelPut,
  writeChannelHead,
  writeChannelPins,
  writeChannelProfile,
  writeChannelWithdrawn,
} from "@yanshu/store";
import {
  type Bytes,
  type ChannelEntry,
  type ChannelHead,
  channelBodies,
  concat,
  decodePackFiles,
  decodePackHead,
  deletedBy,
  type EntryPlace,
  equalBytes,
  fromHex,
  isChannelKind,
  isDomain,
  isFork,
  monthOf,
  type OpenedPack,
  openPack,
  type PackFault,
  type PackHead,
  type Primitives,
  publicLimits,
  type ReadPlaces,
  readPlaces,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import { type FeatureContext, pack as packed } from "../../feature.ts";
import { keysIn } from "../../values/public-log.ts";
import { authorsLeft } from "./authors.ts";
import { homePlace, mirrorPlace, mirrorsOf, type PublicPlace, readFrom } from "./mirrors.ts";
import { dropPut } from "./own.ts";
import { dayMs, dayOf, none, readValue, type ShownEntry, tagKey, writeValue } from "./values.ts";

/** A device that begins reads so many of the newest: the ninety days of a page, a pack an hour. */
const firstPacksMax = 24 * 90;
const behindMs = 600_000;
/** Counts of so many packs back are kept as they were: their pages can be asked for. */
const countedPacks = 72;
/** A head that a friend told, and that home did not show in so many looks, differs: one may come out of a cache. */
const aheadMax = 2;
const headBytesMax = 256;
const { packBytesMax, packsBytesMax } = publicLimits;
/** Packs that wait to be read again; a mirror that withholds more is read no further. */
const againMax = 1_024;
/** So many of them are asked for in one look at a mirror. */
const againElsewhere = 8;
/** So many packs are read in one look: what waits to go to home goes between two. */
const packsPerLook = 256;
/** Of one day: a home makes one a minute at most. */
const packsOfDayMax = 24 * 60;
/** So many entries of a day that do not hold are told one by one; of those beyond the first alone. */
const foundOfDayMax = 256;
/** For so long a home that says nothing, or not all, may be a bad line. */
const silentMs = 60 * 60_000;
/** An own entry that stands in none of so many packs after home took it was not published (CH51). */
export const packsToWait = 2;

const primitives = ({ sha256, crypto }: FeatureContext): Primitives => ({ sha256, verify: crypto.verify });

const hourOf = ({ nowMs }: FeatureContext) => Math.floor(nowMs() / 3_600_000);

/**
 * Resolves with whether home was reached, or "more" where it has packs beyond those of one look. What does not hold is
 * kept, and told by the view `channelsLog`.
 */
export async function pullPacks(context: FeatureContext): Promise<boolean | "more"> {
  let pulled = await pull(context);
  // What home showed may stand elsewhere. @checks CH74
  if (pulled === false) pulled = await pullElsewhere(context);
  else readFrom(context, undefined);
  // What friends told is compared however home behaved: who is shown nothing learns it from them.
  if (pulled !== "more") settle(context, pulled);
  if (pulled) writeValue(context, "looked", context.nowMs());
  return pulled;
}

/**
 * What mirrors have beyond what is held here. Resolves with "more" where one has more than a look takes; home was not
 * reached, so false otherwise. Only what home signed is believed: a mirror's word is no ground for an alarm.
 */
export async function pullElsewhere(context: FeatureContext): Promise<false | "more"> {
  const home = readValue(context, "home");
  // not a check: nothing was read of this home yet.
  if (home === undefined || home.name !== context.serverName()) return false;
  // A home that refuses, is full or says what nobody can read is there: then no mirror learns anything. @checks CH87
  if ((await homePlace(context).read("head", headBytesMax)) !== undefined) return false;
  for (const name of mirrorsOf(context)) {
    const place = mirrorPlace(context, name);
    const answer = await place.read("head", headBytesMax);
    const head = answer?.status === 200 ? unlessMalformed(() => decodePackHead(answer.body)) : undefined;
    if (head === undefined) continue;
    const isMore = await readAgain(context, place, home.key);
    const read = await readUpTo(context, place, home.key, head.n);
    if (isMore) readFrom(context, name);
    if (read === "refused" || read === "nothing") continue;
    readFrom(context, name);
    writeValue(context, "looked", context.nowMs());
    return read === "more" ? "more" : false;
  }
  return false;
}

async function pull(context: FeatureContext): Promise<boolean | "more"> {
  const { db } = context;
  const key = await keyOfHome(context);
  if (key === undefined) return false;
  const place = homePlace(context);
  const answer = await place.read("head", headBytesMax);
  if (answer === undefined) return false;
  const head = answer.status === 200 ? unlessMalformed(() => decodePackHead(answer.body)) : undefined;
  const before = newestChannelPack(db);
  behind(context, before, head?.n ?? -1);
  if (head === undefined) return answer.status === 404;
  if (isFork(head, (n) => readChannelPack(db, n)?.hash)) found(context, { what: "pack-fork", pack: head.n });
  await readAgain(context, place, key);
  const read = await readUpTo(context, place, key, head.n);
  return read === "more" ? read : read !== "nothing";
}

/**
 * Reads packs in order, up to `last`. "nothing": none came, and it is asked for again; "refused": one does not hold,
 * and nothing behind it is read, for it would not follow; "more": the rest is read in the next look.
 */
async function readUpTo(
  context: FeatureContext,
  place: PublicPlace,
  key: Bytes,
  last: number,
): Promise<"whole" | "more" | "nothing" | "refused"> {
  const { db } = context;
  const isHome = place.mirror === undefined;
  const before = newestChannelPack(db);
  let next = before === undefined ? Math.max(0, last + 1 - firstPacksMax) : before.n + 1;
  const end = next + packsPerLook;
  while (next <= last) {
    // not a check: the rest is read in the next look.
    if (next >= end) return "more";
    const files = await readFiles(place, next, Math.min(last, next + publicLimits.packsPerRequestMax - 1));
    // not a check: nothing came, and it is asked for again.
    if (files === undefined || files.length === 0) return "nothing";
    for (const file of files) {
      const held = newestChannelPack(db);
      const opened = await openPack(
        primitives(context),
        key,
        file,
        held && { ...held, hour: held.day * 24 },
        hourOf(context),
      );
      const isNext = opened.kind === "opened" && opened.pack.n === next;
      // @checks CH48, CH74
      if (opened.kind === "refused" || !isNext) {
        const what = opened.kind === "opened" ? "pack-fork" : faultOf(opened.why);
        if (isHome) found(context, { what, pack: next });
        return "refused";
      }
      // @checks CH60
      if (countChannelPacksOf(db, Math.floor(opened.pack.hour / 24)) >= packsOfDayMax) {
        if (isHome) found(context, { what: "packs-too-many", pack: next });
        return "refused";
      }
      const read = await readPlaces(primitives(context), opened.pack, (channel) => headOf(context, channel));
      // @checks CH85
      if (!isHome && !mayTakeElsewhere(context, opened.pack, read)) return "refused";
      await take(context, opened.pack, read, place);
      next++;
    }
  }
  return "whole";
}

function faultOf(why: PackFault): "pack-fork" | "pack-hour" | "pack-signature" {
  // not a check: the pack is refused already, and told by this name.
  if (why === "bad-hour") return "pack-hour";
  return why === "does-not-follow" ? "pack-fork" : "pack-signature";
}

/** An older head than this device has, or none, may come out of a cache, for a while. */
function behind(context: FeatureContext, before: PackHead | undefined, n: number): void {
  const { nowMs } = context;
  const sinceMs = readValue(context, "behind") ?? 0;
  const isBehind = before !== undefined && n < before.n;
  if (isBehind && sinceMs > 0 && nowMs() - sinceMs >= behindMs)
    found(context, { what: "pack-fork", pack: Math.max(0, n + 1) });
  if (isBehind && sinceMs === 0) writeValue(context, "behind", nowMs());
  if (!isBehind && sinceMs > 0) writeValue(context, "behind", 0);
}

async function readFiles({ read }: PublicPlace, from: number, to: number): Promise<readonly Bytes[] | undefined> {
  const answer = await read(`packs/${from}-${to}`, packBytesMax + packsBytesMax);
  return answer?.status === 200 ? unlessMalformed(() => decodePackFiles(answer.body)) : undefined;
}

/**
 * The key that signs home's packs: asked for without a name, so that home shows everybody the same, and pinned. Another
 * home has packs of its own.
 */
async function keyOfHome(context: FeatureContext): Promise<Bytes | undefined> {
  const name = context.serverName();
  const pinned = readValue(context, "home");
  const answer = await context.server.callUnnamed("channelTerms", {});
  if (answer?.kind === "ok") {
    const { packKey, filmBytesMax, filmMsMax } = answer.value;
    writeValue(context, "terms", { filmBytesMax, filmMsMax, mayPublish: true });
    if (pinned?.name !== name) {
      if (pinned !== undefined) forgetChannelPacks(context.db);
      writeValue(context, "home", { name, key: packKey });
      return packKey;
    }
    if (!equalBytes(pinned.key, packKey))
      found(context, { what: "pack-signature", pack: newestChannelPack(context.db)?.n ?? 0 });
  } else if (answer?.kind === "error") {
    writeValue(context, "terms", { filmBytesMax: 0, filmMsMax: 0, mayPublish: false });
  }
  return pinned?.name === name ? pinned.key : undefined;
}

/**
 * Whether a mirror's pack is taken. Entries and roots stand beside what home signed: what does not hold of them may be
 * the mirror's doing, so home itself is asked, and anything that would be told of home comes from home.
 * @checks CH85
 */
function mayTakeElsewhere(context: FeatureContext, pack: OpenedPack, { faults, blanks }: ReadPlaces): boolean {
  const { db } = context;
  const isAnotherNow = (n: number, hash: Bytes) => {
    const before = readChannelPackBefore(db, n);
    return before !== undefined && !equalBytes(before, hash);
  };
  const isNew = ({ hash }: EntryPlace) => readChannelEntry(db, hash) === undefined;
  const waiting = readValue(context, "again")?.length ?? 0;
  return (
    faults.length === 0 &&
    !isAnotherNow(pack.n, pack.hash) &&
    pack.places.every(isNew) &&
    (blanks.length === 0 || waiting < againMax)
  );
}

function readLater(context: FeatureContext, n: number): void {
  const waiting = readValue(context, "again") ?? [];
  if (!waiting.includes(n)) writeValue(context, "again", [...waiting, n]);
}

/**
 * Packs of which a mirror gave not all, once more: home's word of a place is the last, a mirror fills it or not.
 * Returns whether something came.
 */
async function readAgain(context: FeatureContext, place: PublicPlace, key: Bytes): Promise<boolean> {
  const waiting = readValue(context, "again") ?? [];
  // not a check: nothing waits.
  if (waiting.length === 0) return false;
  const { db } = context;
  const isBlank = (n: number) => readChannelBlanks(db, n, 1).length > 0;
  const isHome = place.mirror === undefined;
  // What was explained meanwhile needs no second reading.
  const left = new Set(waiting.filter(isBlank));
  const from = isHome ? 0 : Math.floor(context.chance() * left.size);
  let isMore = false;
  for (const n of [...left].slice(from, from + (isHome ? packsPerLook : againElsewhere))) {
    const read = await fill(context, place, key, n);
    if (read === "nothing") break;
    isMore ||= read === "filled";
    if (isHome || !isBlank(n)) left.delete(n);
  }
  writeValue(context, "again", [...left]);
  return isMore;
}

/** Empty places of a pack that is held get their entries, where they come now. */
async function fill(
  context: FeatureContext,
  place: PublicPlace,
  key: Bytes,
  n: number,
): Promise<"nothing" | "filled" | "same"> {
  const { db } = context;
  const [file] = (await readFiles(place, n, n)) ?? [];
  const pack = readChannelPack(db, n);
  // not a check: nothing came, and it is asked for again.
  if (file === undefined || pack === undefined) return "nothing";
  const opened = await openPack(primitives(context), key, file, undefined, hourOf(context));
  // @checks CH48, CH85
  if (opened.kind === "refused" || !equalBytes(opened.pack.hash, pack.hash)) {
    const what = opened.kind === "opened" ? "pack-fork" : faultOf(opened.why);
    if (place.mirror === undefined) found(context, { what, pack: n });
    return "same";
  }
  const read = await readPlaces(primitives(context), opened.pack, () => undefined);
  const missing = read.entries.filter(({ hash }) => {
    const row = readChannelEntry(db, hash);
    return row?.state === "gone" || row?.kind === "";
  });
  db.transaction(() => {
    for (const entry of missing) {
      const { channel, hash, seq, kind } = entry;
      db.run("DELETE FROM channel_entries WHERE hash = ?", hash);
      dropChannelFound(db, { what: "entry-gone", pack: pack.n, channel, seq });
      const head = read.heads.get(toHex(channel));
      if (head !== undefined && readChannel(db, channel) === undefined)
        writeChannelHead(db, channel, concat(...head.authors), head.seq, head.hash);
      if (head !== undefined && kind === "authors") setChannelAuthors(db, channel, concat(...head.authors), seq);
      takeEntry(context, pack, entry);
    }
  });
  if (missing.length > 0) context.changed("channels");
  return missing.length > 0 ? "filled" : "same";
}

/** One pack, checked, into the store: all of it or nothing. */
async function take(context: FeatureContext, pack: OpenedPack, read: ReadPlaces, place: PublicPlace): Promise<void> {
  const { db } = context;
  const day = Math.floor(pack.hour / 24);
  db.transaction(() => {
    addChannelPack(db, { n: pack.n, hash: pack.hash, day });
    if (pack.marks !== undefined) writeValue(context, "markKeys", { month: monthOf(day), hash: pack.marks });
    if (isAnew(context, pack.n) && !isAnew(context, pack.n - 1)) found(context, { what: "packs-anew", pack: pack.n });
    for (const [at, decision] of pack.decisions.entries()) addChannelDecision(db, pack.n, at, decision);
    for (const { entry, likes, views } of pack.counts) addChannelCount(db, entry, pack.n, likes, views);
    takePlaces(context, { n: pack.n, hash: pack.hash, day }, read);
    for (const { target } of pack.decisions) judge(context, target);
    if (read.blanks.length > 0) settleLater(context, pack.n);
    if (place.mirror !== undefined && read.blanks.length > 0) readLater(context, pack.n);
  });
  for (const { target, action } of pack.decisions) if (action === "restore") await restore(context, target, place);
  context.changed("channels");
}

/** Whether home showed another pack of this number before it was put back. @checks CH61 */
function isAnew({ db }: FeatureContext, n: number): boolean {
  const before = readChannelPackBefore(db, n);
  const now = readChannelPack(db, n)?.hash;
  return before !== undefined && now !== undefined && !equalBytes(before, now);
}

function headOf({ db }: FeatureContext, channel: Bytes): ChannelHead | undefined {
  const held = readChannel(db, channel);
  return held && { seq: held.seq, hash: held.head, authors: keysIn(held.authors) };
}

function takePlaces(context: FeatureContext, pack: ChannelPackRow, read: ReadPlaces): void {
  const { db, nowMs } = context;
  for (const { place, why } of read.faults) {
    const what =
      why === "taken" ? "entry-twice" : why === "gap" || why === "bad-link" ? "entry-missing" : "entry-signature";
    foundOfEntry(context, { what, pack: pack.n, channel: place.channel, seq: place.seq });
  }
  for (const [id, { seq, hash, authors }] of read.heads) {
    const channel = fromHex(id);
    authorsLeft(context, channel, authors);
    writeChannelHead(db, channel, concat(...authors), seq, hash);
  }
  for (const entry of read.entries) takeEntry(context, pack, entry);
  for (const { hash, channel, seq } of read.blanks) {
    const { n, day } = pack;
    const blank = { hash, channel, seq, kind: "", pack: n, day, about: none, words: "", shown: none } as const;
    isTwice(context, n, { hash, channel, seq });
    addChannelEntry(db, { ...blank, state: "gone", got_ms: nowMs() });
    judge(context, hash);
  }
}

/**
 * Tells of an entry that home gave two places, of two channels or of one (CH59): its hash is of one place alone.
 * Returns whether it did.
 * @checks CH59
 */
function isTwice(context: FeatureContext, pack: number, { hash, channel, seq }: EntryPlace): boolean {
  if (readChannelEntry(context.db, hash) === undefined) return false;
  foundOfEntry(context, { what: "entry-twice", pack, channel, seq });
  return true;
}

function takeEntry(context: FeatureContext, { n, day }: ChannelPackRow, entry: ChannelEntry): void {
  const { db, nowMs } = context;
  const { hash, channel, seq, kind } = entry;
  const seen = shownOf(context, entry);
  if (isTwice(context, n, entry)) dropChannelBlank(db, hash);
  const isNew = addChannelEntry(db, {
    hash,
    channel,
    seq,
    kind,
    pack: n,
    day,
    about: seen?.about ?? none,
    words: seen?.words ?? "",
    shown: seen === undefined ? none : packed(seen.shown),
    state: seen === undefined ? "unknown" : "here",
    got_ms: nowMs(),
  });
  if (!isNew) return;
  for (const tag of seen?.shown.tags ?? []) addChannelTag(db, tagKey(tag), hash);
  ownIsPublished(context, hash);
  effects(context, n, entry);
  judge(context, hash);
}

/** What an entry does to its channel, besides being shown. */
function effects({ db }: FeatureContext, pack: number, entry: ChannelEntry): void {
  const { channel, kind, seq, body } = entry;
  const deleted = deletedBy(entry);
  if (deleted !== undefined) {
    writeChannelWithdrawn(db, deleted, channel, "delete", true, { seq, pack });
    const target = readChannelEntry(db, deleted);
    // Another's entry is not theirs to withdraw. @checks CH50
    if (target !== undefined && equalBytes(target.channel, channel)) setChannelEntryState(db, deleted, "deleted");
  }
  if (kind === "hide") {
    const said = unlessMalformed(() => channelBodies.hide.decode(body));
    if (said !== undefined) writeChannelWithdrawn(db, said.entry, channel, "hide", said.isHidden, { seq, pack });
  }
  if (kind === "pin") {
    const said = unlessMalformed(() => channelBodies.pin.decode(body));
    if (said !== undefined) writeChannelPins(db, channel, seq, concat(...said.entries));
  }
  if (kind === "profile") {
    const said = unlessMalformed(() => channelBodies.profile.decode(body));
    const picture = entry.films?.[0]?.hash ?? none;
    if (said !== undefined)
      writeChannelProfile(db, channel, seq, {
        name: said.name,
        about: said.about ?? "",
        picture,
        mirrors: (said.mirrors ?? []).join("\n"),
        domain: said.domain !== undefined && isDomain(said.domain) ? said.domain : "",
      });
  }
}

/** Undefined for a kind that this version does not know, or whose body is none: its place is shown. */
function shownOf(
  { entryReader }: FeatureContext,
  entry: ChannelEntry,
): { readonly shown: ShownEntry; readonly words: string; readonly about?: Bytes } | undefined {
  const { kind, body, day, films = [] } = entry;
  const bare: ShownEntry = { text: "", tags: [], films, day };
  // Another feature's kind.
  if (!isChannelKind(kind)) {
    const read = entryReader(kind)?.(entry);
    return read && { ...read, shown: { ...bare, ...read.shown } };
  }
  if (kind === "film" || kind === "pictures") {
    const said = unlessMalformed(() => channelBodies[kind].decode(body));
    if (said === undefined || films.length === 0) return undefined;
    const { text, tags, sound } = said;
    const shown = { ...bare, text, tags, ...(sound && { sound }) };
    return { shown, words: [text, ...tags.map((tag) => `#${tag}`)].join(" ") };
  }
  if (kind === "comment") {
    const said = unlessMalformed(() => channelBodies.comment.decode(body));
    if (said === undefined) return undefined;
    return { shown: { ...bare, text: said.text, ...(said.to && { to: said.to }) }, words: "", about: said.entry };
  }
  return { shown: bare, words: "" };
}

/** What an entry is now, by the decisions of home and the word of its author (CH10, CH50). Inside a transaction. */
function judge(context: FeatureContext, hash: Bytes): void {
  const { db } = context;
  const row = readChannelEntry(db, hash);
  if (row === undefined) return;
  const decision = readChannelDecision(db, hash);
  const state = isChannelWithdrawn(db, hash, row.channel, "delete")
    ? "deleted"
    : decision?.action === "remove"
      ? "removed"
      : row.shown.length === 0 && row.state !== "unknown"
        ? "gone"
        : row.state === "unknown"
          ? "unknown"
          : "here";
  if (state === row.state) return;
  setChannelEntryState(db, hash, state);
  if (state === "gone") settleLater(context, row.pack);
  // What was told of an empty place is taken back: it has a reason now.
  else dropChannelFound(db, { what: "entry-gone", pack: row.pack, channel: row.channel, seq: row.seq });
}

/** Home took a removal back: the entry stands in its pack again. */
async function restore(context: FeatureContext, target: Bytes, place: PublicPlace): Promise<void> {
  const { db } = context;
  const row = readChannelEntry(db, target);
  const key = readValue(context, "home")?.key;
  if (row === undefined || key === undefined || row.shown.length > 0) return;
  const read = await fill(context, place, key, row.pack);
  const isBlank = readChannelEntry(db, target)?.state === "gone";
  if (isBlank && (read === "nothing" || place.mirror !== undefined)) readLater(context, row.pack);
}

/** An own entry stands in a pack: its row is done with. */
function ownIsPublished(context: FeatureContext, entry: Bytes): void {
  for (const row of readChannelPuts(context.db)) if (equalBytes(row.entry, entry)) dropPut(context, row);
}

/**
 * Once it was looked: what is blank needs a reason, and what friends told has to be so here too. All by what is held:
 * how many packs home says to have tells nothing.
 * @param isWhole whether home was reached and all was read; if not for an hour, it is as if home showed no more.
 */
function settle(context: FeatureContext, isWhole: boolean): void {
  const { db, nowMs } = context;
  const sinceMs = readValue(context, "silent") ?? 0;
  if (isWhole !== (sinceMs === 0)) writeValue(context, "silent", isWhole ? 0 : nowMs());
  if (!isWhole && (sinceMs === 0 || nowMs() - sinceMs < silentMs)) return;
  const held = newestChannelPack(db)?.n ?? -1;
  db.transaction(() => settleBlanks(context));
  if ((newestChannelPackBefore(db) ?? -1) > held) found(context, { what: "packs-anew", pack: held + 1 });
  for (const told of readChannelHeads(db)) {
    const before = readChannelPackBefore(db, told.n);
    const isBefore = before !== undefined && equalBytes(before, told.hash);
    const ahead = told.n > held && !isBefore ? told.ahead + 1 : 0;
    if (ahead !== told.ahead) setChannelHeadAhead(db, told.account, ahead);
    if (ahead >= aheadMax || (!isBefore && isFork(told, (n) => readChannelPack(db, n)?.hash)))
      found(context, { what: "head-differs", pack: told.n, account: told.account });
  }
  dropOldChannelCounts(db, held - countedPacks);
  for (const { put, state, pack, fault } of readChannelPuts(db)) {
    if (state !== "said") continue;
    // From the first look after home took it on, packs are counted in which it had to be.
    if (pack < 0) setChannelPut(db, put, { pack: held });
    // Taken by home, and in none of them: the person is told.
    else if (fault === "" && held >= pack + packsToWait) setChannelPut(db, put, { fault: "unpublished" });
  }
  context.changed("channels", "channels-mine", "channels-log");
}

/** Empty places of packs that were not looked at since they were read, or since one of them was judged anew (CH130). */
function settleBlanks(context: FeatureContext): void {
  const { db } = context;
  const unsettled = readValue(context, "unsettled");
  // not a check: nothing came since the look before.
  if (unsettled?.length === 0) return;
  const again = new Set(readValue(context, "again"));
  const packs = unsettled ?? readChannelBlankPacks(db);
  for (const pack of packs) {
    // Home was not asked for it yet. @checks CH85
    if (again.has(pack)) continue;
    const blanks = readChannelBlanks(db, pack, foundOfDayMax + 1);
    if (!blanks.every((one) => foundOfEntry(context, { what: "entry-gone", pack, ...one }))) break;
  }
  writeValue(
    context,
    "unsettled",
    packs.filter((n) => again.has(n)),
  );
}

function settleLater(context: FeatureContext, n: number): void {
  const unsettled = readValue(context, "unsettled");
  if (unsettled !== undefined && !unsettled.includes(n)) writeValue(context, "unsettled", [...unsettled, n]);
}

/** Tells one, where of this day there is room to tell it by itself: those beyond are told as one (CH131). */
function foundOfEntry(
  context: FeatureContext,
  one: { what: string; pack: number; channel: Bytes; seq: number },
): boolean {
  const { db, nowMs } = context;
  const sinceMs = dayOf(nowMs()) * dayMs;
  const isTold = isChannelFoundSince(db, "entries-too-many", sinceMs);
  const isFull = isTold || countChannelFoundEntries(db, sinceMs, foundOfDayMax) >= foundOfDayMax;
  // @checks CH131
  if (isFull) {
    if (!isTold) found(context, { what: "entries-too-many", pack: one.pack });
    return false;
  }
  found(context, one);
  return true;
}

export function found(
  context: FeatureContext,
  one: { what: string; pack: number; channel?: Bytes; seq?: number; account?: Bytes },
): void {
  if (addChannelFound(context.db, one, context.nowMs())) context.changed("channels-log", "channels");
}
