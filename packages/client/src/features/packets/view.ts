/** View: a packet as screens show it, and how each hundredth of it came about (docs/spec/packets.md RP8). */
import { type BodyOf, decodeBody } from "@yanshu/content";
import { readMarks, readMessage } from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import {
  type Hex,
  idFrom,
  type MessageRef,
  nameOf,
  type PeopleReader,
  type PersonHere,
  type PersonRef,
  type ReadContext,
  type ShowContext,
} from "../../feature.ts";
import { isWhole, kindName, type PacketMark, recordOf } from "./record.ts";
import type { Pot } from "./split.ts";
import {
  dayMs,
  isInTime,
  mayTake,
  type PacketRecord,
  type Standing,
  showMs,
  standingOf,
  type Take,
} from "./standing.ts";

export type PacketLot = {
  readonly person: PersonRef;
  /** In hundredths, as far as it is decided. */
  readonly amount: number;
  readonly isFinal: boolean;
  /** Of all that are final, once all are. */
  readonly isBest: boolean;
  /** Whose secret its pots wait for; who has yet to come is not among them. */
  readonly waitsFor: readonly PersonRef[];
};

export type PacketItem = {
  readonly kind: "packet";
  /** What it is called where one line says it: its wish. */
  readonly name: string;
  readonly of: "points" | "money";
  readonly currency: string;
  readonly total: number;
  readonly shares: number;
  readonly mode: "lucky" | "equal";
  readonly wish: string;
  /**
   * `open`: somebody may still take. `full`: all shares are taken. `over`: a day has passed. `broken`: it cannot be
   * split.
   */
  readonly state: "open" | "full" | "over" | "broken";
  /** Whom it is for; absent: for all. */
  readonly forWhom?: readonly PersonRef[];
  /** This account may take from it now. */
  readonly mayTake: boolean;
  /** Of this account. `going`: not in the order of all yet. `late`: nothing was left. Absent: not taken. */
  readonly mine?: { readonly state: "going" | "taken" | "late" } & Partial<Omit<PacketLot, "person">>;
  /** In the order of all. */
  readonly lots: readonly PacketLot[];
  /** Who took and has no place here yet. */
  readonly counting: readonly PersonRef[];
  /** What went back to who gave it; none while some of it is open. */
  readonly back: number;
  readonly isDone: boolean;
  /** Who gave it reckoned otherwise than this device. */
  readonly isDisputed: boolean;
  /** Whose devices saw another packet, or another take of it. */
  readonly differing: readonly PersonRef[];
  /** When its time ends by its author's clock, and until when secrets are waited for. */
  readonly untilMs: number;
  readonly waitsUntilMs: number;
};

export type PacketPot = {
  readonly first: PersonHere;
  readonly second: PersonHere;
  readonly amount: number;
  readonly state: Pot["state"];
  readonly toFirst?: number;
  readonly toSecond?: number;
  /** In hex: what both committed to, what they showed, and the beginning of the hash that cut it. */
  readonly commitments: readonly [Hex, Hex];
  readonly secrets: readonly [Hex | undefined, Hex | undefined];
  readonly draw?: { readonly hash: Hex; readonly counter: number };
};

export type PacketProof = {
  readonly packet: Hex;
  readonly item: PacketItem;
  readonly pots: readonly PacketPot[];
};

export function showPacket(context: ShowContext, body: BodyOf<"packet">): PacketItem {
  return itemOf(context, body)?.item ?? broken(body);
}

function broken({ of, currency, total, shares, mode, wish }: BodyOf<"packet">): PacketItem {
  return {
    kind: "packet",
    name: wish,
    of,
    currency,
    total,
    shares,
    mode,
    wish,
    state: "broken",
    mayTake: false,
    lots: [],
    counting: [],
    back: 0,
    isDone: true,
    isDisputed: false,
    differing: [],
    untilMs: 0,
    waitsUntilMs: 0,
  };
}

function itemOf(context: ShowContext, body: BodyOf<"packet">) {
  const { database, row, marks, people, sha256, own, nowMs, conversations } = context;
  const message = readMessage(database, row.conversation, row.author, row.id);
  if (sha256 === undefined || own === undefined || message === undefined || !isWhole(body)) return undefined;
  const { hasPeer } = conversations.of(kindName(database, row.conversation) ?? "");
  const name = { author: row.author, id: row.id };
  const record = recordOf(sha256, name, message.sent_ms, body, hasPeer, (kind: PacketMark) => marks(kind));
  const standing = standingOf(sha256, record, nowMs);
  const named = [...record.takes.map(({ account }) => account), ...(record.forWhom ?? [])];
  people.load(named.map((account) => toHex(account)));
  const item = shown(record, standing, body, own.account, nowMs, people);
  return { item, record, standing };
}

function shown(
  record: PacketRecord,
  standing: Standing,
  body: BodyOf<"packet">,
  own: Bytes,
  nowMs: number,
  people: PeopleReader,
): PacketItem {
  const { of, currency, total, mode, wish } = body;
  const { openers, result, counting, late } = standing;
  const isAllFinal = openers.length > 1 && result.lots.every(({ isFinal }) => isFinal) && result.isDone;
  const top = Math.max(...result.lots.map(({ amount }) => amount));
  const best = isAllFinal && mode === "lucky" ? result.lots.findIndex(({ amount }) => amount === top) : -1;
  const lots = openers.map(({ account }, place): PacketLot => {
    const { amount, isFinal } = result.lots[place] ?? { amount: 0, isFinal: false };
    const person = people.ref(toHex(account));
    return { person, amount, isFinal, isBest: place === best, waitsFor: waitsFor(standing, place, people) };
  });
  const lot = lots[openers.findIndex(({ account }) => equalBytes(account, own))];
  const isOld = nowMs - record.sentMs > dayMs;
  const state = openers.length === record.packet.shares ? "full" : standing.isOver || isOld ? "over" : "open";
  const mine = lot !== undefined ? { ...lot, state: "taken" as const } : notOpened(late, counting, own);
  return {
    kind: "packet",
    name: wish,
    of,
    currency,
    total,
    shares: record.packet.shares,
    mode,
    wish,
    state,
    ...(record.forWhom !== undefined && { forWhom: record.forWhom.map((account) => people.ref(toHex(account))) }),
    mayTake: state === "open" && isInTime(record.sentMs, nowMs) && mine === undefined && mayTake(record, own),
    ...(mine !== undefined && { mine }),
    lots,
    counting: counting.map(({ account }) => people.ref(toHex(account))),
    back: result.back,
    isDone: result.isDone,
    isDisputed: standing.isDisputed,
    differing: standing.differing.map((account) => people.ref(toHex(account))),
    untilMs: record.sentMs + dayMs,
    waitsUntilMs: (record.over?.stampMs ?? record.sentMs + dayMs) + showMs,
  };
}

/** Of one who took, and whose share does not count, or not yet. */
function notOpened(late: readonly Take[], counting: readonly Take[], own: Bytes): PacketItem["mine"] {
  const isOwn = ({ account }: Take) => equalBytes(account, own);
  if (late.some(isOwn)) return { state: "late" };
  return counting.some(isOwn) ? { state: "going" } : undefined;
}

/** Those beside the opener at that place who have not shown what their pot needs. */
function waitsFor({ openers, result }: Standing, place: number, people: PeopleReader): readonly PersonRef[] {
  const waiting = result.pots.filter(
    ({ first, second, state }) => state === "waiting" && (first === place || second === place),
  );
  const silent = waiting.flatMap(({ first, second, firstSecret, secondSecret }) => [
    ...(firstSecret === undefined ? [first] : []),
    ...(secondSecret === undefined ? [second] : []),
  ]);
  return [...new Set(silent)].flatMap((one) => {
    const { account } = openers[one] ?? {};
    return account === undefined ? [] : [people.ref(toHex(account))];
  });
}

/** Undefined where no such packet is here. */
export function readProof(context: ReadContext, chat: Hex, ref: MessageRef): PacketProof | undefined {
  const conversation = idFrom(chat);
  if (conversation === undefined) return undefined;
  const { database } = context;
  const { author, id } = nameOf(ref);
  const message = readMessage(database, conversation, author, id);
  const body = message === undefined ? undefined : decodeBody(message.body);
  if (body?.kind !== "packet") return undefined;
  const people = context.peopleIn(conversation);
  const mine = context.own !== undefined && equalBytes(context.own.account, author);
  const row = { conversation, author, id, mine };
  const marks = (kind: string) => readMarks(database, conversation, author, id, kind);
  const found = itemOf({ ...context, row, people, marks }, body);
  if (found === undefined) return undefined;
  const { openers, result } = found.standing;
  const pots = result.pots.flatMap((pot): PacketPot[] => {
    const [first, second] = [openers[pot.first], openers[pot.second]];
    if (first === undefined || second === undefined) return [];
    const { amount, state, toFirst, toSecond, firstSecret, secondSecret, draw } = pot;
    return [
      {
        first: people.get(toHex(first.account)),
        second: people.get(toHex(second.account)),
        amount,
        state,
        ...(toFirst === undefined ? {} : { toFirst }),
        ...(toSecond === undefined ? {} : { toSecond }),
        commitments: [toHex(first.right), toHex(second.left)],
        secrets: [firstSecret && toHex(firstSecret), secondSecret && toHex(secondSecret)],
        ...(draw === undefined ? {} : { draw: { hash: toHex(draw.hash), counter: draw.counter } }),
      },
    ];
  });
  return { packet: toHex(id), item: found.item, pots };
}
