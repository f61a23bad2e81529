/**
 * Stores the halves of Welcomes until the other half comes (docs/spec/groups.md GR18.1), and requests until the person
 * answers. Each store has a limit, so that a stranger who can post to an address cannot fill this device.
 */
import {
  addWaiting,
  countDiagnostic,
  dropNotesBeyond,
  dropWaitingBeyond,
  keepNewerWelcome,
  type NewerWelcomeRow,
  readContact,
  type WaitingRow,
  type WelcomeNoteRow,
  writeWelcomeNote,
} from "@yanshu/store";
import { type Address, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

const notesOfAddressMax = 64;
const notesMax = 1_024;
const envelopesMax = 256;
const envelopeBytesMax = 32 * 1024 * 1024;
/** The most requests of strangers, to write or to be in their group. */
export const requestsMax = 100;

export function keepNote(engine: Engine, note: WelcomeNoteRow): void {
  const { db, ports } = engine;
  db.transaction(() => {
    writeWelcomeNote(db, note, ports.nowMs());
    told(engine, dropNotesBeyond(db, note.address, notesOfAddressMax, notesMax));
  });
}

/** Stores an envelope. The halves of one post come right after each other, so a flood between them drops neither. */
export function keepEnvelope(engine: Engine, half: Omit<WaitingRow, "waiting" | "received_ms">): void {
  const { db, ports } = engine;
  db.transaction(() => {
    addWaiting(db, { ...half, received_ms: ports.nowMs() });
    told(engine, dropWaitingBeyond(db, envelopesMax, envelopeBytesMax));
  });
}

/**
 * Stores a Welcome that only a later version can read, apart from the halves, and strangers' apart from contacts'
 * (GR47). Returns the addresses of the key packages of those that were dropped for it. Inside a transaction.
 */
export function keepNewer(engine: Engine, newer: Omit<NewerWelcomeRow, "place" | "received_ms">): readonly Address[] {
  const { db, ports } = engine;
  const isContact = readContact(db, newer.inviter)?.state === "contact";
  const circle = equalBytes(newer.inviter, ownOf(engine).account) ? "own" : isContact ? "contact" : "other";
  const gone = keepNewerWelcome(db, { ...newer, received_ms: ports.nowMs() }, circle);
  for (let i = 0; i < gone.length; i++) countDiagnostic(db, "newer-welcome-dropped");
  return gone;
}

function told({ db }: Engine, dropped: number): void {
  for (let i = 0; i < dropped; i++) countDiagnostic(db, "half-dropped");
}

/** Whether the most requests of strangers are stored. */
export function isFull({ db }: Engine): boolean {
  const row = db.get<{ n: number }>("SELECT count(*) AS n FROM conversations WHERE state = 'request-in'");
  return (row?.n ?? 0) >= requestsMax;
}
