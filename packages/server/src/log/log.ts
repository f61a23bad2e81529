/**
 * Log: the port to what the server keeps on disk. Every adapter passes `logContract`.
 *
 * It is synchronous: the hot path writes hundreds of posts in one transaction, and an await in between would let
 * another reader see half of it. That a database is elsewhere is for its adapter to hide
 * (docs/decisions/0018-postgres-log.md). Devices are named by small numbers (`DeviceRef`), which never leave the server
 * and are never used again. But for a request to the family nothing here holds a time finer than a day.
 */
import type { AccountId, Address, Bytes, DeviceId, GateId, PostHash, Row } from "@yanshu/wire";

export type AccountRef = number;
export type DeviceRef = number;

export type AccountRow = {
  readonly ref: AccountRef;
  readonly id: AccountId;
  readonly inception: Bytes;
  /** The key that counts as the root by the account's list, and the hash of the one that may change it. */
  readonly root: AccountRoot | undefined;
  /** The day on which it registered; none: before that was kept. */
  readonly sinceDay: number | undefined;
  /** The operator lets none of its devices in (DS142). */
  readonly isSuspended: boolean;
};

export type AccountRoot = { readonly key: Bytes; readonly nextHash: Bytes };

export type DeviceRow = {
  readonly ref: DeviceRef;
  readonly id: DeviceId;
  readonly key: Bytes;
  /** The value that the next sign-in must show, and the one that the last showed (DS26). */
  readonly held: Bytes | undefined;
  readonly last: Bytes | undefined;
  /** Envelopes that expired and that the device has not been told of. */
  readonly expired: number;
};

/** A device that signs in. `keyPackagesLeft` are those of a single use that have not expired. */
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
  /** @param today none: it counts as old. */
  readonly create: (id: AccountId, inception: Bytes, today?: number) => AccountRef;
  readonly setSuspended: (account: AccountRef, isSuspended: boolean) => void;
  /** The account with its list and all rows that features keep of it (`OwnedTable`); its devices are dropped before. */
  readonly drop: (account: AccountRef) => void;
  readonly entries: (account: AccountRef, from: number) => readonly Bytes[];
  /** Replaces the entries from number `from` on. */
  readonly putEntries: (account: AccountRef, from: number, entries: readonly Bytes[]) => void;
  readonly setRoot: (account: AccountRef, root: AccountRoot) => void;
  readonly devices: (account: AccountRef) => readonly DeviceRow[];
  /**
   * All that a sign-in asks, at once: where the log is a database, each question is a way there and back
   * (docs/spec/delivery.md DS211).
   */
  readonly arrival: (account: AccountRef, device: DeviceRef, today: number) => ArrivalRow | undefined;
  readonly addDevice: (account: AccountRef, id: DeviceId, key: Bytes) => DeviceRef;
  /**
   * The device with its addresses, packages and waiting envelopes. From `today` on its capabilities rest for its
   * account (DS108); without it they go as well, as the account does.
   */
  readonly dropDevice: (device: DeviceRef, today?: number) => void;
  /** Devices that are no more and for which messages wait all the same. */
  readonly orphans: () => readonly DeviceRef[];
  readonly setPair: (device: DeviceRef, last: Bytes, held: Bytes) => void;
  /** `count` may be negative, when the device was told; it never falls below zero. */
  readonly addExpired: (device: DeviceRef, count: number) => void;

  readonly addAddress: (address: Address, device: DeviceRef) => "added" | "known" | "taken";
  /** The device that had it, if it was one of `account`'s. */
  readonly removeAddress: (address: Address, account: AccountRef) => DeviceRef | undefined;
  readonly addressDevice: (address: Address) => DeviceRef | undefined;
  /** The device, and whether a message to this address wakes it (PU5). */
  readonly addressEnd: (address: Address) => { readonly device: DeviceRef; readonly wakes: boolean } | undefined;
  readonly countAddresses: (device: DeviceRef) => number;
  /** Whether a message to the address wakes its device (PU5). Nothing happens where the address is not the device's. */
  readonly setWaking: (device: DeviceRef, address: Address, isWaking: boolean) => void;
  /** None of the device's addresses wakes it. */
  readonly silence: (device: DeviceRef) => void;

  readonly addPackage: (device: DeviceRef, body: Bytes, expiresDay: number, lastResort: boolean) => void;
  readonly dropPackages: (device: DeviceRef, lastResort: boolean) => void;
  /** Keeps the newest `kept` single-use ones, and of the last-resort ones the newest. */
  readonly trimPackages: (device: DeviceRef, kept: number) => void;
  readonly dropExpiredPackages: (today: number) => void;
  readonly countPackages: (device: DeviceRef, today: number) => number;
  /** The oldest single-use package that has not expired; it is gone with that. */
  readonly drawPackage: (device: DeviceRef, today: number) => Bytes | undefined;
  readonly lastResort: (device: DeviceRef, today: number) => Bytes | undefined;

  /** One that another account has, or had and took back, stays as it is. */
  readonly addCapability: (hash: Bytes, device: DeviceRef) => void;
  /** It draws nothing any more, and is kept for its account alone. */
  readonly removeCapability: (hash: Bytes, account: AccountRef, today: number) => void;
  /** Of those of a device that were taken back the latest stay, as many as it may have. */
  readonly trimEndedCapabilities: (device: DeviceRef) => void;
  readonly dropEndedCapabilities: (endedBeforeDay: number) => void;
  readonly capabilityAccount: (hash: Bytes) => AccountRef | undefined;
  readonly countCapabilities: (device: DeviceRef) => number;
  /** Counts one draw and answers how many there were before it on that day. */
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
   * The first of `count` envelope ids, 256 at most where others take some too, that were never handed out and never
   * will be again.
   */
  readonly reserveIds: (count: number) => number;
  readonly markDay: (day: number, firstId: number) => void;
  /** The latest that was marked. */
  readonly lastDay: () => number | undefined;

  /**
   * Stores an envelope for `packed` (devices that are being pushed to) and `rows` (all others).
   *
   * @param elsewhere by another server, devices that are connected there, which are pushed to from there.
   * @param by the gate or address it was for: where rows are spread over machines, the envelope stands beside its gate.
   */
  readonly put: (
    id: number,
    frame: Bytes,
    packed: readonly DeviceRef[],
    rows: readonly DeviceRef[],
    by?: GateId | Address,
    elsewhere?: ReadonlyMap<number, Elsewhere>,
  ) => void;
  /** The packed devices of these envelopes are done with. Each goes with its last row. */
  readonly finishPacked: (first: number, last: number) => void;
  /** Makes rows of what a device has not acknowledged; an id that is a row already stays one. */
  readonly spill: (device: DeviceRef, ids: readonly number[]) => void;
  /**
   * Deletes a device's rows in the range, and envelopes that nobody else waits for.
   *
   * @param sent those in the range that the device was sent. Where others write as well (`isShared`) a row may have
   * come between
   *   them since, and stays.
   */
  readonly ack: (device: DeviceRef, first: number, last: number, sent?: readonly number[]) => void;
  readonly backlog: (device: DeviceRef, afterId: number, limit: number) => readonly QueuedFrame[];
  readonly queueLength: (device: DeviceRef) => number;
  /** Of the frames that wait for a device. */
  readonly queueBytes: (device: DeviceRef) => number;
  /**
   * Every packed list of a server that is no more, as after a start, becomes rows. Answers how many envelopes had one.
   */
  readonly recover: () => number;
  /** Deletes what came before `day`; answers what each device lost. */
  readonly expire: (day: number) => readonly { readonly device: DeviceRef; readonly count: number }[];
};

/** Of a column that orders rows: a number of 64 bits, one of 32 bits in PostgreSQL, or bytes. */
export type KeyKind = "number" | "int32" | "bytes";

/** A row beside what orders it among those of its table. */
export type KeyedRow = { readonly key: Row; readonly row: Row };

export type TableCount = { readonly table: string; readonly rows: number; readonly bytes: number };

/** All that is kept of one account, as it stands (DS70). */
export type AccountExportLog = {
  /** In the order in which they are answered. */
  readonly exportTables: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    /** What a row's key is made of: a client that names one shows nothing else to the database. */
    readonly keys: readonly KeyKind[];
  }[];
  /** For one answer: what is looked up for it stands still meanwhile. */
  readonly exportOf: (account: AccountRef) => {
    /** In steps, between which others may be served. */
    readonly counts: () => Generator<void, readonly TableCount[]>;
    /** The first row of `table` after the key of another; after none, the first. */
    readonly after: (table: string, after: Row) => KeyedRow | undefined;
  };
};

/** Counts for the operator (DS35). */
export type LogCounts = {
  readonly accounts: number;
  readonly devices: number;
  readonly bytes: number;
};

/** What a transaction is about to look up, so that what is far away is fetched at once. */
export type Ahead = {
  readonly gates: GateId[];
  readonly addresses: Address[];
  /** Of posts that any server may have taken before. */
  readonly posts: PostHash[];
  /** Ids that will be wanted. */
  envelopes: number;
  /** Devices that came, and of which it is to be known whether another server has let go of them. */
  readonly arriving: DeviceRef[];
  /** What others say is to be heard. */
  hears: boolean;
  /** A device comes to this server or leaves it: nobody takes a message meanwhile. */
  moves: boolean;
};

/** What a server says of a device to the other server that holds it. */
export type CallKind = "messages" | "waking" | "superseded" | "signed-out" | "family";
export type Heard =
  | HeardPush
  | { readonly kind: CallKind; readonly device: DeviceRef }
  /** A server that is no more had been told that a message waits which wakes. */
  | { readonly kind: "left"; readonly device: DeviceRef }
  | { readonly kind: "deposit"; readonly address: Address; readonly frame: Bytes };

/** What another server took for devices that are connected here: they are being pushed to, as what was taken here. */
export type HeardPush = {
  readonly kind: "push";
  readonly id: number;
  readonly frame: Bytes;
  devices: readonly DeviceRef[];
  /** So many of the first are woken by it if they are gone. */
  readonly waking: number;
};
/** The devices of an envelope that are connected to another server. */
export type Elsewhere = { readonly devices: readonly DeviceRef[]; readonly waking: number };

/**
 * What servers over one database know of each other, and say to each other by it (docs/spec/delivery.md DS76–DS97).
 * Within a transaction but where it is said.
 */
export type PeerLog = {
  /** This server's, and another one after it was taken for dead. Anywhere. */
  readonly number: () => number;
  /** The device is connected here; the other server that holds it is told. */
  readonly hold: (device: DeviceRef) => void;
  /**
   * It is not any more, and all that it was sent and did not acknowledge is rows; so is what was heard for it in this
   * transaction, whose look-ahead says that a device moves.
   */
  readonly release: (device: DeviceRef) => void;
  /** No other server holds it, and none puts anything past this one; of those named in `arriving`. */
  readonly isFree: (device: DeviceRef) => boolean;
  /** Another server holds it. Anywhere. */
  readonly isElsewhere: (device: DeviceRef) => boolean;
  /**
   * The other server that holds it, among those whose addresses were looked up ahead; `many` where there are several,
   * or it is not known.
   */
  readonly holder: (device: DeviceRef) => number | "many" | undefined;
  readonly call: (device: DeviceRef, kind: CallKind) => void;
  readonly openRendezvous: (address: Address) => void;
  readonly closeRendezvous: (address: Address) => void;
  /** To the server at which the address is open, if any. */
  readonly deposit: (address: Address, frame: Bytes) => void;
  /** Something was said to this server. Anywhere. */
  readonly isCalled: () => boolean;
  /**
   * What was said and not heard yet, and the servers that something was said to, by transactions that are done. After
   * one.
   */
  readonly takeHeard: () => readonly Heard[];
  readonly takeCalled: () => readonly number[];
  /** What waits for a device and is not among these, in the order of ids; at most `limit`. Anywhere. */
  readonly unsent: (device: DeviceRef, sent: readonly number[], limit: number) => readonly QueuedFrame[];
  readonly wasTaken: (post: PostHash) => boolean;
  readonly take: (post: PostHash) => void;
  /** Forgets the posts that were taken before an id was. */
  readonly forgetTaken: (beforeId: number) => void;
  /** About the following id. Anywhere. */
  readonly nextId: () => number;
  /** One for all servers: `made` where there is none yet. Anywhere. */
  readonly secret: (name: string, made: Bytes) => Bytes;
  /** Another in the place of the one that stands there. Anywhere. */
  readonly replaceSecret: (name: string, made: Bytes) => void;
  /** Is told that this server was taken for dead: all that it was pushing is rows, and no device is held. */
  readonly onReplaced: (forget: () => void) => void;
};

/** As far as accounts and delivery go; `Log` is this with what the features keep. */
export type CoreLog = {
  /** Other servers write into the same database: what was read is true until the transaction ends, and no longer. */
  readonly isShared: boolean;
  /** Absent where nobody else can write into it. */
  readonly peers?: PeerLog;
  /** Random at the creation of the database, and new after a restore (DS26). */
  readonly incarnation: Bytes;
  /**
   * All of `work`, on disk when it returns, or nothing of it.
   *
   * @throws LogFullError
   * @param waits where another connection writes, for a moment; it does, if absent. One who does not is told at once.
   * @throws LogConflictError another server was faster; the same again may succeed.
   * @throws LogBusyError
   * @throws LogAwayError
   */
  readonly transaction: <T>(work: () => T, ahead?: Ahead, waits?: boolean) => T;
  readonly accounts: AccountLog;
  readonly delivery: DeliveryLog;
  readonly counts: () => LogCounts;
  /** Asks the database whether it answers; a file always does. */
  readonly isThere: () => boolean;
  /** Gives back some of what deleted rows still hold on disk. @returns whether there is more. */
  readonly tidy: () => boolean;
  /** An account was deleted since the file was last made anew; known through restarts. */
  readonly isRemakeDue: () => boolean;
  /**
   * Makes the file anew, of what is there: SQLite overwrites what is deleted, but not the copies of it that it left
   * between the rows of a page when it moved them. All else is done meanwhile; as much room again is needed as its
   * largest table takes.
   *
   * @param only tables of these names, which leaves the rest due as it was.
   * @throws LogFullError where there is no room; then it is still due.
   */
  readonly remake: (only?: readonly string[]) => Promise<void>;
  /**
   * Reads the whole file. @returns how many faults it has, of a hundred at most. Absent where it is not one's own to
   * look at.
   */
  readonly check?: () => Promise<number>;
  readonly close: () => void;
};

/** The disk, or the database's share of it, is full; the transaction did not happen. */
export class LogFullError extends Error {
  override name = "LogFullError";
}

/** Nothing happened, because of what another server or the database did meanwhile. */
export class LogConflictError extends Error {
  override name = "LogConflictError";
}

/** Somebody else writes into the database just now; nothing was begun. */
export class LogBusyError extends Error {
  override name = "LogBusyError";
}

/** The database cannot be reached. Of a transaction that had been sent to it, it may be that it happened. */
export class LogAwayError extends Error {
  override name = "LogAwayError";
}

/** Why a database cannot be opened; the file was not changed. */
export class LogOpenError extends Error {
  override name = "LogOpenError";
}
