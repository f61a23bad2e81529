/**
 * Records of what is handed to newcomers (docs/spec/groups.md GR32.5–GR32.7): made of what stands here, and taken in where
 * nothing of the message is here. What one says is somebody's word about others, so each field is read by its own shape.
 */
import { decodeBody, type HandedMessage, handedLimits } from "@yanshu/content";
import {
  type Arrival,
  addVersion,
  countDiagnostic,
  insertHanded,
  meetOwnCopy,
  readMarks,
  readMessage,
  readVersions,
  type ToHand,
  vaultClearOf,
} from "@yanshu/store";
import { type AccountId, type ConversationId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { learnBlobs } from "../files/blob-refs.ts";
import { settleMark, settleQuote, settleText, takeNewest } from "../messages/changes.ts";

/** As a mark of a sign-up list holds it. */
type ChainLine = { readonly text: string; readonly sinceMs: number };

/** As this device has it. */
export function handedOf({ db }: Engine, conversation: ConversationId, row: ToHand): HandedMessage {
  const { author, id } = row;
  const marks = (kind: "reaction" | "vote" | "line") =>
    readMarks(db, conversation, author, id, kind).slice(0, handedLimits.marksMax);
  return {
    author,
    id,
    atMs: row.at_ms,
    sentMs: row.sent_ms,
    editedMs: row.edited_ms,
    kind: row.kind as HandedMessage["kind"],
    body: row.body,
    versions: readVersions(db, conversation, author, id)
      .slice(-handedLimits.versionsMax)
      .map(({ stamp_ms, body }) => ({ stampMs: stamp_ms, body })),
    reactions: marks("reaction").map(({ by, key, value, stamp_ms }) => ({
      by,
      emoji: key,
      on: unpack<boolean>(value),
      stampMs: stamp_ms,
    })),
    votes: marks("vote").map(({ by, value, stamp_ms }) => ({
      by,
      choices: unpack<number[]>(value),
      stampMs: stamp_ms,
    })),
    lines: marks("line").map(({ by, key, value, stamp_ms }) => ({
      by,
      key: fromHex(key),
      ...unpack<ChainLine>(value),
      stampMs: stamp_ms,
    })),
  };
}

export type Taking = { readonly arrival: Arrival; readonly by: AccountId };

/** Takes in one record. Inside a transaction. @param place how many come after it of what is handed over. */
export function takeHanded(engine: Engine, { arrival, by }: Taking, record: HandedMessage, place: number): void {
  const { db, ports } = engine;
  const { conversation } = arrival;
  const { author, id, kind } = record;
  const held = readMessage(db, conversation, author, id);
  if (held !== undefined) {
    meetOwnCopy(db, arrival, held.position);
    return;
  }
  const nowMs = ports.nowMs();
  const atMs = Math.min(record.atMs, nowMs);
  // What was cleared here does not come back; what is beyond the group's choice was not to be handed over.
  const isCleared = atMs <= (vaultClearOf(db, conversation) ?? -1);
  const body = decodeBody(record.body);
  const isOwn = equalBytes(author, ownOf(engine).account);
  if (body?.kind !== kind || !engine.features.knows(kind) || isOwn || isCleared || atMs < arrival.since_ms) {
    countDiagnostic(db, "handed-passed-over");
    return;
  }
  const row = {
    conversation,
    author,
    id,
    kind,
    body: record.body,
    at_ms: atMs,
    sent_ms: Math.min(record.sentMs, nowMs),
    edited_ms: Math.min(record.editedMs, nowMs),
    handed_by: by,
  };
  if (!insertHanded(db, row, arrival, place)) {
    countDiagnostic(db, "handed-passed-over");
    return;
  }
  learnBlobs(engine, body);
  const name = { author, id };
  if (body.kind === "text") {
    const versions = record.versions.filter((version) => decodeBody(version.body)?.kind === "text");
    if (versions.length === 0) settleText(engine, conversation, name, body);
    else {
      for (const version of versions)
        addVersion(db, conversation, author, id, {
          stamp_ms: Math.min(version.stampMs, nowMs),
          body: version.body,
          said: null,
        });
      takeNewest(engine, conversation, name, body);
      settleQuote(engine, conversation, name, body);
    }
  }
  takeMarks(engine, conversation, record, nowMs);
}

/** What the newcomer did with it is for their own devices to say. */
function takeMarks(engine: Engine, conversation: ConversationId, record: HandedMessage, nowMs: number): void {
  const { db } = engine;
  const { author, id } = record;
  const own = ownOf(engine).account;
  const theirs = <M extends { readonly by: AccountId; readonly stampMs: number }>(marks: readonly M[]) =>
    marks
      .filter((mark) => !equalBytes(mark.by, own))
      .map((mark) => ({ ...mark, stamp_ms: Math.min(mark.stampMs, nowMs) }));
  for (const { by, emoji, on, stamp_ms } of theirs(record.reactions))
    settleMark(engine, conversation, { author, id }, { kind: "reaction", by, key: emoji, value: pack(on), stamp_ms });
  for (const { by, choices, stamp_ms } of theirs(record.votes))
    settleMark(
      engine,
      conversation,
      { author, id },
      {
        kind: "vote",
        by,
        key: "",
        value: pack([...new Set(choices)]),
        stamp_ms,
      },
    );
  const held = readMarks(db, conversation, author, id, "line");
  for (const { by, key, text, sinceMs, stamp_ms } of theirs(record.lines)) {
    const name = toHex(key);
    // What its author has said since stands, at the place of their first writing.
    const isSaid = held.some((mark) => mark.key === name && equalBytes(mark.by, by));
    const value = pack({ text, sinceMs: Math.min(sinceMs, nowMs) } satisfies ChainLine);
    settleMark(
      engine,
      conversation,
      { author, id },
      { kind: "line", by, key: name, value, stamp_ms: isSaid ? 0 : stamp_ms },
    );
  }
}
