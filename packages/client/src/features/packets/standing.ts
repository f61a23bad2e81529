/**
 * Standing: how a packet stands, from what its members said of it (docs/spec/packets.md RP3, RP6, RP7). A pure function
 * of the record and the reader's clock.
 */
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { type Opener, resultHash, type Sha256, type Side, type Split, type SplitPacket, split } from "./split.ts";

export const dayMs = 24 * 3_600_000;
/** How long a secret is waited for once nobody can open the packet any more (RP7). */
export const showMs = 3 * dayMs;

export type TakeName = { readonly author: Bytes; readonly id: Bytes };

export type Take = {
  readonly account: Bytes;
  /** Of the message that took. */
  readonly id: Bytes;
  readonly left: Bytes;
  readonly right: Bytes;
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
  readonly order?: number;
};

export type Stamped = { readonly stampMs: number; readonly order?: number };

export type PacketRecord = {
  readonly packet: SplitPacket;
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
  /** Who gave it reckoned otherwise than this device when it was settled. */
  readonly isDisputed: boolean;
};

/** @param nowMs the reader's clock: what is stamped ahead of it counts once it has come there (RP6). */
export function standingOf(sha256: Sha256, record: PacketRecord, nowMs: number): Standing {
  const { packet } = record;
  const over = overOf(record, nowMs);
  const settled = settledOf(record, over, nowMs);
  const { placed, counting } = arranged(record);
  const before = over?.order ?? Number.POSITIVE_INFINITY;
  const counted = placed.filter(({ order }) => order < before).map(({ take }) => take);
  const openers = counted.slice(0, packet.shares);
  const names = new Set(openers.map(({ account }) => toHex(account)));
  const late = placed.map(({ take }) => take).filter(({ account }) => !names.has(toHex(account)));
  const isFull = openers.length === packet.shares;
  const at = settled !== undefined ? "settled" : isFull || over !== undefined ? "closed" : "open";
  const reckoned = (shows: readonly Shown[]) => {
    const ring = openers.map((take) => openerOf(take, shows));
    const result = split(sha256, packet, ring, at);
    return { result, hash: resultHash(sha256, packet.id, ring, result) };
  };
  const base = { openers, late, counting, at, isOver: over !== undefined } as const;
  if (settled === undefined) return { ...base, result: reckoned(record.shows).result, isDisputed: false };
  // What was shown after it was settled comes too late; what has no place here is believed where that fits the word.
  const until = settled.order ?? Number.POSITIVE_INFINITY;
  const inTime = record.shows.filter(({ order }) => order === undefined || order < until);
  const [withAll, withPlaced] = [reckoned(inTime), reckoned(inTime.filter(({ order }) => order !== undefined))];
  const agreed = [withAll, withPlaced].find(({ hash }) => equalBytes(hash, settled.hash));
  return { ...base, result: (agreed ?? withAll).result, isDisputed: agreed === undefined };
}

/** A day after the packet at the earliest, by its author's own two stamps. @checks RP6 */
function overOf({ over, sentMs }: Pick<PacketRecord, "over" | "sentMs">, nowMs: number): Stamped | undefined {
  return over !== undefined && over.stampMs - sentMs >= dayMs && over.stampMs <= nowMs ? over : undefined;
}

/** Three days after the end at the earliest, by the same clock. @checks RP7 */
function settledOf({ settled }: PacketRecord, over: Stamped | undefined, nowMs: number) {
  if (settled === undefined || over === undefined) return undefined;
  return settled.stampMs - over.stampMs >= showMs && settled.stampMs <= nowMs ? settled : undefined;
}

/** Whether this account may take from it. @checks RP1 */
export function mayTake({ author, hasPeer, forWhom }: Omit<PacketRecord, "takes" | "shows">, account: Bytes): boolean {
  if (hasPeer && equalBytes(author, account)) return false;
  return forWhom === undefined || forWhom.some((one) => equalBytes(one, account));
}

/**
 * The takes in the order of all. One whose place this device does not know, since it was missed and came later, stands
 * where somebody who showed a secret beside it names it.
 */
function arranged(record: PacketRecord) {
  const { shows } = record;
  const takes = record.takes.filter(({ account }) => mayTake(record, account));
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

function placeBeside(placed: readonly Placed[], take: Take, shows: readonly Shown[]) {
  const newest = placed.at(-1)?.order ?? 0;
  for (const { account, first, second, order = Number.POSITIVE_INFINITY } of shows) {
    const isFirst = isSame(first, take);
    const isBeside = isFirst !== isSame(second, take);
    // Only a neighbour of the pot has seen it.
    if (!isBeside || ![first, second].some(({ author }) => equalBytes(author, account))) continue;
    const beside = placed.findIndex((one) => isSame(isFirst ? second : first, one.take));
    const neighbour = placed[beside];
    // The pot between the last and the first closes the ring, and tells no place: it is shown after all takes.
    if (neighbour === undefined || (isFirst && beside === 0 && order > newest)) continue;
    return [{ take, at: isFirst ? beside : beside + 1, order: neighbour.order }];
  }
  return [];
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
