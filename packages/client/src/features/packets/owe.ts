/**
 * Owe: what somebody owes another, by itself or as a part of a bill, and what was said of it (docs/spec/packets.md
 * RP30, RP31). All of it are words of people: nothing is moved by them.
 */
import { type BodyOf, decodeBody, encodeBody } from "@yanshu/content";
import { type Mark, type MessageName, readConversation, readMarks, readMessage } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  concat,
  equalBytes,
  toHex,
  type UnixMs,
  utf8,
} from "@yanshu/wire";
import {
  type FeatureContext,
  type Hex,
  idFrom,
  type PersonRef,
  pack,
  type ReadContext,
  type Said,
  type ShowContext,
  unpack,
} from "../../feature.ts";
import { type Debt, ledgerOf, type Payment, type Unit } from "./ledger.ts";
import { isPlaced, isWhole, kindName, orderIn, type PacketMark, placeOf, recordOf, setHeard } from "./record.ts";
import type { Sha256 } from "./split.ts";
import { dayMs, standingOf } from "./standing.ts";

export type OweItem = Unit & {
  readonly kind: "owe";
  /** Its note. */
  readonly name: string;
  /** Who owes is who said it. */
  readonly to: PersonRef;
  readonly amount: number;
  readonly note: string;
  readonly dueDay?: number;
  readonly state: Debt["state"];
  /** How it was paid, in the words of who owes. */
  readonly how: string;
};

export type SharePart = {
  readonly person: PersonRef;
  readonly amount: number;
  readonly state: Debt["state"];
  readonly how: string;
};

export type ShareItem = Unit & {
  readonly kind: "share";
  /** Its title. */
  readonly name: string;
  readonly title: string;
  readonly total: number;
  readonly payTo?: string;
  /** False: the parts are not the total. Nobody can say yes to it. */
  readonly isWhole: boolean;
  readonly parts: readonly SharePart[];
};

export type LedgerEntry = Unit & {
  readonly kind: "packet" | "owe" | "share";
  readonly message: { readonly author: Hex; readonly id: Hex };
  readonly atMs: UnixMs;
  readonly words: string;
  readonly from: PersonRef;
  readonly to: PersonRef;
  readonly amount: number;
  readonly state: Debt["state"];
};

export type LedgerView = {
  readonly units: readonly (Unit & {
    /** What this account is owed in all; below 0 it owes. */
    readonly mine: number;
    readonly balances: readonly { readonly person: PersonRef; readonly amount: number }[];
    readonly payments: readonly (Omit<Payment, "from" | "to"> & { readonly from: PersonRef; readonly to: PersonRef })[];
  })[];
  /** The newest first. */
  readonly entries: readonly LedgerEntry[];
};

export type OweMark = "owed" | "lapsed" | "paid" | "got";
type Marks = (kind: OweMark) => readonly Mark[];
type Answer = { readonly answer: "yes" | "no"; readonly order?: number; readonly terms?: Bytes };
/** All that was said of one message. */
type Words = Readonly<Record<OweMark, readonly Mark[]>>;

const wordsOf = (marks: Marks): Words => ({
  owed: marks("owed"),
  lapsed: marks("lapsed"),
  paid: marks("paid"),
  got: marks("got"),
});

/** Of which transfer or bill a yes is: one that was told otherwise under the same id has another (RP37). */
export function owedTerms(sha256: Sha256, { author, id }: MessageName, body: BodyOf<"owe"> | BodyOf<"share">): Bytes {
  return sha256(concat(utf8("yanshu owed terms v1\0"), author, id, encodeBody(body)));
}

/** The message that says what is owed. `terms`: undefined where this reader has no hash. */
type Asked = { readonly author: Bytes; readonly sentMs: number; readonly terms: Bytes | undefined };

/** How one debt stands. @param said the message, whose author's two stamps let it lapse. */
export function stateOf(words: Words, answerer: Bytes, debtor: Bytes, creditor: Bytes, said: Asked) {
  const { author, sentMs, terms } = said;
  const by = (kind: OweMark, account: Bytes) => words[kind].find((mark) => equalBytes(mark.by, account));
  const answered = by("owed", answerer);
  const answer = answered && unpack<Answer>(answered.value);
  const got = words.got.some((mark) => equalBytes(mark.by, creditor) && mark.key === toHex(debtor));
  const paid = by("paid", debtor);
  const how = paid === undefined ? "" : unpack<{ readonly how: string }>(paid.value).how;
  const lapsed = by("lapsed", author);
  const isLapsed = lapsed !== undefined && lapsed.stamp_ms - sentMs >= dayMs;
  if (got) return { state: "done", how } as const;
  if (answer?.answer === "no") return { state: "off", how } as const;
  // @checks RP37: of an older device's answer nothing is known.
  if (answer?.terms !== undefined && terms !== undefined && !equalBytes(answer.terms, terms))
    return { state: "differs", how } as const;
  // An answer that stands behind the end in the order of all comes too late, and so does one without a place.
  const isLate = isLapsed && answer !== undefined && (answer.order === undefined || answer.order > orderIn(lapsed));
  if (answer?.answer !== "yes" || isLate) return { state: isLapsed ? "off" : "asked", how } as const;
  return { state: paid === undefined ? "open" : "paid", how } as const;
}

/** How a transfer stands. */
function transferState(
  sha256: Sha256 | undefined,
  marks: Marks,
  name: MessageName,
  body: BodyOf<"owe">,
  sentMs: number,
) {
  const { author } = name;
  const said = { author, sentMs, terms: sha256 && owedTerms(sha256, name, body) };
  return stateOf(wordsOf(marks), body.to, author, body.to, said);
}

/** Whether somebody who may say it answered, or said that it came (RP17). @checks RP17 */
export function isAnswered(
  body: BodyOf<"owe"> | BodyOf<"share">,
  author: Bytes,
  marks: (kind: "owed" | "got") => readonly Pick<Mark, "by" | "key">[],
): boolean {
  const askers = body.kind === "owe" ? [body.to] : body.parts.map(({ account }) => account);
  const isAsked = ({ by }: Pick<Mark, "by">) => askers.some((one) => equalBytes(one, by));
  const debtors = body.kind === "owe" ? [author] : askers;
  const isGot = ({ by, key }: Pick<Mark, "by" | "key">) =>
    (body.kind === "owe" ? isAsked({ by }) : equalBytes(by, author)) && debtors.some((one) => toHex(one) === key);
  return marks("owed").some(isAsked) || marks("got").some(isGot);
}

/** Whether the parts are the whole, and nobody has two. @checks RP31 */
export function isSplitWhole({ total, parts }: Pick<BodyOf<"share">, "total" | "parts">): boolean {
  const names = new Set(parts.map(({ account }) => toHex(account)));
  return total > 0 && names.size === parts.length && parts.reduce((sum, { amount }) => sum + amount, 0) === total;
}

export function showOwe({ database, row, marks, people, sha256 }: ShowContext, body: BodyOf<"owe">): OweItem {
  const { of, currency, amount, note, to, dueDay } = body;
  const sentMs = readMessage(database, row.conversation, row.author, row.id)?.sent_ms ?? 0;
  const due = dueDay === undefined ? {} : { dueDay };
  const stands = transferState(sha256, marks, row, body, sentMs);
  return { kind: "owe", name: note, of, currency, amount, note, ...due, ...stands, to: people.ref(toHex(to)) };
}

export function showShare({ row, marks, people, sha256 }: ShowContext, body: BodyOf<"share">): ShareItem {
  const { of, currency, title, total, payTo, parts } = body;
  people.load(parts.map(({ account }) => toHex(account)));
  const words = wordsOf(marks);
  const terms = sha256 && owedTerms(sha256, row, body);
  return {
    kind: "share",
    name: title,
    of,
    currency,
    title,
    total,
    isWhole: isSplitWhole(body),
    ...(payTo === undefined ? {} : { payTo }),
    parts: parts.map(({ account, amount }) => ({
      ...partState(words, account, row.author, terms),
      person: people.ref(toHex(account)),
      amount,
    })),
  };
}

/** One's own part of a bill that one paid is no debt. */
function partState(words: Words, account: Bytes, author: Bytes, terms: Bytes | undefined) {
  return equalBytes(account, author)
    ? ({ state: "done", how: "" } as const)
    : stateOf(words, account, account, author, { author, sentMs: Number.POSITIVE_INFINITY, terms });
}

type Row = {
  readonly author: AccountId;
  readonly id: Bytes;
  readonly at_ms: UnixMs;
  readonly sent_ms: UnixMs;
  readonly body: Bytes;
};

const saidSql = `
  SELECT author, id, at_ms, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sent_ms, body FROM messages
  WHERE conversation = ? AND kind IN ('packet', 'owe', 'share') ORDER BY position`;

type Line = Debt & Pick<LedgerEntry, "kind" | "words" | "atMs"> & { readonly author: Hex; readonly id: Hex };

/** All debts of a chat in its order, as this device knows it. */
function debtsIn(context: ReadContext, conversation: ConversationId): readonly Line[] {
  const hasPeer = hasPeerIn(context, conversation);
  return context.database
    .all<Row>(saidSql, conversation)
    .flatMap((row) => debtsOf(context, conversation, hasPeer, row));
}

/** What follows from one message. */
export function debtsOn(
  context: ReadContext,
  conversation: ConversationId,
  { author, id }: MessageName,
): readonly Line[] {
  const row = readMessage(context.database, conversation, author, id);
  if (row === undefined) return [];
  return debtsOf(context, conversation, hasPeerIn(context, conversation), { ...row, author, id });
}

function hasPeerIn({ database, conversations }: ReadContext, conversation: ConversationId): boolean {
  return conversations.of(kindName(database, conversation) ?? "").hasPeer;
}

function debtsOf(context: ReadContext, conversation: ConversationId, hasPeer: boolean, row: Row): readonly Line[] {
  const { database, sha256 } = context;
  const body = row.body.length === 0 ? undefined : decodeBody(row.body);
  const marks = (kind: PacketMark | OweMark) => readMarks(database, conversation, row.author, row.id, kind);
  const author = toHex(row.author);
  const line = { author, id: toHex(row.id), atMs: row.at_ms };
  if (body?.kind === "owe") {
    const { state } = transferState(sha256, marks, row, body, row.sent_ms);
    const { of, currency, amount, note } = body;
    return [{ ...line, kind: "owe", words: note, of, currency, amount, state, from: author, to: toHex(body.to) }];
  }
  if (body?.kind === "share" && isSplitWhole(body)) {
    const { of, currency, title } = body;
    const words = wordsOf(marks);
    const terms = sha256 && owedTerms(sha256, row, body);
    return body.parts
      .filter(({ account, amount }) => amount > 0 && !equalBytes(account, row.author))
      .map(({ account, amount }) => ({
        ...line,
        kind: "share" as const,
        words: title,
        of,
        currency,
        amount,
        state: partState(words, account, row.author, terms).state,
        from: toHex(account),
        to: author,
      }));
  }
  if (body?.kind === "packet" && isWhole(body)) return packetDebts(context, row, body, hasPeer, marks, line);
  return [];
}

/** Who gave a packet owes each one their lot, once it is decided, until they say that they got it. */
function packetDebts(
  { sha256, nowMs }: ReadContext,
  row: Row,
  body: BodyOf<"packet">,
  hasPeer: boolean,
  marks: (kind: PacketMark | OweMark) => readonly Mark[],
  line: Pick<Line, "author" | "id" | "atMs">,
): readonly Line[] {
  if (sha256 === undefined) return [];
  const record = recordOf(sha256, { author: row.author, id: row.id }, row.sent_ms, body, hasPeer, marks);
  const { openers, result } = standingOf(sha256, record, nowMs);
  const { of, currency, wish } = body;
  const key = line.author;
  const got = marks("got");
  return openers.flatMap(({ account }, place): Line[] => {
    const { amount = 0, isFinal = false } = result.lots[place] ?? {};
    if (!isFinal || equalBytes(account, row.author)) return [];
    const isGot = got.some((mark) => equalBytes(mark.by, account) && mark.key === key);
    const state = isGot ? "done" : "open";
    return [{ ...line, kind: "packet", words: wish, of, currency, amount, state, from: key, to: toHex(account) }];
  });
}

export function readLedger(context: ReadContext, chat: Hex): LedgerView {
  const conversation = idFrom(chat);
  if (conversation === undefined || readConversation(context.database, conversation) === undefined)
    return { units: [], entries: [] };
  const lines = debtsIn(context, conversation);
  const people = context.peopleIn(conversation);
  people.load(new Set(lines.flatMap(({ from, to }) => [from, to])));
  const own = context.own === undefined ? "" : toHex(context.own.account);
  return {
    units: ledgerOf(lines).map(({ of, currency, balances, payments }) => ({
      of,
      currency,
      mine: balances.find(({ account }) => account === own)?.amount ?? 0,
      balances: balances.map(({ account, amount }) => ({ person: people.ref(account), amount })),
      payments: payments.map(({ from, to, amount }) => ({ from: people.ref(from), to: people.ref(to), amount })),
    })),
    entries: lines.toReversed().map(({ from, to, author, id, ...line }) => ({
      ...line,
      message: { author, id },
      from: people.ref(from),
      to: people.ref(to),
    })),
  };
}

/** RFC 4180, with the names as this person calls them; what begins like a formula is led by an apostrophe. */
export function csvOf({ entries }: LedgerView, nameOf: (person: PersonRef) => string): string {
  const field = (text: string) => `"${text.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
  const rows = entries
    .toReversed()
    .map(({ atMs, kind, words, from, to, amount, of, currency, state }) =>
      [
        new Date(atMs).toISOString(),
        kind,
        words,
        nameOf(from),
        nameOf(to),
        (amount / 100).toFixed(2),
        of === "points" ? of : currency,
        state,
      ]
        .map(field)
        .join(","),
    );
  return [["time", "kind", "words", "from", "to", "amount", "unit", "state"].map(field).join(","), ...rows, ""].join(
    "\r\n",
  );
}

export const oweHandlers = {
  owed: (context: FeatureContext, said: Said<"owed">) => {
    const { author, id, answer, terms } = said.body;
    const of = terms === undefined ? {} : { terms };
    setHeard(context, said, { author, id }, { kind: "owed", value: pack({ answer, ...of, ...placeOf(said) }) });
  },
  paid: (context: FeatureContext, said: Said<"paid">) => {
    const { author, id, how } = said.body;
    setHeard(context, said, { author, id }, { kind: "paid", value: pack({ how, ...placeOf(said) }) });
  },
  got: (context: FeatureContext, said: Said<"got">) => {
    const { author, id, from } = said.body;
    setHeard(context, said, { author, id }, { kind: "got", key: toHex(from), value: pack(placeOf(said)) });
  },
  lapsed: (context: FeatureContext, said: Said<"lapsed">) => {
    const on = { author: said.by, id: said.body.id };
    const row = readMessage(context.db, said.conversation, on.author, on.id);
    const body = row && decodeBody(row.body);
    const placed = (kind: "owed" | "got") => context.marks(said.conversation, on, kind).filter(isPlaced);
    // An answer that came before it holds, whatever a home numbers from then on. @checks RP30
    if (body?.kind === "owe" && isAnswered(body, on.author, placed)) return;
    setHeard(context, said, on, { kind: "lapsed", value: pack(placeOf(said)) });
  },
};
