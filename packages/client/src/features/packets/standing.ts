/**
 * Standing: how a packet stands, from what its members said of it (docs/spec/packets.md RP3, RP6, RP7). A pure function
 * of the record and the reader's clock.
 */
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import {
  type Opener,
  resultHash,
  type Sha256,
  type Side,
  type Split,
  type SplitPacket,
  split,
  takesHash,
} from "./split.ts";

export const dayMs = 24 * 3_600_000;
/** How long a secret is waited for once nobody can open the packet any more (RP7). */
export const showMs = 3 * dayMs;
/** Clocks of honest devices differ by less (RP13). */
const slackMs = 3_600_000;

export type TakeName = { readonly author: Bytes; readonly id: Bytes };

export type Take = {
  readonly account: Bytes;
  /** Of the message that took. */
  readonly id: Bytes;
  readonly left: Bytes;
  readonly right: Bytes;
  /** Of which packet (RP14). Absent: an older device took. */
  readonly terms?: Bytes;
  /** Its place in the order of all; undefined while it is not known. */
  readonly order?: number;
};

export type Shown = {
  readonly account: Bytes;
  readonly side: Side;
  readonly secret: Bytes;
  /** The two takes beside its pot, as who shows saw them. */
  readonly first: TakeName;
  readonly second: TakeName;
  /** What those takes held, as who shows saw them (RP15). Absent: an older device shows. */
  readonly takes?: Bytes;
  readonly order?: number;
  /** By the clock of who shows. */
  readonly stampMs: number;
};

export type Stamped = { readonly stampMs: number; readonly order?: number };

export type PacketRecord = {
  readonly packet: SplitPacket;
  /** What a take of it names (RP14). */
  readonly terms: Bytes;
  readonly author: Bytes;
  /** By its author's clock. */
  readonly sentMs: number;
  /** In a chat of two its author takes nothing of it. */
  readonly hasPeer: boolean;
  readonly forWhom?: readonly Bytes[];
  readonly takes: readonly Take[];
  readonly shows: readonly Shown[];
  readonly over?: Stamped;
  readonly settled?: Stamped & { readonly hash: Bytes };
};

export type Standing = {
  /** Whose share counts, in the order of all. */
  readonly openers: readonly Take[];
  /** Who came when nothing was left, or nobody could open it any more. */
  readonly late: readonly Take[];
  /** Whose place is not known here yet. */
  readonly counting: readonly Take[];
  readonly at: "open" | "closed" | "settled";
  /** Who gave it said that it is over, and its place is known. */
  readonly isOver: boolean;
  readonly result: Split;
  /** Of the result: what who gave it names at its end. */
  readonly hash: Bytes;
  /** Who gave it reckoned otherwise than this device when it was settled. */
  readonly isDisputed: boolean;
  /** Whose devices saw another packet, or another take of it, than this one (RP14, RP15). */
  readonly differing: readonly Bytes[];
};

/** @param nowMs the reader's clock: a settling that is stamped ahead of it counts once it has come there (RP7). */
export function standingOf(sha256: Sha256, record: PacketRecord, nowMs: number): Standing {
  const { packet } = record;
  const over = overOf(record);
  const settled = settledOf(record, over, nowMs);
  const reckoned = (shows: readonly Shown[]) => {
    const { placed, counting } = arranged({ ...record, shows });
    const counted = placed.filter(({ order }) => isBefore(order, over)).map(({ take }) => take);
    const openers = counted.slice(0, packet.shares);
    const names = new Set(openers.map(({ account }) => toHex(account)));
    const late = placed.map(({ take }) => take).filter(({ account }) => !names.has(toHex(account)));
    const isFull = openers.length === packet.shares;
    const at = settled !== undefined ? "settled" : isFull || over !== undefined ? "closed" : "open";
    const ring = openers.map((take) => openerOf(take, shows));
    const result = split(sha256, packet, ring, at);
    const hash = resultHash(sha256, packet.id, ring, result);
    const differing = differingIn(sha256, record, openers);
    return { openers, late, counting, at, isOver: over !== undefined, result, hash, differing } as const;
  };
  if (settled === undefined) {
    const standing = reckoned(record.shows);
    // Who gave it says what came of it also where all is shown (RP19).
    const said = standing.result.isDone ? record.settled : undefined;
    return { ...standing, isDisputed: said !== undefined && !equalBytes(said.hash, standing.hash) };
  }
  // What was shown after it was settled comes too late; what has no place here is believed where that fits the word.
  const isShownInTime = ({ order, stampMs }: Shown) =>
    order === undefined || isBefore(order, settled) || stampMs < settled.stampMs - slackMs;
  const inTime = record.shows.filter(isShownInTime);
  const all = [reckoned(inTime), reckoned(inTime.filter(({ order }) => order !== undefined))] as const;
  const agreed = all.find(({ hash }) => equalBytes(hash, settled.hash));
  return { ...(agreed ?? all[1]), isDisputed: agreed === undefined };
}

/** Whether it stands before that end in the order of all: by nothing else, for clocks differ (RP13). */
function isBefore(order: number, end: Stamped | undefined): boolean {
  return end === undefined || order < (end.order ?? Number.POSITIVE_INFINITY);
}

/** A day after the packet at the earliest, by its author's own two stamps. @checks RP6 */
function overOf({ over, sentMs }: Pick<PacketRecord, "over" | "sentMs">): Stamped | undefined {
  return over !== undefined && over.stampMs - sentMs >= dayMs ? over : undefined;
}

/** Three days after the end at the earliest, by the same clock. @checks RP7 */
function settledOf({ settled }: PacketRecord, over: Stamped | undefined, nowMs: number) {
  if (settled === undefined || over === undefined) return undefined;
  return settled.stampMs - over.stampMs >= showMs && settled.stampMs <= nowMs ? settled : undefined;
}

/** Whether a take is by one who may, and of this packet. @checks RP14 */
function counts(record: PacketRecord, { account, terms }: Take): boolean {
  return mayTake(record, account) && (terms === undefined || equalBytes(terms, record.terms));
}

/** @param openers in the order that counts here. */
function differingIn(sha256: Sha256, record: PacketRecord, openers: readonly Take[]): readonly Bytes[] {
  const takes = record.takes.filter(({ account }) => mayTake(record, account));
  const placed = takes.filter((take) => take.order !== undefined && counts(record, take));
  const here = ({ author }: TakeName) => placed.find(({ account }) => equalBytes(account, author));
  /** What a neighbour of the pot saw of it. */
  const sawOthers = ({ account, first, second, takes: held }: Shown) => {
    const [one, other] = [here(first), here(second)];
    // not a check: of what is not here, or is another's pot, nothing is said.
    if (one === undefined || other === undefined || ![one, other].some((take) => equalBytes(take.account, account)))
      return false;
    // @checks RP15
    if (!isSame(first, one) || !isSame(second, other)) return true;
    return held !== undefined && !equalBytes(held, takesHash(sha256, record.packet.id, one, other));
  };
  const placeOf = ({ author }: TakeName) => openers.findIndex(({ account }) => equalBytes(account, author));
  /** Whether they showed beside somebody who is not their neighbour here: so home told them another order (RP3). */
  const stoodElsewhere = ({ account, side, first, second }: Shown) => {
    const [one, other] = [placeOf(first), placeOf(second)];
    const isOwn = equalBytes(account, side === "right" ? first.author : second.author);
    // not a check: nothing is known of one who is not here, and nobody speaks for others.
    if (one < 0 || other < 0 || !isOwn) return false;
    return (one + 1) % openers.length !== other; // @checks RP15
  };
  const found = [
    ...takes.filter((take) => !counts(record, take)),
    ...record.shows.filter((one) => sawOthers(one) || stoodElsewhere(one)),
  ];
  return [...new Map(found.map(({ account }) => [toHex(account), account])).values()];
}

/** Whether a packet can be opened by this clock: not a day later, nor one that is stamped ahead. @checks RP16 */
export function isInTime(sentMs: number, nowMs: number): boolean {
  return nowMs - sentMs <= dayMs && sentMs - nowMs <= slackMs;
}

/** Whether this account may take from it. @checks RP1 */
export function mayTake(
  { author, hasPeer, forWhom }: Pick<PacketRecord, "author" | "hasPeer" | "forWhom">,
  account: Bytes,
): boolean {
  if (hasPeer && equalBytes(author, account)) return false;
  return forWhom === undefined || forWhom.some((one) => equalBytes(one, account));
}

/**
 * The takes in the order of all. One whose place this device does not know, since it was missed and came later, stands
 * where a neighbour who showed a secret beside it names it (RP12).
 */
function arranged(record: PacketRecord) {
  const { shows } = record;
  const takes = record.takes.filter((take) => counts(record, take));
  const placed = takes
    .flatMap((take) => (take.order === undefined ? [] : [{ take, order: take.order }]))
    .sort((a, b) => a.order - b.order);
  let counting = takes.filter(({ order }) => order === undefined);
  for (;;) {
    const next = counting.flatMap((take) => placeBeside(placed, take, shows)).at(0);
    if (next === undefined) return { placed, counting };
    placed.splice(next.at, 0, { take: next.take, order: next.order });
    counting = counting.filter((take) => take !== next.take);
  }
}

type Placed = { readonly take: Take; readonly order: number };

/** @checks RP12: nobody names their own place, and none between two of whom one showed that they are neighbours. */
function placeBeside(placed: readonly Placed[], take: Take, shows: readonly Shown[]) {
  const newest = placed.at(-1)?.order ?? 0;
  const isPlaced = (name: TakeName) => placed.some((one) => isSame(name, one.take));
  for (const { account, side, first, second, order = Number.POSITIVE_INFINITY } of shows) {
    const isFirst = side === "left";
    if (!isSame(isFirst ? first : second, take) || equalBytes(account, take.account)) continue;
    const beside = placed.findIndex(({ take: one }) => isSame(isFirst ? second : first, one));
    const neighbour = placed[beside];
    // Only a neighbour of the pot has seen it.
    if (neighbour === undefined || !equalBytes(neighbour.take.account, account)) continue;
    // The pot between the last and the first closes the ring, and tells no place: it is shown after all takes.
    if (isFirst && beside === 0 && order > newest) continue;
    const [before, after] = [placed[isFirst ? beside - 1 : beside], placed[isFirst ? beside : beside + 1]];
    const isDenied = shows.some(
      (one) =>
        (one.side === "right" && isOf(one, before) && isPlaced(one.second)) ||
        (one.side === "left" && isOf(one, after) && isPlaced(one.first)),
    );
    if (!isDenied) return [{ take, at: isFirst ? beside : beside + 1, order: neighbour.order }];
  }
  return [];
}

function isOf({ account }: Shown, placed: Placed | undefined): boolean {
  return placed !== undefined && equalBytes(account, placed.take.account);
}

function isSame({ author, id }: TakeName, take: Take): boolean {
  return equalBytes(author, take.account) && equalBytes(id, take.id);
}

export function openerOf({ account, left, right }: Take, shows: readonly Shown[]): Opener {
  const of = (side: Side) =>
    shows.filter((one) => one.side === side && equalBytes(one.account, account)).map(({ secret }) => secret);
  return { account, commitments: { left, right }, shown: { left: of("left"), right: of("right") } };
}

/** A secret of this account that has to be shown now. */
export type Due = { readonly side: Side; readonly first: Take; readonly second: Take };

/**
 * What this account shows (RP4): a secret goes out only once the other side of its pot is committed to in the order of
 * all; else that side could be chosen to fit. So the first one's left and the last one's right wait for the end.
 */
export function dueOf(record: PacketRecord, { openers, at, isOver }: Standing, own: Bytes): readonly Due[] {
  const place = openers.findIndex(({ account }) => equalBytes(account, own));
  const mine = openers[place];
  if (record.packet.mode === "equal" || mine === undefined || openers.length === 1) return [];
  const isFull = openers.length === record.packet.shares;
  // An end of one's own that home has not shown yet may still come behind another's take.
  const isClosed = isFull || (isOver && record.over?.order !== undefined) || at === "settled";
  const [before, after] = [openers[place - 1], openers[place + 1]];
  const [first, last] = [openers[0], openers.at(-1)];
  const left = before ?? (isClosed ? last : undefined);
  const right = after ?? (isClosed ? first : undefined);
  const isShown = (side: Side) => record.shows.some((one) => one.side === side && equalBytes(one.account, own));
  return [
    ...(left === undefined || isShown("left") ? [] : [{ side: "left", first: left, second: mine } as const]),
    ...(right === undefined || isShown("right") ? [] : [{ side: "right", first: mine, second: right } as const]),
  ];
}
