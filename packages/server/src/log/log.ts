/**
 * Log: the port to what the server keeps on disk. Every adapter passes `logContract`.
 *
 * It is synchronous: the hot path writes hundreds of posts in one transaction, and an await in between would let
 * another reader see half of it. The adapter of a remote database hides the waiting
 * (docs/decisions/0018-postgres-log.md). Devices are named by small numbers (`DeviceRef`), which never leave the server
 * and are never used again. Except for requests to an account's helpers, no time here is finer than a day.
 */
import type { AccountId, Address, Bytes, DeviceId, GateId, PostHash, Row } from "@yanshu/wire";

export type AccountRef = number;
export type DeviceRef = number;

export type AccountRow = {
  readonly ref: AccountRef;
  readonly id: AccountId;
  readonly inception: Bytes;
  /** The root key by the account's device list, and the hash of the next root key, which may replace it. */
  readonly root: AccountRoot | undefined;
  /** The day on which it registered; undefined: it counts as old (`create`). */
  readonly sinceDay: number | undefined;
  /** The operator suspended it: none of its devices may sign in (DS142). */
  readonly isSuspended: boolean;
};

export type AccountRoot = { readonly key: Bytes; readonly nextHash: Bytes };

export type DeviceRow = {
  readonly ref: DeviceRef;
  readonly id: DeviceId;
  readonly key: Bytes;
  /** The pair: the value that the next sign-in must show, and the one that the last sign-in showed (DS26). */
  readonly held: Bytes | undefined;
  readonly last: Bytes | undefined;
  /** Expired envelopes that were not reported to the device yet. */
  readonly expired: number;
};

/** What a sign-in reads. `keyPackagesLeft` counts the single-use key packages that have not expired. */
export type ArrivalRow = {
  readonly device: DeviceRow;
  readonly isSuspended: boolean;
  readonly entryCount: number;
  readonly keyPackagesLeft: number;
};

export type AccountLog = AccountExportLog & {
  readonly find: (id: AccountId) => AccountRow | undefined;
  readonly byRef: (ref: AccountRef) => AccountRow | undefined;
  readonly byRoot: (rootKey: Bytes) => AccountRow | undefined;
  /** @param today undefined: the account counts as old. */
  readonly create: (id: AccountId, inception: Bytes, today?: number) => AccountRef;
  readonly setSuspended: (account: AccountRef, isSuspended: boolean) => void;
  /** Deletes the account, its list and the rows that features keep of it (`OwnedTable`). Drop its devices before. */
  readonly drop: (account: AccountRef) => void;
  readonly entries: (account: AccountRef, from: number) => readonly Bytes[];
  /** Replaces the entries from number `from` on. */
  readonly putEntries: (account: AccountRef, from: number, entries: readonly Bytes[]) => void;
  readonly setRoot: (account: AccountRef, root: AccountRoot) => void;
  readonly devices: (account: AccountRef) => readonly DeviceRow[];
  /**
   * Reads all that a sign-in needs in one query, because each query of a remote database is a round trip
   * (docs/spec/delivery.md DS211). Undefined if the account has no such device.
   */
  readonly arrival: (account: AccountRef, device: DeviceRef, today: number) => ArrivalRow | undefined;
  readonly addDevice: (account: AccountRef, id: DeviceId, key: Bytes) => DeviceRef;
  /**
   * Deletes the device with its addresses, key packages and queue. Its capabilities stay reserved for the account
   * (DS108), as ended on `today`. Without `today` they are deleted too, as when the account is.
   */
  readonly dropDevice: (device: DeviceRef, today?: number) => void;
  /** Deleted devices that still have messages in a queue. */
  readonly orphans: () => readonly DeviceRef[];
  readonly setPair: (device: DeviceRef, last: Bytes, held: Bytes) => void;
  /**
   * Adds to `DeviceRow.expired`, which never falls below zero, nor rises above a thousand million. A negative `count`
   * takes off what was reported.
   */
  readonly addExpired: (device: DeviceRef, count: number) => void;

  readonly addAddress: (address: Address, device: DeviceRef) => "added" | "known" | "taken";
  /** Removes the address if a device of `account` has it; returns that device. */
  readonly removeAddress: (address: Address, account: AccountRef) => DeviceRef | undefined;
  readonly addressDevice: (address: Address) => DeviceRef | undefined;
  /** The device of the address, and whether a message to the address wakes it (PU5). */
  readonly addressEnd: (address: Address) => { readonly device: DeviceRef; readonly wakes: boolean } | undefined;
  readonly countAddresses: (device: DeviceRef) => number;
  /** Sets whether a message to the address wakes its device (PU5). Does nothing if the device has not this address. */
  readonly setWaking: (device: DeviceRef, address: Address, isWaking: boolean) => void;
  /** From now on none of the device's addresses wakes it. */
  readonly silence: (device: DeviceRef) => void;

  readonly addPackage: (device: DeviceRef, body: Bytes, expiresDay: number, lastResort: boolean) => void;
  readonly dropPackages: (device: DeviceRef, lastResort: boolean) => void;
  /** Keeps the newest `kept` single-use key packages, and the newest last-resort one. */
  readonly trimPackages: (device: DeviceRef, kept: number) => void;
  readonly dropExpiredPackages: (today: number) => void;
  readonly countPackages: (device: DeviceRef, today: number) => number;
  /** Deletes and returns the oldest single-use key package that has not expired. */
  readonly drawPackage: (device: DeviceRef, today: number) => Bytes | undefined;
  readonly lastResort: (device: DeviceRef, today: number) => Bytes | undefined;

  /** Does nothing if another account has this capability, or had it and revoked it. */
  readonly addCapability: (hash: Bytes, device: DeviceRef) => void;
  /** Revokes a capability: it draws no more, and stays reserved for its account. */
  readonly removeCapability: (hash: Bytes, account: AccountRef, today: number) => void;
  /** Deletes a device's oldest revoked capabilities beyond a limit. */
  readonly trimEndedCapabilities: (device: DeviceRef) => void;
  readonly dropEndedCapabilities: (endedBeforeDay: number) => void;
  readonly capabilityAccount: (hash: Bytes) => AccountRef | undefined;
  readonly countCapabilities: (device: DeviceRef) => number;
  /** Counts one draw. Returns how many there were before it on that day. */
  readonly countDraw: (hash: Bytes, today: number) => number;
};

/** A gate as it is stored (docs/spec/delivery.md DS10 to DS14). */
export type GateRow = {
  readonly id: GateId;
  readonly epoch: number;
  /** Verifies the commit that ends this epoch. */
  readonly postKey: Bytes;
  /** The hash of the post token that application posts of this epoch show. */
  readonly tokenHash: Bytes;
  /** The hash of the post that began this epoch: a commit, or the creating post. */
  readonly lastHash: PostHash;
  /** The day of the last use, in days since 1970; an idle gate is deleted. */
  readonly usedDay: number;
};

/** One envelope as it is pushed. `frame` is the whole push frame, so that catching up copies bytes. */
export type QueuedFrame = { readonly id: number; readonly frame: Bytes };

export type DeliveryLog = {
  readonly gate: (id: GateId) => GateRow | undefined;
  readonly putGate: (gate: GateRow) => void;
  readonly dropGates: (usedBeforeDay: number) => number;

  /**
   * Reserves `count` consecutive envelope ids and returns the first. No id is ever reserved twice. In a shared log
   * `count` is at most 256.
   */
  readonly reserveIds: (count: number) => number;
  /** Notes the first envelope id of a day, by which `expire` finds what is older. */
  readonly markDay: (day: number, firstId: number) => void;
  /** The latest day that was marked. */
  readonly lastDay: () => number | undefined;

  /**
   * Stores an envelope for `packed` (devices connected here, which it is pushed to; kept as one list) and `rows`
   * (devices without a connection; a queue row each).
   *
   * @param elsewhere by the number of another server: the devices connected there, to which that server pushes it.
   * @param by the gate or address that it was posted to. Where a database is sharded, it is stored beside its gate.
   */
  readonly put: (
    id: number,
    frame: Bytes,
    packed: readonly DeviceRef[],
    rows: readonly DeviceRef[],
    by?: GateId | Address,
    elsewhere?: ReadonlyMap<number, Elsewhere>,
  ) => void;
  /** Deletes the packed lists of these envelopes; an envelope that has no queue row either is deleted too. */
  readonly finishPacked: (first: number, last: number) => void;
  /** Adds queue rows for what a device has not acknowledged. A row that exists stays. */
  readonly spill: (device: DeviceRef, ids: readonly number[]) => void;
  /**
   * Deletes a device's rows in the range, and envelopes that nobody else waits for.
   *
   * @param sent the ids in the range that the device was sent. In a shared log (`isShared`) another server may have
   *   added a row within the range since: only these ids are deleted.
   */
  readonly ack: (device: DeviceRef, first: number, last: number, sent?: readonly number[]) => void;
  readonly backlog: (device: DeviceRef, afterId: number, limit: number) => readonly QueuedFrame[];
  readonly queueLength: (device: DeviceRef) => number;
  /** Sum of the bytes of the frames in a device's queue. */
  readonly queueBytes: (device: DeviceRef) => number;
  /**
   * Turns every packed list of a server that ended, such as this one before its start, into queue rows. Returns the
   * number of such lists.
   */
  readonly recover: () => number;
  /** Deletes envelopes from before `day`. Returns for each device how many it lost. */
  readonly expire: (day: number) => readonly { readonly device: DeviceRef; readonly count: number }[];
};

/** The type of a column that orders rows: an integer (64 bits; `int32`: 32 bits in PostgreSQL), or bytes. */
export type KeyKind = "number" | "int32" | "bytes";

/** A row with the key that orders it within its table. */
export type KeyedRow = { readonly key: Row; readonly row: Row };

export type TableCount = { readonly table: string; readonly rows: number; readonly bytes: number };

/** Reads everything that the server keeps of one account (DS70). */
export type AccountExportLog = {
  /** In the order of the export. */
  readonly exportTables: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    /** The types of a row's key. A key that a client names is checked against them before the database sees it. */
    readonly keys: readonly KeyKind[];
  }[];
  /** For one answer of the export. Devices and packed lists are looked up once, so they do not change within it. */
  readonly exportOf: (account: AccountRef) => {
    /** Yields between short steps, so that others can be served. */
    readonly counts: () => Generator<void, readonly TableCount[]>;
    /** The first row of `table` after the key `after`; with an empty key, the first of all. */
    readonly after: (table: string, after: Row) => KeyedRow | undefined;
  };
};

/** Counts for the operator (DS35). */
export type LogCounts = {
  readonly accounts: number;
  readonly devices: number;
  readonly bytes: number;
};

/** What a transaction will look up: a remote database fetches it in one round trip. */
export type Ahead = {
  readonly gates: GateId[];
  readonly addresses: Address[];
  /** Hashes of posts that this or another server may have accepted before. */
  readonly posts: PostHash[];
  /** How many envelope ids are needed. */
  envelopes: number;
  /** Devices that connected here, for `isFree`: whether another server still holds them. */
  readonly arriving: DeviceRef[];
  /** Whether to read what other servers sent to this one (`takeHeard`). */
  hears: boolean;
  /** Whether a device connects to this server or leaves it. No server accepts a message meanwhile. */
  moves: boolean;
};

/** What a server tells another server about a device that the other one holds. */
export type CallKind = "messages" | "waking" | "superseded" | "signed-out" | "family";
export type Heard =
  | HeardPush
  | { readonly kind: CallKind; readonly device: DeviceRef }
  /** A server ended before it read that a waking message waits for this device. */
  | { readonly kind: "left"; readonly device: DeviceRef }
  | { readonly kind: "deposit"; readonly address: Address; readonly frame: Bytes };

/** An envelope that another server accepted for devices connected here. This server pushes it to them. */
export type HeardPush = {
  readonly kind: "push";
  readonly id: number;
  readonly frame: Bytes;
  devices: readonly DeviceRef[];
  /** The first this many of `devices` are woken if they are no longer connected. */
  readonly waking: number;
};
/** The devices of an envelope that are connected to one other server; `waking` as in `HeardPush`. */
export type Elsewhere = { readonly devices: readonly DeviceRef[]; readonly waking: number };

/**
 * What servers that share a database know of each other, and tell each other through it (docs/spec/delivery.md
 * DS76–DS97). Functions are called within a transaction, except those marked "anywhere".
 */
export type PeerLog = {
  /** This server's number. It gets another one after others took it for dead (`onReplaced`). Anywhere. */
  readonly number: () => number;
  /** Notes that the device is connected here, and tells another server that holds it (`superseded`). */
  readonly hold: (device: DeviceRef) => void;
  /**
   * Notes that the device is no longer connected here. Call it after its unacknowledged messages became queue rows;
   * what was heard for it in this transaction becomes rows too. The look-ahead must set `moves`.
   */
  readonly release: (device: DeviceRef) => void;
  /** Whether no other server holds the device. Only for devices that the look-ahead named in `arriving`. */
  readonly isFree: (device: DeviceRef) => boolean;
  /** Whether another server holds the device. Anywhere. */
  readonly isElsewhere: (device: DeviceRef) => boolean;
  /**
   * The number of the other server that holds the device; `many` if there are several, or if none of the device's
   * addresses was in the look-ahead.
   */
  readonly holder: (device: DeviceRef) => number | "many" | undefined;
  readonly call: (device: DeviceRef, kind: CallKind) => void;
  /** Those of these servers that live, by their locks (DS79). Anywhere. */
  readonly living: (gateways: readonly number[]) => readonly number[];
  readonly openRendezvous: (address: Address) => void;
  readonly closeRendezvous: (address: Address) => void;
  /** Passes a deposit to the other server at which the rendezvous is open, if any. */
  readonly deposit: (address: Address, frame: Bytes) => void;
  /** Whether other servers sent something that this server has not read, or took it for dead. Anywhere. */
  readonly isCalled: () => boolean;
  /** Returns and forgets what committed transactions read from other servers. After a transaction. */
  readonly takeHeard: () => readonly Heard[];
  /** Returns and forgets the numbers of the servers to which they wrote something. After a transaction. */
  readonly takeCalled: () => readonly number[];
  /** Frames in the device's queue whose ids are not in `sent`, in the order of ids, at most `limit`. Anywhere. */
  readonly unsent: (device: DeviceRef, sent: readonly number[], limit: number) => readonly QueuedFrame[];
  readonly wasTaken: (post: PostHash) => boolean;
  readonly take: (post: PostHash) => void;
  /** Forgets posts that were accepted before the envelope id `beforeId` was reserved. */
  readonly forgetTaken: (beforeId: number) => void;
  /** Roughly the next envelope id. Anywhere. */
  readonly nextId: () => number;
  /** The secret of this name, which all servers share. If there is none yet, stores `made`. Anywhere. */
  readonly secret: (name: string, made: Bytes) => Bytes;
  /** Replaces the secret of this name. Anywhere. */
  readonly replaceSecret: (name: string, made: Bytes) => void;
  /** Calls `forget` if others took this server for dead: its packed lists became rows, and it holds no device. */
  readonly onReplaced: (forget: () => void) => void;
};

/** The part of the log for accounts and delivery. `Log` adds the tables of features. */
export type CoreLog = {
  /** Whether other servers write into the same database. What was read then holds only until the transaction ends. */
  readonly isShared: boolean;
  /** Absent if no other server can write into it. */
  readonly peers?: PeerLog;
  /** Random at the creation of the database, and new after a restore (DS26). */
  readonly incarnation: Bytes;
  /**
   * Runs `work` as one transaction, durable when this returns. If it throws, nothing of it happened, except that after
   * a LogAwayError it may have.
   *
   * @param ahead what `work` will look up.
   * @param waits whether it waits a moment while another connection writes (the default), or throws LogBusyError.
   * @throws LogFullError; LogConflictError: another server interfered, and the same again may succeed; LogBusyError;
   * LogAwayError.
   */
  readonly transaction: <T>(work: () => T, ahead?: Ahead, waits?: boolean) => T;
  readonly accounts: AccountLog;
  readonly delivery: DeliveryLog;
  readonly counts: () => LogCounts;
  /** Whether the database can be reached; a file always can. */
  readonly isThere: () => boolean;
  /**
   * Frees some disk space of deleted rows, and empties the write-ahead log. @param how `hurried`: where another reads,
   * the log is left as it is. @returns whether there is more to free.
   */
  readonly tidy: (how?: "hurried") => boolean;
  /** Whether an account was deleted since the last `remake`. Survives restarts. */
  readonly isRemakeDue: () => boolean;
  /**
   * Copies each table to a new one. SQLite overwrites deleted rows, but not copies of them that it left between the
   * rows of a page when it moved them. The server goes on meanwhile. It needs as much free space as the largest table.
   *
   * @param only tables of these names; the others then stay due.
   * @param roomBytes that it may take; absent: nobody looks. @returns how many more it needs: then nothing was done,
   * and it stays due. 0: it is done.
   * @throws LogFullError if there is no space; it then stays due.
   */
  readonly remake: (only?: readonly string[], roomBytes?: number) => Promise<number>;
  /**
   * Checks the whole file for damage. @returns the number of errors, at most 100. Absent for a database server, which
   * checks itself.
   */
  readonly check?: () => Promise<number>;
  readonly close: () => void;
};

/** The disk, or the database's share of it, is full, or takes no writes. The transaction did not happen. */
export class LogFullError extends Error {
  override name = "LogFullError";
}

/** The transaction did not happen, because of what another server or the database did meanwhile. */
export class LogConflictError extends Error {
  override name = "LogConflictError";
}

/** Another connection is writing into the database; the transaction was not begun. */
export class LogBusyError extends Error {
  override name = "LogBusyError";
}

/** The database cannot be reached. A transaction that was sent to it may have happened. */
export class LogAwayError extends Error {
  override name = "LogAwayError";
}

/** The database cannot be opened; its message says why. Nothing in it was changed. */
export class LogOpenError extends Error {
  override name = "LogOpenError";
}
