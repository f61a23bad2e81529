/**
 * Halves of Welcomes that wait for one another (docs/spec/groups.md GR18.1), and requests that wait for a person: each
 * has a bound, so that nobody who can post to an address fills this device.
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
/** Quiet requests of strangers, to write and to be in their group. */
export const requestsMax = 100;

export function keepNote(engine: Engine, note: WelcomeNoteRow): void {
  const { db, ports } = engine;
  db.transaction(() => {
    writeWelcomeNote(db, note, ports.nowMs());
    told(engine, dropNotesBeyond(db, note.address, notesOfAddressMax, notesMax));
  });
}

/** The halves of one post come one after the other, so what others pour in between drops none that is on its way. */
export function keepEnvelope(engine: Engine, half: Omit<WaitingRow, "waiting" | "received_ms">): void {
  const { db, ports } = engine;
  db.transaction(() => {
    addWaiting(db, { ...half, received_ms: ports.nowMs() });
    told(engine, dropWaitingBeyond(db, envelopesMax, envelopeBytesMax));
  });
}

/**
 * What only a later version can read takes no room of the halves, and strangers' none of contacts' (GR47). Returns the
 * addresses of the key packages of those that went for it. Inside a transaction.
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

/** Whether as many strangers wait for an answer as are kept. */
export function isFull({ db }: Engine): boolean {
  const row = db.get<{ n: number }>("SELECT count(*) AS n FROM conversations WHERE state = 'request-in'");
  return (row?.n ?? 0) >= requestsMax;
}
