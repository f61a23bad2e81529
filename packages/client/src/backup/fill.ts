/**
 * Fills a segment of the vault (docs/spec/vault.md VA7) with messages, the names of their authors and the titles of
 * their groups; and takes names and groups from a segment that another device filled.
 */
import {
  encodeVaultMessage,
  encodeVaultSegment,
  segmentLimits,
  type VaultMessage,
  type VaultSegment,
} from "@yanshu/content";
import {
  compareOrders,
  countDiagnostic,
  countWaiting,
  dropUnvaulted,
  insertConversation,
  learnPerson,
  noteVaultGroup,
  orderAt,
  orderBetween,
  readConversation,
  readPerson,
  readUnvaulted,
  setDissolved,
  type UnvaultedRow,
  untoldClears,
  type VaultClear,
  vaultClearOf,
  vaultGap,
  wholeOf,
} from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import type { Belief } from "./belief.ts";
import { isAsHere, isErased, recordOf } from "./entries.ts";
import { heardIn } from "./reported-marks.ts";
import { heldBytesMax } from "./seal.ts";

/** A few hundred messages: one segment is fetched at once, and rewritten when one of its messages is recalled. */
const filledBytes = 56 * 1_024;
/** Room that is left beside the messages for names, titles and high-water marks. */
const asideBytes = 24 * 1_024;

type FilledRow = Pick<UnvaultedRow, "conversation" | "position" | "turn"> & { readonly order: Bytes };

export type Filled = {
  /** The segment, encoded and not sealed yet. */
  readonly held: Bytes;
  readonly rows: readonly FilledRow[];
  readonly clears: readonly VaultClear[];
};

/** Undefined when nothing waits for the vault. @param at the segment's place in the vault's log. */
export function fillSegment(engine: Engine, at: number): Filled | undefined {
  const { db } = engine;
  const clears = untoldClears(db).slice(0, segmentLimits.messagesMax);
  for (;;) {
    const waiting = readUnvaulted(db, ownOf(engine).account, segmentLimits.messagesMax, filledBytes);
    const rows: FilledRow[] = [];
    const messages: VaultMessage[] = [];
    const orderOf = ordering(engine, at);
    let bytes = 0;
    for (const row of waiting) {
      const order = row.vault_order ?? orderOf(row, messages.length);
      const record = fitting(engine, row, order);
      if (record === undefined) continue;
      if (messages.length > 0 && bytes + record.bytes > filledBytes) break;
      bytes += record.bytes;
      rows.push({ conversation: row.conversation, position: row.position, turn: row.turn, order });
      messages.push(record.message);
    }
    // `fitting` dropped all of these, since none belongs in the vault: the next ones are read.
    if (messages.length === 0 && waiting.length > 0) continue;
    if (messages.length === 0 && clears.length === 0) return undefined;
    const held = encodeVaultSegment({
      messages,
      people: peopleIn(engine, messages),
      groups: groupsIn(engine, messages),
      clears: clears.map(({ conversation, up_to_ms }) => ({ conversation, upToMs: up_to_ms })),
      ...heardIn(engine, messages),
    });
    return { held, rows, clears };
  }
}

/**
 * A message's order is a number (VA10): so many a place of the log, and so many a message in it. The numbers between
 * two messages are for those that another device sorts between them.
 */
const ordersPerPlace = 2 ** 20;
const ordersPerMessage = 2 ** 12;
/** Messages before a chat's first take this part of the numbers that are left there: still older ones may come. */
const frontDivisor = 64;

/**
 * Gives orders to messages that the vault does not have yet, so that all devices sort them as this one does, among
 * those that it has (VA10).
 */
function ordering({ db }: Engine, at: number): (row: UnvaultedRow, index: number) => Bytes {
  const given = new Map<string, Bytes>();
  /** By chat: the order in the vault before which messages wait here, in hex, and how many still do. */
  const waiting = new Map<string, { readonly before: string; left: number }>();

  /**
   * An order between two. Thousands of messages may wait before one that the vault has, as a history does that another
   * device handed over: each gets a whole number as long as there are enough.
   */
  function between(row: UnvaultedRow, chat: string, least: Bytes | undefined, after: Bytes): Bytes {
    const known = waiting.get(chat);
    const before = toHex(after);
    const queue = known?.before === before ? known : { before, left: countWaiting(db, row) };
    waiting.set(chat, queue);
    const left = Math.max(1, queue.left--);
    const high = wholeOf(after);
    const room = least === undefined ? high / frontDivisor : high - wholeOf(least) - 1;
    const step = Math.min(ordersPerMessage, Math.floor(room / (left + 1)));
    if (step >= 1) return orderAt(high - left * step);
    return orderBetween(least ?? orderAt(Math.max(0, high - ordersPerMessage)), after);
  }

  return (row, index) => {
    const chat = toHex(row.conversation);
    const { before, after } = vaultGap(db, row);
    const last = given.get(chat);
    const other = last && after && compareOrders(last, after) >= 0 ? undefined : last;
    const least = before && other && compareOrders(before, other) > 0 ? before : (other ?? before);
    const order =
      after === undefined
        ? orderAt(Math.max(least ? wholeOf(least) + 1 : 0, (at + 1) * ordersPerPlace + index * ordersPerMessage))
        : between(row, chat, least, after);
    given.set(chat, order);
    return order;
  };
}

/**
 * The record of one message, without its earlier versions where it would be too large with them. Undefined when the
 * message was erased or is too large all the same: then it is dropped from those that wait.
 */
function fitting(
  engine: Engine,
  row: UnvaultedRow,
  order: Bytes,
): { message: VaultMessage; bytes: number } | undefined {
  const { db } = engine;
  const whole = recordOf(engine, row, order);
  for (const message of isErased(engine, whole) ? [] : [whole, { ...whole, versions: [] }]) {
    const bytes = encodeVaultMessage(message).length;
    if (bytes <= heldBytesMax - asideBytes) return { message, bytes };
  }
  db.transaction(() => {
    dropUnvaulted(db, row.position);
    if (!isErased(engine, whole)) countDiagnostic(db, "vault-too-large");
  });
  return undefined;
}

function peopleIn({ db }: Engine, messages: readonly VaultMessage[]): VaultSegment["people"] {
  return unique(messages.map(({ author }) => author)).flatMap((account) => {
    const person = readPerson(db, account);
    return person === undefined || person.name === "" ? [] : [{ account, name: person.name, stampMs: person.stamp_ms }];
  });
}

function groupsIn(engine: Engine, messages: readonly VaultMessage[]): VaultSegment["groups"] {
  return unique(messages.map(({ conversation }) => conversation)).flatMap((conversation) => {
    const row = readConversation(engine.db, conversation);
    if (row === undefined || !kindOf(engine, row).isRecorded) return [];
    const isOut = row.state === "left" || row.state === "removed";
    const state = row.dissolved === 1 ? "dissolved" : isOut ? (row.state as "left" | "removed") : "open";
    return [{ conversation, title: row.title, state } as const];
  });
}

function unique(all: readonly Bytes[]): readonly Bytes[] {
  return [...new Map(all.map((one) => [toHex(one), one])).values()];
}

/** Those whose name this device does not know. */
export function strangersIn({ db }: Engine, people: VaultSegment["people"]): VaultSegment["people"] {
  return people.filter(({ account }) => (readPerson(db, account)?.name ?? "") === "");
}

/** Learns names as from an introduction: what people say of themselves outranks it. Inside a transaction. */
export function takePeople(engine: Engine, people: VaultSegment["people"]): void {
  let isNew = false;
  for (const { account, name, stampMs } of people)
    if (!equalBytes(account, ownOf(engine).account))
      isNew =
        learnPerson(engine.db, {
          account,
          name,
          avatar: readPerson(engine.db, account)?.avatar ?? undefined,
          ownWord: false,
          stampMs,
        }) || isNew;
  if (isNew) engine.changed("people");
}

/**
 * Adds groups that this account has left or was removed from, so that their messages can be read. Groups that it is in
 * come with a welcome (ID15). Inside a transaction.
 */
export function takeGroups(engine: Engine, at: number, groups: VaultSegment["groups"]): void {
  const { db } = engine;
  for (const { conversation, title, state } of groups) {
    if (!noteVaultGroup(db, conversation, at, state) || state === "open") continue;
    if (readConversation(db, conversation) !== undefined) continue;
    insertConversation(db, {
      conversation,
      kind: "group",
      state: state === "left" ? "left" : "removed",
      title,
      activeMs: 0,
    });
    if (state === "dissolved") setDissolved(db, conversation);
    engine.changed("chats", topicOf(conversation));
  }
}

/**
 * A segment again, without the messages that were erased since; undefined when none was. This device signs the new one:
 * of a segment by a device that is not believed any more it keeps only the messages that it has itself.
 */
export function withoutErased(engine: Engine, held: VaultSegment, belief: Belief): Bytes | undefined {
  const staying = held.messages.filter((record) => !isErased(engine, record));
  if (staying.length === held.messages.length) return undefined;
  const messages = staying.filter((record) => belief === "all" || isAsHere(engine, record));
  const speak = new Set(messages.map(({ author }) => toHex(author)));
  const people = held.people.filter(({ account }) => speak.has(toHex(account)));
  // Under this device's name stands no later moment than it noted (VA44).
  const clears = held.clears.map(({ conversation, upToMs }) => ({
    conversation,
    upToMs: Math.min(upToMs, vaultClearOf(engine.db, conversation) ?? 0),
  }));
  if (belief === "all") return encodeVaultSegment({ ...held, messages, people, clears });
  return encodeVaultSegment({
    messages,
    people: peopleIn(engine, messages),
    groups: groupsIn(engine, messages),
    clears: [],
  });
}
