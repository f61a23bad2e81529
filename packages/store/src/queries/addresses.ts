/** This device's addresses and key packages, and what waits to be matched with them. */
import type { Address, Bytes, Capability, ConversationId, GateId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type AddressRow = {
  readonly address: Address;
  readonly seal_private: Bytes;
  readonly conversation: ConversationId | null;
  readonly claim_cap: Capability;
  readonly registered: number;
  readonly retire_ms: number | null;
};

export function insertAddress(db: Database, row: { address: Address; sealPrivate: Bytes; claimCap: Capability }): void {
  db.run(
    "INSERT INTO addresses (address, seal_private, claim_cap) VALUES (?, ?, ?)",
    row.address,
    row.sealPrivate,
    row.claimCap,
  );
}

export function readAddress(db: Database, address: Address): AddressRow | undefined {
  return db.get<AddressRow>("SELECT * FROM addresses WHERE address = ?", address);
}

export function allAddresses(db: Database): readonly AddressRow[] {
  return db.all<AddressRow>("SELECT * FROM addresses");
}

export function unregisteredAddresses(db: Database): readonly AddressRow[] {
  return db.all<AddressRow>("SELECT * FROM addresses WHERE registered = 0");
}

export function setRegistered(db: Database, address: Address, registered: boolean): void {
  db.run("UPDATE addresses SET registered = ? WHERE address = ?", registered ? 1 : 0, address);
}

/** Home may have forgotten them all. */
export function forgetRegistered(db: Database): void {
  db.run("UPDATE addresses SET registered = 0");
}

export function assignAddress(db: Database, address: Address, conversation: ConversationId): void {
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", conversation, address);
}

export function retireAddress(db: Database, address: Address, atMs: UnixMs): void {
  db.run("UPDATE addresses SET retire_ms = ? WHERE address = ? AND retire_ms IS NULL", atMs, address);
}

/** Earlier than was planned, or planned only now. */
export function hastenRetiring(db: Database, address: Address, atMs: UnixMs): void {
  db.run(
    "UPDATE addresses SET retire_ms = ?1 WHERE address = ?2 AND (retire_ms IS NULL OR retire_ms > ?1)",
    atMs,
    address,
  );
}

export function postponeRetiring(db: Database, address: Address, atMs: UnixMs): void {
  db.run("UPDATE addresses SET retire_ms = ? WHERE address = ?", atMs, address);
}

/** At once, whatever was planned: blocking, leaving. */
export function retireAddressesOf(db: Database, conversation: ConversationId, atMs: UnixMs): void {
  db.run("UPDATE addresses SET retire_ms = ? WHERE conversation = ?", atMs, conversation);
}

/**
 * Those whose time has come, but for what a leaf still has where something is heard or awaited: leaves that came by one
 * last-resort package share its address.
 */
export function retiredAddresses(db: Database, nowMs: UnixMs): readonly AddressRow[] {
  return db.all<AddressRow>(
    `SELECT * FROM addresses WHERE retire_ms <= ? AND address NOT IN
       (SELECT groups.address FROM groups JOIN conversations USING (group_id)
        WHERE state IN ('open', 'request-in', 'request-out', 'forming'))
     LIMIT 200`,
    nowMs,
  );
}

export function deleteAddress(db: Database, address: Address): void {
  db.run("DELETE FROM addresses WHERE address = ?", address);
}

export type KeyPackageRow = {
  readonly address: Address;
  readonly bytes: Bytes;
  readonly secret: Bytes;
  readonly ref: Bytes;
  readonly expires_ms: UnixMs;
  /** 0: serves once; 1: of last resort; 2: was, and another has its place at home. */
  readonly last_resort: number;
  readonly published: number;
};

export function insertKeyPackage(db: Database, row: KeyPackageRow): void {
  db.run(
    "INSERT INTO key_packages (address, bytes, secret, ref, expires_ms, last_resort, published) VALUES (?, ?, ?, ?, ?, ?, ?)",
    row.address,
    row.bytes,
    row.secret,
    row.ref,
    row.expires_ms,
    row.last_resort,
    row.published,
  );
}

export function readKeyPackage(db: Database, address: Address): KeyPackageRow | undefined {
  return db.get<KeyPackageRow>("SELECT * FROM key_packages WHERE address = ?", address);
}

export function readKeyPackages(db: Database): readonly KeyPackageRow[] {
  return db.all<KeyPackageRow>("SELECT * FROM key_packages");
}

/** It is drawn no more; who drew it before still comes by it, and they may be several. */
export function retireLastResort(db: Database, address: Address): void {
  db.run("UPDATE key_packages SET last_resort = 2 WHERE address = ?", address);
}

export function setPublished(db: Database, address: Address): void {
  db.run("UPDATE key_packages SET published = 1 WHERE address = ?", address);
}

export function deleteKeyPackage(db: Database, address: Address): void {
  db.run("DELETE FROM key_packages WHERE address = ?", address);
}

export type WelcomeNoteRow = { readonly tag: Bytes; readonly key: Bytes; readonly address: Address };

export function writeWelcomeNote(db: Database, row: WelcomeNoteRow, receivedMs: UnixMs): void {
  db.run(
    "INSERT INTO welcome_notes (tag, key, address, received_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    row.tag,
    row.key,
    row.address,
    receivedMs,
  );
}

/** The latest stay: `each` of one address, `all` together. Returns how many went. */
export function dropNotesBeyond(db: Database, address: Address, each: number, all: number): number {
  const beyond = "ORDER BY received_ms DESC, tag LIMIT -1 OFFSET";
  return (
    db.run(
      `DELETE FROM welcome_notes WHERE address = ?1 AND tag IN (SELECT tag FROM welcome_notes WHERE address = ?1 ${beyond} ?2)`,
      address,
      each,
    ) + db.run(`DELETE FROM welcome_notes WHERE tag IN (SELECT tag FROM welcome_notes ${beyond} ?)`, all)
  );
}

export function readWelcomeNote(db: Database, tag: Bytes): WelcomeNoteRow | undefined {
  return db.get<WelcomeNoteRow>("SELECT tag, key, address FROM welcome_notes WHERE tag = ?", tag);
}

export function deleteWelcomeNote(db: Database, tag: Bytes): void {
  db.run("DELETE FROM welcome_notes WHERE tag = ?", tag);
}

export type WaitingRow = {
  readonly waiting: number;
  readonly tag: Bytes;
  readonly gate: GateId | null;
  readonly epoch: number;
  readonly envelope: Bytes;
  readonly received_ms: UnixMs;
};

export function addWaiting(db: Database, row: Omit<WaitingRow, "waiting">): void {
  db.run(
    "INSERT INTO waiting (tag, gate, epoch, envelope, received_ms) VALUES (?, ?, ?, ?, ?)",
    row.tag,
    row.gate,
    row.epoch,
    row.envelope,
    row.received_ms,
  );
}

/** The latest stay, up to so many and so many bytes. Returns how many went. */
export function dropWaitingBeyond(db: Database, envelopes: number, bytes: number): number {
  return db.run(
    `DELETE FROM waiting WHERE waiting IN (SELECT waiting FROM (
       SELECT waiting, row_number() OVER latest AS place, sum(length(envelope)) OVER latest AS bytes
       FROM waiting WINDOW latest AS (ORDER BY waiting DESC)
     ) WHERE place > ? OR bytes > ?)`,
    envelopes,
    bytes,
  );
}

export function readWaiting(db: Database, tag: Bytes): readonly WaitingRow[] {
  return db.all<WaitingRow>("SELECT * FROM waiting WHERE tag = ? ORDER BY waiting", tag);
}

export function deleteWaiting(db: Database, waiting: number): void {
  db.run("DELETE FROM waiting WHERE waiting = ?", waiting);
}

export function dropOldWaiting(db: Database, beforeMs: UnixMs): void {
  db.run("DELETE FROM waiting WHERE received_ms < ?", beforeMs);
  db.run("DELETE FROM welcome_notes WHERE received_ms < ?", beforeMs);
}
