/**
 * Red packets 红包 (docs/spec/packets.md): given in a chat, opened by its members, and split so that each of them can
 * reckon it again.
 */
import { type BodyOf, decodeBody, packetLimits } from "@yanshu/content";
import { type Mark, type MessageName, readMembers, readMessage } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  contentId,
  type FeatureContext,
  filled,
  type Hex,
  type MessageRef,
  nameOf,
  type Placed,
  pack,
  type Said,
  unpack,
} from "../../feature.ts";
import { deskOf } from "./desk.ts";
import type { Unit } from "./ledger.ts";
import {
  csvOf,
  debtsOn,
  isAnswered,
  isSplitWhole,
  owedTerms,
  oweHandlers,
  readLedger,
  showOwe,
  showShare,
} from "./owe.ts";
import {
  isPlaced,
  isWhole,
  kindName,
  noSecret,
  orderIn,
  placeOf,
  readRecord,
  type SecretMark,
  type SettledMark,
  type ShowMark,
  secretKey,
  setHeard,
  showKey,
  type TakeMark,
} from "./record.ts";
import { commitment } from "./split.ts";
import { dayMs, isInTime, mayTake, standingOf } from "./standing.ts";
import { readProof, showPacket } from "./view.ts";

export type { LedgerEntry, LedgerView, OweItem, ShareItem, SharePart } from "./owe.ts";
export type { PacketItem, PacketLot, PacketPot, PacketProof } from "./view.ts";

export type NewPacket = {
  /** `points`: a game. `money`: a note of who owes whom. */
  readonly of: "points" | "money";
  /** `USD`, `CNY`; empty for points. */
  readonly currency: string;
  /** In hundredths. */
  readonly total: number;
  readonly shares: number;
  readonly mode: "lucky" | "equal";
  readonly wish: string;
  /** Accounts that may open it. Absent: all. */
  readonly forWhom?: readonly Hex[];
};

type PacketsApi = {
  /**
   * Resolves with its id. Rejects with `not-allowed` (notes to oneself), `empty` (less than a hundredth for each share,
   * no currency), `too-long` (more than a packet holds).
   */
  readonly sendPacket: (conversation: Hex, packet: NewPacket) => Promise<Hex>;
  /**
   * Opens one: once for an account, however often it is asked. Rejects with `unknown-message`, `not-allowed` (not for
   * this account), `too-late` (nothing is left, or it is a day old).
   */
  readonly takePacket: (conversation: Hex, packet: MessageRef) => Promise<void>;
  /**
   * Takes back an own one that nobody opened (or answered: a transfer, a bill), within 2 minutes; it holds once home
   * has it in its order. Rejects with `unknown-message`, `too-late`.
   */
  readonly takeBackPacket: (conversation: Hex, id: Hex) => Promise<void>;
  /**
   * Says that this account owes it to a member. Resolves with its id. Rejects with `empty`, `too-long`,
   * `unknown-contact` (no member), `not-allowed` (oneself).
   */
  readonly sayOwed: (
    conversation: Hex,
    owed: Unit & { readonly to: Hex; readonly amount: number; readonly note: string },
  ) => Promise<Hex>;
  /** A bill that this account paid. Its parts are the whole. Rejects as `sayOwed`. */
  readonly shareBill: (
    conversation: Hex,
    bill: Unit & {
      readonly title: string;
      readonly parts: readonly { readonly account: Hex; readonly amount: number }[];
      readonly payTo?: string;
    },
  ) => Promise<Hex>;
  /** Yes or no to what is said to be owed to this account, or to its part. Rejects with `not-allowed`. */
  readonly answerOwed: (conversation: Hex, on: MessageRef, isSo: boolean) => Promise<void>;
  /** This account paid what it owes there. Rejects with `not-allowed`. */
  readonly sayPaid: (conversation: Hex, on: MessageRef, how: string) => Promise<void>;
  /** What `from` owes this account there has come. Rejects with `not-allowed`. */
  readonly sayGot: (conversation: Hex, on: MessageRef, from: Hex) => Promise<void>;
  /** Says now what is due of packets; an app that stays open does it by itself. */
  readonly tendPackets: () => Promise<void>;
  /** The ledger of a chat as a table (RFC 4180). @param you what this account is called in it. */
  readonly ledgerTable: (conversation: Hex, you: string) => Promise<string>;
};

/** As of other messages (AC2). */
const takeBackMs = 2 * 60_000;

/** What came earlier in the order of all holds; what has no place there gives way to what has one. */
function earlier(held: Mark | undefined, next: Mark): Mark {
  return held === undefined || orderIn(next) < orderIn(held) ? next : held;
}

/** The desk looks at the packet again. */
function set(...heard: Parameters<typeof setHeard>): void {
  const [context, { conversation }, on] = heard;
  setHeard(...heard);
  deskOf(context).watch(conversation, on);
}

function take(context: FeatureContext, said: Said<"packetTake">): void {
  const { author, id, left, right, terms } = said.body;
  const of = terms === undefined ? {} : { terms };
  const value = pack({ id: said.id, left, right, ...of, ...placeOf(said) } satisfies TakeMark);
  set(context, said, { author, id }, { kind: "packetTake", value });
}

/** At most so many shows of one person are kept of a packet: a wrong one counts for nothing, and may be corrected. */
const showsMax = 8;

function show(context: FeatureContext, said: Said<"packetShow">): void {
  const { conversation, by, body } = said;
  const { author, id, side, secret, first, second, takes } = body;
  const on = { author, id };
  const taken = context.marks(conversation, on, "packetTake").find((mark) => equalBytes(mark.by, by));
  const isRight = ({ left, right }: TakeMark) =>
    equalBytes(commitment(context.sha256, id, by, side, secret), side === "left" ? left : right);
  // @checks RP2: what was not committed to.
  if (taken !== undefined && !isRight(unpack<TakeMark>(taken.value))) return;
  const key = showKey({ side, secret });
  const held = context.marks(conversation, on, "packetShow").filter((mark) => equalBytes(mark.by, by));
  // @checks RP4
  if (held.length >= showsMax && !held.some((mark) => mark.key === key)) return;
  const seen = { first, second, ...(takes === undefined ? {} : { takes }) };
  const value = pack({ side, secret, ...seen, ...placeOf(said) } satisfies ShowMark);
  set(context, said, on, { kind: "packetShow", key, value });
}

function over(context: FeatureContext, said: Said<"packetOver">): void {
  const row = readMessage(context.db, said.conversation, said.by, said.body.id);
  // @checks RP6: a day after it by the same clock, if it is here.
  if (row !== undefined && said.sentAtMs - row.sent_ms < dayMs) return;
  const value = pack(placeOf(said));
  set(context, said, { author: said.by, id: said.body.id }, { kind: "packetOver", value });
}

function settled(context: FeatureContext, said: Said<"packetSettled">): void {
  const { id, hash } = said.body;
  const value = pack({ hash, ...placeOf(said) } satisfies SettledMark);
  set(context, said, { author: said.by, id }, { kind: "packetSettled", value });
}

const takenBack = ["packet", "owe", "share"] as const;
const mayBack: ReadonlySet<string> = new Set(takenBack);

/** Before anybody took from it, or answered, in the order of all, and soon; else it stays. */
function takeBack(context: FeatureContext, { conversation, by, sentAtMs, body: { id } }: Said<"packetBack">): void {
  const on = { author: by, id };
  const row = readMessage(context.db, conversation, by, id);
  // @checks RP10
  if (row === undefined || !mayBack.has(row.kind) || sentAtMs - row.sent_ms > takeBackMs) return;
  // @checks RP10
  if (isTouched(context, conversation, on, row)) return;
  context.erase(conversation, on, "recalled");
  context.changedIn(conversation);
  context.changed("chats", "status");
}

/**
 * Words of those alone who may say them (RP17). One's own count once home has told their place, as they do for all
 * others: before that they would keep it on this device alone (RP10).
 */
function isTouched(
  context: FeatureContext,
  conversation: ConversationId,
  on: MessageName,
  row: { readonly body: Bytes; readonly sent_ms: number },
): boolean {
  const body = decodeBody(row.body);
  const own = context.own();
  if (body?.kind === "owe" || body?.kind === "share")
    return isAnswered(body, on.author, (kind) =>
      // @checks RP10
      context.marks(conversation, on, kind).filter((mark) => !equalBytes(mark.by, own) || isPlaced(mark)),
    );
  if (body?.kind !== "packet") return true;
  const record = readRecord(context, conversation, on, row.sent_ms, body);
  // @checks RP10
  return record.takes.some(
    ({ account, order }) => mayTake(record, account) && (order !== undefined || !equalBytes(account, own)),
  );
}

/** What is done when it is said, and once more when the place of what this device said is known. */
const handlers = {
  packetTake: take,
  packetShow: show,
  packetOver: over,
  packetSettled: settled,
  ...oweHandlers,
};

function watch(context: FeatureContext, { conversation, on }: Pick<Placed<"packet">, "conversation" | "on">): false {
  deskOf(context).watch(conversation, on);
  return false;
}

export const packets = clientFeature({
  kinds: [
    ...(["packet", "packetTake", "packetShow", "packetOver", "packetSettled", "packetBack"] as const),
    ...(["owe", "share", "owed", "lapsed", "paid", "got"] as const),
  ],

  apply: {
    ...handlers,
    // One's own holds by its place among the takes, which home tells.
    packetBack: (context, said) => {
      if (said.isSaidHere !== true) takeBack(context, said);
    },
  },

  echoed: { ...handlers, packetBack: takeBack },

  marks: {
    packetTake: { merge: earlier },
    packetShow: { merge: earlier },
    packetOver: { merge: earlier },
    packetSettled: { merge: earlier },
    // The first answer in the order of all holds: nobody says yes and later no.
    owed: { merge: earlier },
    lapsed: { merge: earlier },
    paid: { merge: earlier },
    got: { merge: earlier },
  },

  hasOwnRecall: takenBack,

  placed: { packet: watch, owe: watch },

  started: (context) => deskOf(context).start(),
  later: async (context) => deskOf(context).work(),

  show: { packet: showPacket, owe: showOwe, share: showShare },

  views: {
    packetProof: {
      topics: (conversation: Hex, _: MessageRef) => [`conversation:${conversation}`, "people"],
      read: readProof,
    },
    ledger: {
      topics: (conversation: Hex) => [`conversation:${conversation}`, "people"],
      read: readLedger,
    },
  },

  api: (context): PacketsApi => {
    const { db, nowMs, own, random, sha256, writable, find, message, say, setMark, kindOf } = context;
    const standingNow = (conversation: ConversationId, packet: MessageRef) => {
      const { name, body } = find(conversation, packet, "packet");
      // not a check: what the own screens ask for; others judge for themselves.
      if (!isWhole(body)) throw new ClientError("unknown-message");
      const record = readRecord(context, conversation, name, message(conversation, name).sent_ms, body);
      return { name, record, standing: standingOf(sha256, record, nowMs()) };
    };
    const unitOf = ({ of, currency }: Unit): Unit => {
      if (of === "points") return { of, currency: "" };
      return { of, currency: filled(currency, packetLimits.currencyMax) };
    };
    const sum = (amount: number) => {
      // not a check: what the own screens ask for; others judge for themselves.
      if (!Number.isSafeInteger(amount) || amount <= 0) throw new ClientError("empty");
      // not a check: what the own screens ask for; others judge for themselves.
      if (amount > packetLimits.totalMax) throw new ClientError("too-long");
      return amount;
    };
    const memberIn = (conversation: ConversationId, account: Hex) => {
      const member = readMembers(db, conversation).find((one) => toHex(one.account) === account);
      if (member === undefined) throw new ClientError("unknown-contact");
      return member.account;
    };
    /** What follows from one message. */
    const debtsOf = (chat: Hex, on: MessageRef) => {
      const conversation = writable(chat);
      const name = nameOf(on);
      return { conversation, name, debts: debtsOn(context.read(), conversation, name) };
    };
    /** Who says whether it is so: who is owed a transfer, and who has a part of a bill. */
    const answererOf = ({ kind, from, to }: { kind: string; from: Hex; to: Hex }) => (kind === "owe" ? to : from);
    return {
      async sendPacket(chat, { of, currency, total, shares, mode, wish, forWhom }) {
        const conversation = writable(chat);
        const { hasOthers, hasPeer } = kindOf(kindName(db, conversation));
        // not a check: what the own screens ask for; others judge for themselves.
        if (!hasOthers) throw new ClientError("not-allowed");
        const whole = [total, shares].every((one) => Number.isSafeInteger(one) && one > 0);
        // not a check: what the own screens ask for; others judge for themselves.
        if (!whole || total < shares || (of === "money" && currency.trim() === "")) throw new ClientError("empty");
        // not a check: what the own screens ask for; others judge for themselves.
        if (total > packetLimits.totalMax || shares > packetLimits.sharesMax || (hasPeer && shares > 1))
          throw new ClientError("too-long");
        const body: BodyOf<"packet"> = {
          kind: "packet",
          of,
          currency: of === "points" ? "" : atMost(currency.trim(), packetLimits.currencyMax),
          total,
          shares,
          mode,
          wish: atMost(wish.trim(), packetLimits.wishMax),
          cover: 0,
          ...(forWhom === undefined ? {} : { forWhom: forWhom.map((account) => fromHex(account)) }),
        };
        return say(conversation, body);
      },

      async takePacket(chat, packet) {
        const conversation = writable(chat);
        const { name, record, standing } = standingNow(conversation, packet);
        const account = own();
        // not a check: what the own screens ask for; others judge for themselves.
        if (record.takes.some((one) => equalBytes(one.account, account))) return;
        // not a check: what the own screens ask for; others judge for themselves.
        if (!mayTake(record, account)) throw new ClientError("not-allowed");
        // not a check: what the own screens ask for; others judge for themselves.
        if (standing.at !== "open" || !isInTime(record.sentMs, nowMs())) throw new ClientError("too-late");
        const secrets: SecretMark = { left: random(packetLimits.secretBytes), right: random(packetLimits.secretBytes) };
        const isEqual = record.packet.mode === "equal";
        const of = (side: "left" | "right") =>
          isEqual ? noSecret : commitment(sha256, name.id, account, side, secrets[side]);
        const [left, right] = [of("left"), of("right")];
        // With the item, so that a crash loses both or neither (SY1).
        const keepSecrets = () =>
          setMark(conversation, name, {
            kind: "packetSecret",
            by: account,
            key: secretKey(left),
            value: pack(secrets),
            stamp_ms: nowMs(),
          });
        const taken = { kind: "packetTake", ...name, left, right, terms: record.terms } as const;
        say(conversation, taken, isEqual ? {} : { before: keepSecrets });
      },

      async takeBackPacket(chat, hex) {
        const conversation = writable(chat);
        const name = { author: own(), id: contentId(hex) };
        const row = message(conversation, name);
        // not a check: what the own screens ask for; others judge for themselves.
        if (!mayBack.has(row.kind)) throw new ClientError("unknown-message");
        // not a check: what the own screens ask for; others judge for themselves.
        if (isTouched(context, conversation, name, row) || nowMs() - row.sent_ms > takeBackMs)
          throw new ClientError("too-late");
        say(conversation, { kind: "packetBack", id: name.id });
      },

      async sayOwed(chat, { to, amount, note, of, currency }) {
        const conversation = writable(chat);
        const account = memberIn(conversation, to);
        // not a check: what the own screens ask for; others judge for themselves.
        if (equalBytes(account, own())) throw new ClientError("not-allowed");
        const said = filled(note, packetLimits.noteMax);
        return say(conversation, {
          kind: "owe",
          to: account,
          ...unitOf({ of, currency }),
          amount: sum(amount),
          note: said,
        });
      },

      async shareBill(chat, { title, parts, payTo, of, currency }) {
        const conversation = writable(chat);
        const named = parts.map(({ account, amount }) => ({ account: memberIn(conversation, account), amount }));
        const total = sum(named.reduce((all, { amount }) => all + amount, 0));
        const body = { title: filled(title, packetLimits.titleMax), total, parts: named, ...unitOf({ of, currency }) };
        // not a check: what the own screens ask for; others judge for themselves.
        if (!isSplitWhole(body) || named.length > packetLimits.sharesMax) throw new ClientError("empty");
        const where = payTo === undefined ? {} : { payTo: atMost(payTo.trim(), packetLimits.payToMax) };
        return say(conversation, { kind: "share", ...body, ...where });
      },

      async answerOwed(chat, on, isSo) {
        const { conversation, name, debts } = debtsOf(chat, on);
        const isAsked = debts.some((one) => one.state === "asked" && answererOf(one) === toHex(own()));
        const body = decodeBody(message(conversation, name).body);
        // not a check: what the own screens ask for; others judge for themselves.
        if (!isAsked || (body?.kind !== "owe" && body?.kind !== "share")) throw new ClientError("not-allowed");
        const terms = owedTerms(sha256, name, body);
        say(conversation, { kind: "owed", ...name, answer: isSo ? "yes" : "no", terms });
      },

      async sayPaid(chat, on, how) {
        const { conversation, name, debts } = debtsOf(chat, on);
        // not a check: what the own screens ask for; others judge for themselves.
        if (!debts.some(({ from, state }) => from === toHex(own()) && state === "open"))
          throw new ClientError("not-allowed");
        say(conversation, { kind: "paid", ...name, how: atMost(how.trim(), packetLimits.howMax) });
      },

      async sayGot(chat, on, from) {
        const { conversation, name, debts } = debtsOf(chat, on);
        const isOpen = ({ state }: { state: string }) => state === "open" || state === "paid";
        // not a check: what the own screens ask for; others judge for themselves.
        if (!debts.some((one) => one.from === from && one.to === toHex(own()) && isOpen(one)))
          throw new ClientError("not-allowed");
        say(conversation, { kind: "got", ...name, from: fromHex(from) });
      },

      tendPackets: async () => deskOf(context).work(),

      ledgerTable: async (chat, you) =>
        csvOf(readLedger(context.read(), chat), ({ isMe, name }) => (isMe ? you : name)),
    };
  },
});
