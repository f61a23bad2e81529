/**
 * Feature: a part of the messenger on the server, in one folder of `features/` and one line of its list
 * (docs/spec/rooms.md RO13). A feature declares the calls that it answers, its tables and whose rows they hold, its
 * options for the operator, and its daily work. The call router, both databases, the account export (DS70), account
 * deletion (DS56), housekeeping, the operator's options and the tests read these declarations.
 *
 * This file is the contract: of the core, a feature imports only this file and the files that it names.
 */
import type {
  AccountHistory,
  Address,
  Bytes,
  CallArgs,
  CallName,
  CallResult,
  DeviceList,
  GateId,
  HomeRecord,
  ListHash,
  UploadToken,
} from "@yanshu/wire";
import type { BlobStore, FilmDisk } from "./blobs/store.ts";
import type { CoreConfig } from "./core/core-config.ts";
import type { Faults } from "./core/faults.ts";
import { type Done, done, type Outcome, type Refusal, tooOften } from "./core/outcome.ts";
import type { Clock, Pause, PushPort, Random, Sink, SyncPrimitives } from "./core/ports.ts";
import { RateLimit } from "./core/rate.ts";
import type { Caller } from "./gateway/caller.ts";
import type { AccountLog, AccountRef, AccountRow, Ahead, DeviceRef, PeerLog } from "./log/log.ts";
import type { OwnedTable } from "./log/sql/owned.ts";
import type { Prepare } from "./log/sql/prepared.ts";

/** One step of a database's tables. Steps of the core and of all features have one order of numbers, from 1 on. */
export type Migration = { readonly number: number; readonly up: string };

export type Dialect = "sqlite" | "postgres";

export type Handler<N extends CallName> = (from: Caller, args: CallArgs<N>, answer: Done<CallResult<N>>) => void;

/** How a call is answered. */
export type CallRule<N extends CallName> = {
  /**
   * Whether the call stores something for long: then it is refused while the disk is nearly full. False for calls that
   * delivery needs, and for those that delete.
   */
  readonly grows: boolean;
  /** Counts the call against a rate limit. If it returns a refusal, that is the answer. */
  readonly limit?: ((from: Caller) => Refusal | undefined) | undefined;
  readonly handle: Handler<N>;
};
export type CallRules = { readonly [N in CallName]?: CallRule<N> };

/** An option of the operator: the number in the config that it sets, its help text and its unit. */
export type LimitOption<Config> = {
  readonly of: LimitPath<Config>;
  readonly help: string;
  /** The factor from the option's unit to the config's; absent: 1. */
  readonly unit?: number;
};
export type LimitPath<Config> = {
  [K in keyof Config & string]: Config[K] extends number ? readonly [K] : readonly [K, keyof Config[K] & string];
}[keyof Config & string];

/** Numbers by name, or groups of them, such as one for each prefix and one in all. */
export type LimitNumbers = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** The account and device that signed in on a connection. */
export type Signed = { readonly account: AccountRef; readonly device: DeviceRef };

/**
 * Finds the account whose root key signed `proof`. Call it inside a commit. It counts against the account's limit once,
 * however often the commit is tried.
 */
export type ByRoot = (
  shown: { readonly account: Bytes; readonly signature: Bytes },
  proof: (connection: { readonly domain: string; readonly incarnation: Bytes; readonly nonce: Bytes }) => Bytes,
) => Outcome<AccountRow>;

/** Upload tokens as payment for more than files, without naming an account: call rooms, looking up usernames. */
export type UploadTokens = {
  /** Whether this server issued the token, spent or not. Called before more expensive work is done for its bearer. */
  readonly isOurs: (token: UploadToken, prefix: string | undefined) => Promise<Outcome<Record<never, never>>>;
  readonly spend: (
    tokens: readonly UploadToken[],
    prefix: string | undefined,
  ) => Promise<Outcome<Record<never, never>>>;
};

/** Opens a rendezvous address on this connection (DS25). Returns false if there are too many. */
export type OpenRendezvous = (from: Caller, address: CallArgs<"rendezvous">["address"]) => boolean;

/** An account that comes to this server: the token that lets it in, and its device list. */
export type Coming = { readonly token: Bytes; readonly history: AccountHistory };

/** Further conditions for an account that comes from another home, and what is written with it. */
export type Arriving = {
  /** Accepts or refuses the list, before anything is written. */
  readonly judge: (list: DeviceList) => Promise<Outcome<Record<never, never>>>;
  /** Inside the commit that writes the account. */
  readonly written: (account: AccountRef) => void;
  /** Inside the commit that writes the longer list of an account that is already here. */
  readonly lengthened: (account: AccountRef, list: DeviceList) => void;
};

/** Whether an account is at this home, by its device list and its home record. */
export type Whereabouts = {
  /** It came with its device list and has not settled: it receives messages, and its key packages are not given out. */
  readonly isArriving: boolean;
  /** It moved: key packages are claimed at another home. */
  readonly hasMoved: boolean;
  /** It has another home besides this one. */
  readonly isElsewhereToo: boolean;
  /** The home record that is valid here. */
  readonly record: HomeRecord | undefined;
};

/** How an account comes from another home, is looked up, and leaves (docs/spec/homes.md). */
export type Arrivals = {
  /** This server's incarnation, to which signatures are bound. */
  readonly incarnation: Bytes;
  readonly arrive: (coming: Coming & Arriving, prefix: string | undefined) => Promise<Outcome<Record<never, never>>>;
  /** The account's list and whereabouts; undefined if there is no such account. */
  readonly of: (account: AccountRef) => { readonly list: DeviceList; readonly at: Whereabouts } | undefined;
  /** The account of a capability, with its device list; undefined if no account has it. */
  readonly byCapability: (
    capability: Bytes,
  ) => { readonly account: AccountRow; readonly history: AccountHistory; readonly at: Whereabouts } | undefined;
  /** Whether the device still belongs to the account. */
  readonly isListed: (account: AccountRef, device: DeviceRef) => boolean;
  /**
   * Deletes all that this server keeps of the account (DS56), then calls `answer`. `begin` runs in the first commit of
   * the deletion; if it refuses, nothing is deleted.
   */
  readonly remove: (
    account: AccountRef,
    begin: () => Outcome<Record<never, never>>,
    answer: Done<Record<never, never>>,
  ) => void;
};

/**
 * The key of a service that one part of a running server provides and features ask for. `T` is the service's type.
 */
export type Service<T> = {
  readonly name: string;
  /** Carries the type only; never set. */
  readonly shape?: T;
};

/** Makes a key. Keys of services that the core provides are in `services`; a feature makes those of its own. */
export function service<T>(name: string): Service<T> {
  return { name };
}

/**
 * Services of the core. Any may be absent: a feature must work without it. Today the core provides them; a feature that
 * asks does not depend on that.
 */
export const services = {
  /** Absent if this server wakes nobody. */
  push: service<PushPort>("push"),
  /** The store of files' bytes. Absent if this server stores no files. */
  blobStore: service<BlobStore>("files' store"),
  /** Where films of channels lie. Absent if this server stores none. */
  films: service<FilmDisk>("films"),
  /** Absent if this server stores no files. */
  uploadTokens: service<UploadTokens>("upload tokens"),
  rendezvous: service<OpenRendezvous>("rendezvous"),
  arrivals: service<Arrivals>("arrivals"),
  far: service<Far>("far lists"),
  strangers: service<Strangers>("strangers"),
  /** Absent if this server speaks with no other. */
  peerNetwork: service<PeerNetwork>("networks of other servers"),
  /** Absent if this server has no calls. */
  rooms: service<FarRooms>("rooms of calls"),
  /** Absent in a server that has no data folder of its own, as in some tests. */
  homeKey: service<HomeKey>("home's key"),
};

/**
 * Connects somebody who does not come through a socket of this server to rooms of calls: into those that are open.
 *
 * @param prefix the key of their rate limits.
 */
export type FarRooms = (
  sink: Sink,
  prefix: string,
) => { readonly receive: (bytes: Bytes) => void; readonly closed: () => void };

/**
 * Connects somebody who does not come through a socket of this server. They have the rights of an anonymous connection
 * that has paid.
 *
 * @param prefix the key of their rate limits.
 * @param calls the only calls that they may make.
 */
export type Strangers = (
  sink: Sink,
  prefix: string,
  calls: ReadonlySet<CallName>,
) => { readonly receive: (bytes: Bytes) => void; readonly closed: () => void };

/** The part of a list at one other server. `addresses`: concatenated. */
export type FarPart = { readonly server: string; readonly list: ListHash; readonly addresses: Bytes };

/**
 * Stores an envelope for other servers, inside the commit that accepts the post.
 *
 * @param place the prefix that the post comes from.
 * @param isForList whether it is for lists: then what has no room is dropped, which is reported to the devices later.
 */
export type Carry = (to: readonly FarPart[], row: FarRow, place: string | undefined, isForList: boolean) => void;

/** An envelope that passed a gate here, for the part of a list at another server. */
export type FarRow = {
  /** For a deposit `gate` is all zeros. */
  readonly mode: "application" | "commit" | "create" | "deposit";
  readonly gate: GateId;
  readonly epoch: number;
  readonly envelope: Bytes;
};

/**
 * The refusal of a post because of its parts for other servers, if any.
 *
 * @param reached the parts whose servers must be reachable.
 * @param single the parts for one address each, which may not be dropped for lack of room.
 * @param bytes the sum of the bytes for other servers.
 * @param place the prefix that the post comes from.
 */
export type CarryRefusal = (
  reached: readonly FarPart[],
  single: readonly FarPart[],
  bytes: number,
  place: string | undefined,
) => Refusal | undefined;

/** Accepts posts that passed gates at other servers, and lists with addresses there (docs/spec/peers.md). */
export type Far = {
  /** Adds a list of addresses here and of parts elsewhere. */
  readonly upload: (hash: ListHash, here: readonly Address[], elsewhere: readonly FarPart[]) => void;
  /** Adds a part of another server's list, with addresses here. Returns its hash. */
  readonly know: (addresses: readonly Address[]) => ListHash;
  readonly isKnown: (list: ListHash) => boolean;
  /** How many addresses here a list has; 0 for one that is not known. */
  readonly addressesOf: (list: ListHash) => number;
  /** Names what `take` will look up for a row of that list. */
  readonly lookAhead: (list: ListHash, ahead: Ahead) => void;
  /** Inside a commit: stores an envelope for a known list. Call the returned function once that is on disk. */
  readonly take: (from: string, list: ListHash, row: FarRow) => () => void;
  /** As `take`, for `count` envelopes that were dropped. */
  readonly lost: (list: ListHash, count: number) => () => void;
};

/** The key by which this home signs what it publishes; other servers pin the same one (docs/spec/peers.md PE3). */
export type HomeKey = {
  readonly publicKey: Bytes;
  readonly sign: (message: Bytes) => Bytes;
  /** The key before this one, and its signature over `serverKeyBytes`, where there was one. */
  readonly before?: ((name: string) => { readonly key: Bytes; readonly signature: Bytes }) | undefined;
};

/**
 * The network from which another server called, since whoever has many names has that one (HM89); of one that the
 * operator allowed, its name. Undefined where this server called, or no network is known.
 */
export type PeerNetwork = (name: string) => string | undefined;

/** A service with its key. */
export type Provided = { readonly of: Service<unknown>; readonly is: unknown };

export function provide<T>(of: Service<T>, is: T): Provided {
  return { of, is };
}

/** What a feature can use of a running server. It cannot reach sockets, queues, gates or other features. */
export type FeatureServer<Tables, Config> = {
  /** Its own statements. They may write inside a commit only. */
  readonly tables: Tables;
  readonly config: CoreConfig & Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly pause: Pause;
  /** Whether the disk has room for data that stays long. */
  readonly mayGrow: () => boolean;
  /** False while the clock is not believed: then nothing may expire (DS65). */
  readonly isDayKnown: () => boolean;
  readonly faults: Faults;
  readonly accounts: Pick<AccountLog, "entries" | "setWaking" | "silence" | "exportTables" | "exportOf">;
  /** Absent if no other server writes into the database. */
  readonly peers: PeerLog | undefined;
  /** Calls another server that shares the database: its features' `called` runs soon. */
  readonly callServer: (gateway: number) => void;
  /**
   * Returns a service of the core or of a feature before this one in the list; undefined if there is none. Only for use
   * within `serve`.
   */
  readonly ask: <T>(of: Service<T>) => T | undefined;
  /** Runs `run` in a shared transaction, and calls `answer` once it is on disk. `run` may run more than once. */
  readonly inCommit: <T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void) => void;
  /** Calls `answer` when `outcome` settles. If it rejects, that is counted as a fault and answered too. */
  readonly awaiting: <T>(outcome: Promise<Outcome<T>>, answer: Done<T>) => void;
  /** Runs `work` in the next commit; nobody waits for it. */
  readonly later: (work: () => void) => void;
  /** Counts a recovery of an account, by root key, passkey or helpers, per prefix (docs/spec/identity.md ID30). */
  readonly restoreRefusal: (from: Caller) => Refusal | undefined;
  readonly byRoot: (from: Caller) => ByRoot;
  /** An account's quota, which grows with its age from `first` to `full` (DS141). */
  readonly quota: (first: number, full: number) => (account: AccountRef) => number;
  /** Tells the account's devices to ask for recovery requests again; `wakes`: also wakes those without a connection. */
  readonly tellDevices: (account: AccountRef, wakes: boolean) => void;
  /** Whether the device is connected to this server, or to another that shares the database. */
  readonly isConnected: (device: DeviceRef) => boolean;
  /** Whether the device has not acknowledged a message that wakes; if it is not connected, any message. */
  readonly owesAck: (device: DeviceRef) => boolean;
  /** Drops what delivery caches of the device: the addresses that wake it have changed. */
  readonly wakingChanged: (device: DeviceRef) => void;
  /** Deletes in steps what `leaving.begin` detached from the account, then calls `over`. */
  readonly leave: (account: AccountRef, over: () => void) => void;
};

/** A command of the operator. Arguments and result are JSON values (docs/spec/delivery.md DS145). */
export type Act = (args: Readonly<Record<string, unknown>>) => unknown;
export type Acts = Readonly<Record<string, Act>>;
/** `committed` runs `run` in a transaction, and settles when that is on disk. */
export type ActPorts = {
  readonly committed: <T>(run: () => Outcome<T>, ahead?: (ahead: Ahead) => void) => Promise<Outcome<T>>;
};

export function committedBy(inCommit: FeatureServer<unknown, unknown>["inCommit"]): ActPorts["committed"] {
  return (run, ahead) => new Promise((resolve) => inCommit(run, resolve, ahead));
}

/** A command was not done; the message says why, for the operator. */
export class ActError extends Error {
  override name = "ActError";
}

/** What a command writes, in one transaction, once that is on disk. Rejects with an `ActError` where it is refused. */
export function writesBy({ committed }: ActPorts): (work: () => void) => Promise<void> {
  return async (work) => {
    const outcome = await committed(() => {
      work();
      return done;
    });
    if (!outcome.ok) throw new ActError(`the server refused it: ${outcome.code}`);
  };
}

/** An HTTP request, as far as features need it. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | null;
  /** The whole body. @throws MalformedError if it has more than `bytesMax` bytes. */
  readonly body: (bytesMax: number) => Promise<Bytes>;
  /** The body as it arrives, if it need not be in memory at once. Absent: only `body` can be used. */
  readonly chunks?: () => AsyncIterable<Bytes>;
  /** To await before expensive work; undefined: it may begin now. Absent: as undefined. */
  readonly turn?: () => Promise<void> | undefined;
  /** Whether the answer may be a stream. */
  readonly isStreamed?: boolean;
  /** The network that the request comes from; undefined: this machine. */
  readonly prefix: string | undefined;
};
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Bytes;
  /** Instead of `body`. */
  readonly stream?: Blob | ReadableStream<Uint8Array>;
};

/** A feature's HTTP handler for all paths that begin with `path`; of several the one with the longest answers. */
export type FeatureHttp = { readonly path: string; readonly answer: (request: HttpRequest) => Promise<HttpAnswer> };

/** A WebSocket endpoint of a feature, besides the one for messages. */
export type FeatureSocket = {
  readonly path: string;
  /** @param prefix the network that the socket comes from, for rate limits only; undefined: not limited. */
  readonly connect: (
    sink: Sink,
    prefix: string | undefined,
  ) => { readonly receive: (bytes: Bytes) => void; readonly closed: () => void };
};

/** How a count is shown at `/metrics` (docs/spec/delivery.md DS80). */
export type Metric = {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  readonly help: string;
  /** The factor from the count to the unit in the metric's name; absent: 1. */
  readonly unit?: number;
};

/** A feature of a running server. */
export type RunningFeature<Counted extends string = string> = {
  readonly calls: CallRules;
  readonly provides?: readonly Provided[];
  /** Fields that it adds to the answer of `hello`. */
  readonly hello?: Partial<CallResult<"hello">>;
  readonly sockets?: readonly FeatureSocket[];
  readonly http?: FeatureHttp | readonly FeatureHttp[];
  /** Called when a message waits for a device that has no connection. */
  readonly messageWaits?: (device: DeviceRef) => void;
  /** Inside the commit that accepts a post: stores its parts for other servers. */
  readonly carry?: Carry;
  /** Called when what `carry` stored is on disk. */
  readonly carried?: () => void;
  /** Called before a post is stored: may refuse it because of its parts for other servers. */
  readonly carryRefusal?: CarryRefusal;
  /** Called when a call rings the device, whether or not it is connected. */
  readonly rings?: (device: DeviceRef, gate: GateId) => void;
  readonly eachMinute?: () => void;
  /** Where servers share the database: called when another one calls, and each second. */
  readonly called?: () => void;
  /** The server is draining: ends the connections of the feature's own sockets. */
  readonly drain?: () => void;
  /** The operator's commands while the server runs. */
  readonly acts?: Acts;
  readonly stop?: () => void;
  /** Settles when the ports and processes that it opened are closed. */
  readonly stopped?: () => Promise<void>;
  /** The value of each of its metrics, for the operator (DS35). */
  readonly counts?: () => { readonly [C in Counted]: number };
};

/** Deletes what is too much for one commit in steps, between which others are served (DS131). */
export type Leaving<Tables> = {
  /** Inside a commit: detaches the data from the account. It is deleted by `step` from then on. */
  begin(tables: Tables, account: AccountRef): void;
  /** Inside a commit. Returns whether it found something to delete. */
  step(tables: Tables, account: AccountRef): boolean;
  /** Accounts whose detached data is not all deleted, such as after a crash. */
  waiting(tables: Tables): readonly AccountRef[];
};

export type Daily<Tables> = {
  readonly names: readonly string[];
  /** Whether the tables hold anything. */
  isDue(tables: Tables): boolean;
};

export type ServerFeature<
  Name extends string = string,
  Tables extends object = object,
  Config = unknown,
  Counted extends string = string,
> = {
  readonly name: Name;
  readonly migrations: { readonly [D in Dialect]: readonly Migration[] };
  /** Tables whose rows belong to accounts: exported to them (DS70), and deleted with the account or device (DS56). */
  readonly owned: readonly OwnedTable[];
  /** Tables whose rows name no account and no device. */
  readonly ofNobody?: readonly string[];
  /**
   * Tables that are remade each day, because the position of rows in a file shows which were written together
   * (docs/spec/moments.md HO5).
   */
  readonly daily?: Daily<Tables>;
  /**
   * Run where the database was put back from a copy, if that has the table (docs/spec/delivery.md DS193): what may have
   * been refused since the copy was made is not done by it.
   */
  readonly putBack?: { readonly table: string; readonly sql: string };
  /** The defaults of its limits. */
  readonly limits: Config;
  readonly options?: Readonly<Record<string, LimitOption<Config>>>;
  /** Its metrics, by the names of its counts. */
  readonly metrics?: { readonly [C in Counted]: Metric };
  tables(prepare: Prepare, dialect: Dialect): Tables;
  serve(server: FeatureServer<Tables, Config>): RunningFeature<Counted>;
  /** Inside the commit that deletes the account, before its `owned` rows are deleted. */
  erase?(
    tables: Tables,
    account: AccountRef,
    at: { readonly sha256: SyncPrimitives["sha256"]; readonly today: number },
  ): void;
  readonly leaving?: Leaving<Tables>;
  /** The operator's commands while no server runs. */
  acts?(tables: Tables, ports: ActPorts): Acts;
  /** Inside the commit that replaces the account's root key (DS103). */
  rootChanged?(tables: Tables, account: AccountRef): void;
  /** Inside a commit, once a day: deletes what has expired. */
  expire?(tables: Tables, today: number): void;
};

/** A feature with any tables and limits, as the core handles it. */
export type AnyFeature = Omit<ServerFeature, "options"> & {
  readonly options?: Readonly<
    Record<string, { readonly of: readonly string[]; readonly help: string; readonly unit?: number }>
  >;
};

/**
 * Returns `feature`. Infers the types of its tables, limits and counts, so that the log, the config and the metrics
 * have them.
 */
export function serverFeature<
  const Name extends string,
  Tables extends object,
  Config extends LimitNumbers,
  Counted extends string = never,
>(feature: ServerFeature<Name, Tables, Config, Counted>): ServerFeature<Name, Tables, Config, Counted> {
  return feature;
}

/** The account and device of a signed-in connection. The connection has checked the call's `who` before. */
export function signed({ session }: Caller): Signed {
  if (session === undefined) throw new Error("invariant: the call is for signed-in connections");
  return session;
}

/** Wraps a count so that it counts once, however often its transaction is tried (docs/spec/delivery.md DS184). */
export function once<A extends readonly unknown[]>(count: (...of: A) => boolean): (...of: A) => boolean {
  let answer: boolean | undefined;
  return (...of) => {
    answer ??= count(...of);
    return answer;
  };
}

/** A rate limit per prefix. Connections without a prefix, as from this machine, are not limited. */
export function limitByPlace(
  most: number,
  periodMs: number,
  clock: Pick<Clock, "nowMs">,
): (from: Caller) => Refusal | undefined {
  const limit = new RateLimit(most, periodMs);
  return ({ prefix }) => {
    const nowMs = clock.nowMs();
    return prefix === undefined || limit.take(prefix, nowMs) ? undefined : tooOften(limit.waitMs(nowMs));
  };
}
