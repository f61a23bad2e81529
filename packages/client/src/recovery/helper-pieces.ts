/**
 * Messages about pieces (docs/spec/identity.md ID37): a helper gets a piece in the chat of two; all of the helper's
 * devices store it, and confirm that. Inside a transaction.
 */
import type { BodyOf } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import { countDiagnostic, readContact, readConversation, readPiece, writePiece } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, concat, equalBytes, toHex, utf8 } from "@yanshu/wire";
import { type CoreKinds, type Engine, kindOf, ownOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { keeps, noteFamily, readFamily, writeFamily } from "../identity/helpers-state.ts";
import { say } from "../messages/outbox.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { sealPiece } from "./sealed-piece.ts";

/** Applies a piece that a contact sends in the chat of two. */
function applyFamilyPiece(
  engine: Engine,
  { state }: Group,
  sender: Member,
  { stampMs, check, sealed, piece }: BodyOf<"familyPiece">,
): void {
  const { db } = engine;
  const own = ownOf(engine).account;
  // @checks ID37
  if (!kindOf(engine, state).believesPersonalWords) return;
  // Our own choice, from another own device: its sync item says who helps.
  // @checks ID37
  if (equalBytes(sender.account, own)) {
    if (sealed.length === 0) {
      noteStamp(engine, stampMs);
      notKeptAnyMore(engine, state.conversation, check);
    }
    return;
  }
  // @checks ID37
  if (sealed.length > 0 && piece === undefined) {
    countDiagnostic(db, "family-piece-unopenable");
    return;
  }
  // @checks ID37
  if (readContact(db, sender.account)?.state !== "contact") return;
  const { account } = sender;
  const held = readPiece(db, account);
  const had = held?.piece ?? null;
  // Who takes it back names the piece that is kept, as nobody can who does not know it. @checks ID37
  if (piece === undefined && held !== undefined && had !== null && !equalBytes(held.check_of, check)) {
    countDiagnostic(db, "family-piece-of-another");
    return;
  }
  if (!writePiece(db, { account, stamp_ms: stampMs, check_of: check, piece: piece ?? null })) return;
  const isOn = piece !== undefined;
  if ((had !== null) !== isOn) pieceLine(engine, state.conversation, { who: own, of: account, check, isOn });
  tellOwnDevices(engine, [{ kind: "keptPiece", account, stampMs, check, ...(isOn ? { piece } : {}) }]);
  if (isOn) {
    say(engine, state.conversation, { kind: "familyPieceKept", check });
    engine.schedule(state.conversation);
  }
  engine.changed("family");
}

/**
 * The helper keeps the stamp by which a piece was taken back, and takes none that is earlier: the next choice must
 * outdo it, also where a device said it that was put out since (ID75). One less than it, because the choice that the
 * word belongs to has the same stamp, and may still come.
 */
function noteStamp({ db }: Engine, stampMs: number): void {
  const family = readFamily(db);
  if (family !== undefined && family.stampMs < stampMs - 1) writeFamily(db, { ...family, stampMs: stampMs - 1 });
}

/**
 * An own device took the piece of this chat's peer back. Where the choice stands still, a person chose otherwise on no
 * device: the piece counts as not kept, and both are told.
 */
function notKeptAnyMore(engine: Engine, conversation: ConversationId, check: Bytes): void {
  const { db } = engine;
  const [family, peer] = [readFamily(db), readConversation(db, conversation)?.peer];
  if (family === undefined || peer == null || !equalBytes(family.check, check) || !keeps(family, peer)) return;
  writeFamily(db, {
    ...family,
    helpers: family.helpers.map((one) => (equalBytes(one.account, peer) ? { ...one, isKept: false } : one)),
  });
  pieceLine(engine, conversation, { who: peer, of: ownOf(engine).account, check, isOn: false });
  engine.changed("family");
}

/** A helper's device confirms that it stores the piece. */
function applyFamilyPieceKept(
  engine: Engine,
  { state }: Group,
  { account }: Member,
  { check }: BodyOf<"familyPieceKept">,
): void {
  const { db } = engine;
  const family = readFamily(db);
  // @checks ID37
  if (!kindOf(engine, state).believesPersonalWords || family === undefined || !equalBytes(family.check, check)) return;
  // @checks ID37
  if (!family.helpers.some((helper) => equalBytes(helper.account, account)) || keeps(family, account)) return;
  const helpers = family.helpers.map((helper) =>
    equalBytes(helper.account, account) ? { account, isKept: true } : helper,
  );
  noteFamily(db, { ...family, helpers });
  tellOwnDevices(engine, [{ kind: "family", ...family, helpers }]);
  pieceLine(engine, state.conversation, { who: account, of: ownOf(engine).account, check, isOn: true });
  engine.changed("family");
}

/** Inserts the line once, whichever of the helper's devices is first. */
export function pieceLine(
  engine: Engine,
  conversation: ConversationId,
  line: { readonly who: AccountId; readonly of: AccountId; readonly check: Bytes; readonly isOn: boolean },
): void {
  const { who, of, check, isOn } = line;
  const id = engine.ports.crypto.sha256(concat(utf8(`family piece ${isOn}\0`), who, of, check)).subarray(0, 16);
  insertLine(engine, conversation, who, { kind: "family-piece", who: toHex(who), of: toHex(of), isOn }, id);
}

export const familyKinds: CoreKinds = {
  familyPiece: {
    apply: (engine, group, sender, { body }) => applyFamilyPiece(engine, group, sender, body),
    goesOut: sealPiece,
  },
  familyPieceKept: { apply: (engine, group, sender, { body }) => applyFamilyPieceKept(engine, group, sender, body) },
};
