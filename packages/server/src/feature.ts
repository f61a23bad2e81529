/**
 * Feature: what a part of the messenger adds to the server, in one folder of `features/` and one line of its list
 * (docs/spec/rooms.md RO13). A feature says once which calls it answers, which tables it keeps and whose their rows
 * are, what it lets the operator choose, and what it does by the calendar. The call router, both databases, the account
 * export (DS70), account deletion (DS56), housekeeping, the operator's options and the tests go by the list.
 *
 * This file is the contract: a feature imports it, and nothing else of the core but the files that it names.
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
import type { BlobStore } from "./blobs/store.ts";
import type { CoreConfig } from "./core/core-config.ts";
import type { Faults } from "./core/faults.ts";
import { type Done, type Outcome, type Refusal, tooOften } from "./core/outcome.ts";
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
   * It makes the disk fuller for long: refused while the disk is nearly full. What delivering needs, and what deletes,
   * does not.
   */
  readonly grows: boolean;
  /** Counts the call; a refusal is its answer. */
  readonly limit?: ((from: Caller) => Refusal | undefined) | undefined;
  readonly handle: Handler<N>;
};
export type CallRules = { readonly [N in CallName]?: CallRule<N> };

/** What the operator may choose: which number of the config, in which unit, and in which words. */
export type LimitOption<Config> = {
  readonly of: LimitPath<Config>;
  readonly help: string;
  /** How many of the config's units one of the option's is; one, if absent. */
  readonly unit?: number;
};
export type LimitPath<Config> = {
  [K in keyof Config & string]: Config[K] extends number ? readonly [K] : readonly [K, keyof Config[K] & string];
}[keyof Config & string];

/** Numbers, alone or in groups by what they count for. */
export type LimitNumbers = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** Whose connection it is. */
export type Signed = { readonly account: AccountRef; readonly device: DeviceRef };

/** Which account's root key signed; judged inside a commit. `mayAsk` counts once, however often the commit is tried. */
export type ByRoot = (
  shown: { readonly account: Bytes; readonly signature: Bytes },
  proof: (connection: { readonly domain: string; readonly incarnation: Bytes; readonly nonce: Bytes }) => Bytes,
) => Outcome<AccountRow>;

/** What they pay for besides files, without an account being named: a room of a call, the look-up of a username. */
export type UploadTokens = {
  /** Whether it is one of this server's, spent or not: before what costs more than that is done for who shows it. */
  readonly isOurs: (token: UploadToken, prefix: string | undefined) => Promise<Outcome<Record<never, never>>>;
  readonly spend: (
    tokens: readonly UploadToken[],
    prefix: string | undefined,
  ) => Promise<Outcome<Record<never, never>>>;
};

/** Opens an address in memory on this connection; false: there are too many. */
export type OpenRendezvous = (from: Caller, address: CallArgs<"rendezvous">["address"]) => boolean;

/** Who comes, and by which code. */
export type Coming = { readonly token: Bytes; readonly history: AccountHistory };

/** What else is asked of an account that comes from another home, and is written with it. */
export type Arriving = {
  /** Before anything is written. */
  readonly judge: (list: DeviceList) => Promise<Outcome<Record<never, never>>>;
  /** Inside the commit that writes the account. */
  readonly written: (account: AccountRef) => void;
  /** Inside the commit that writes the longer list of an account that is here. */
  readonly lengthened: (account: AccountRef, list: DeviceList) => void;
};

/** Whether an account is at this home, as its list and its home record say. */
export type Whereabouts = {
  /** It came with a list of its own and has not settled: it receives, and gives nothing out. */
  readonly isArriving: boolean;
  /** Claims go to another home. */
  readonly hasMoved: boolean;
  /** Another home is one of its homes. */
  readonly isElsewhereToo: boolean;
  /** The record that counts here. */
  readonly record: HomeRecord | undefined;
};

/** How an account comes from another home, is told of, and goes (docs/spec/homes.md). */
export type Arrivals = {
  /** Of this home; a signature is bound to it. */
  readonly incarnation: Bytes;
  readonly arrive: (coming: Coming & Arriving, prefix: string | undefined) => Promise<Outcome<Record<never, never>>>;
  /** What home holds of it; undefined where there is no such account. */
  readonly of: (account: AccountRef) => { readonly list: DeviceList; readonly at: Whereabouts } | undefined;
  /** Whose capability it is, with what is answered of its list. Undefined: nobody's. */
  readonly byCapability: (
    capability: Bytes,
  ) => { readonly account: AccountRow; readonly history: AccountHistory; readonly at: Whereabouts } | undefined;
  /** Whether the device is still one of the account's. */
  readonly isListed: (account: AccountRef, device: DeviceRef) => boolean;
  /**
   * Deletes all that home keeps of it (DS56); `answer` once it is gone. `begin` runs in the commit that lets go of the
   * first of it; where it refuses, nothing goes.
   */
  readonly remove: (
    account: AccountRef,
    begin: () => Outcome<Record<never, never>>,
    answer: Done<Record<never, never>>,
  ) => void;
};

/**
 * What one part of a running server provides and a feature asks for, under a key whose type says of which shape it is.
 */
export type Service<T> = {
  readonly name: string;
  /** Of the type alone: no value has it. */
  readonly shape?: T;
};

/** A feature makes the key of what it alone asks for; what the core provides has its key below. */
export function service<T>(name: string): Service<T> {
  return { name };
}

/**
 * What may be asked for. None of it is certain to be there: a feature that asks says what it does without.
 * Who provides one need not be known to who asks: it is the core today, and may be a feature tomorrow.
 */
export const services = {
  /** Absent where this server wakes nobody. */
  push: service<PushPort>("push"),
  /** Where bytes of files lie. Absent where this server stores none. */
  blobStore: service<BlobStore>("files' store"),
  /** Absent where this server stores no files. */
  uploadTokens: service<UploadTokens>("upload tokens"),
  rendezvous: service<OpenRendezvous>("rendezvous"),
  arrivals: service<Arrivals>("arrivals"),
  far: service<Far>("far lists"),
  strangers: service<Strangers>("strangers"),
};

/**
 * Somebody who comes by another way than a socket of this server's, and may do what an anonymous connection may that
 * has paid. @param prefix counts for limits, as a network does. @param calls may be asked there, and no others.
 */
export type Strangers = (
  sink: Sink,
  prefix: string,
  calls: ReadonlySet<CallName>,
) => { readonly receive: (bytes: Bytes) => void; readonly closed: () => void };

/** The part of a list that lies at one other server. `addresses`: one after another. */
export type FarPart = { readonly server: string; readonly list: ListHash; readonly addresses: Bytes };

/**
 * Inside the commit that takes a post. @param isForList what of it has no room is given up, and told to its devices
 * later.
 */
export type Carry = (to: readonly FarPart[], row: FarRow, place: string | undefined, isForList: boolean) => void;

/** An envelope that a gate passed on, for the part of a list that lies at another server. */
export type FarRow = {
  /** Of a deposit the gate is zeros. */
  readonly mode: "application" | "commit" | "create" | "deposit";
  readonly gate: GateId;
  readonly epoch: number;
  readonly envelope: Bytes;
};

/**
 * Why nothing of a post is taken. @param reached those of its parts at other servers that must reach them.
 * @param single those that are for one address each: what has no room is given up of lists alone.
 * @param bytes of all that goes to other servers. @param place names where it comes from.
 */
export type CarryRefusal = (
  reached: readonly FarPart[],
  single: readonly FarPart[],
  bytes: number,
  place: string | undefined,
) => Refusal | undefined;

/** How posts come from gates at other servers, and lists with addresses there (docs/spec/peers.md). */
export type Far = {
  /** A list of addresses here, and of parts elsewhere, by its hash. */
  readonly upload: (hash: ListHash, here: readonly Address[], elsewhere: readonly FarPart[]) => void;
  /** Another server names a part of a list by its hash. */
  readonly know: (addresses: readonly Address[]) => ListHash;
  readonly isKnown: (list: ListHash) => boolean;
  /** Inside a commit. Of a list that is known. Returns what is to be done once it is on disk. */
  readonly take: (from: string, list: ListHash, row: FarRow) => () => void;
  /** The same, of so many envelopes that were given up. */
  readonly lost: (list: ListHash, count: number) => () => void;
};

/** One service, provided. */
export type Provided = { readonly of: Service<unknown>; readonly is: unknown };

export function provide<T>(of: Service<T>, is: T): Provided {
  return { of, is };
}

/** What a feature reaches of a running server. It never reaches sockets, queues, gates or another feature. */
export type FeatureServer<Tables, Config> = {
  /** Its own statements; written inside a commit alone. */
  readonly tables: Tables;
  readonly config: CoreConfig & Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly pause: Pause;
  /** Whether the disk has room for what stays long. */
  readonly mayGrow: () => boolean;
  /** False while the clock is not believed: then nothing is forgotten for its age (DS65). */
  readonly isDayKnown: () => boolean;
  readonly faults: Faults;
  readonly accounts: Pick<AccountLog, "entries" | "setWaking" | "silence" | "exportTables" | "exportOf">;
  /** Absent where nobody else writes into the database. */
  readonly peers: PeerLog | undefined;
  /**
   * What the core, or a feature before this one in the list, provides; undefined where nobody does. For `serve` to
   * call.
   */
  readonly ask: <T>(of: Service<T>) => T | undefined;
  /** Runs `run` in a transaction that others share, and answers once it is on disk. `run` may be tried anew. */
  readonly inCommit: <T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void) => void;
  /** Answers when `outcome` settles; a fault in it is counted and answered too. */
  readonly awaiting: <T>(outcome: Promise<Outcome<T>>, answer: Done<T>) => void;
  /** Writes with the next commit, for nobody who waits. */
  readonly later: (work: () => void) => void;
  /** Coming back by a root key, a passkey or helpers counts together, by place (docs/spec/identity.md ID30). */
  readonly restoreRefusal: (from: Caller) => Refusal | undefined;
  readonly byRoot: (from: Caller) => ByRoot;
  /** What an account may keep, or draw, grows with its age from `first` to `full` (DS141). */
  readonly quota: (first: number, full: number) => (account: AccountRef) => number;
  /** Tells the account's devices to ask anew; `wakes`: also those without a connection. */
  readonly tellDevices: (account: AccountRef, wakes: boolean) => void;
  /** Here, or at another server over the same database. */
  readonly isConnected: (device: DeviceRef) => boolean;
  /** Whether it was sent, or is kept, a message that it has not acknowledged. */
  readonly owesAck: (device: DeviceRef) => boolean;
  /** Which of a device's addresses wake it is another: delivery keeps that in memory. */
  readonly wakingChanged: (device: DeviceRef) => void;
  /** What `leaving.begin` let go leaves the disk in steps; `over` is called once it is gone. */
  readonly leave: (account: AccountRef, over: () => void) => void;
};

/** What a command of the operator does: takes and returns what JSON can hold (docs/spec/delivery.md DS145). */
export type Act = (args: Readonly<Record<string, unknown>>) => unknown;
export type Acts = Readonly<Record<string, Act>>;
/** Runs in a transaction, and settles when it is on disk. */
export type ActPorts = { readonly committed: <T>(run: () => Outcome<T>) => Promise<Outcome<T>> };

export function committedBy(inCommit: FeatureServer<unknown, unknown>["inCommit"]): ActPorts["committed"] {
  return (run) => new Promise((resolve) => inCommit(run, resolve));
}

/** Why a command was not done, in words for the operator. */
export class ActError extends Error {
  override name = "ActError";
}

/** One HTTP request, as far as a feature looks at it. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | null;
  /** What comes, at most so many bytes. @throws MalformedError when there are more. */
  readonly body: (bytesMax: number) => Promise<Bytes>;
  /** As it comes, for what need not be in memory. Absent: it is there at once. */
  readonly chunks?: () => AsyncIterable<Bytes>;
  /** Settles when there is time for what is dear to look at. Absent: there is. */
  readonly turn?: () => Promise<void> | undefined;
  /** A client takes an answer bit by bit. */
  readonly isStreamed?: boolean;
  /** Where it comes from; absent: from this machine. */
  readonly prefix: string | undefined;
};
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Bytes;
  /** In the place of `body`. */
  readonly stream?: Blob | ReadableStream<Uint8Array>;
};

/** What a feature answers by HTTP: all paths that begin with this one. */
export type FeatureHttp = { readonly path: string; readonly answer: (request: HttpRequest) => Promise<HttpAnswer> };

/** A WebSocket of a feature's own, beside the one of messages. */
export type FeatureSocket = {
  readonly path: string;
  /** @param prefix names where the socket comes from, for rate limits only; absent: not limited by it. */
  readonly connect: (
    sink: Sink,
    prefix: string | undefined,
  ) => { readonly receive: (bytes: Bytes) => void; readonly closed: () => void };
};

/** What the operator is told of a count, for who reads it at `/metrics` (docs/spec/delivery.md DS80). */
export type Metric = {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  readonly help: string;
  /** What one of the count is in the unit of the name. */
  readonly unit?: number;
};

/** A feature of a running server. */
export type RunningFeature<Counted extends string = string> = {
  readonly calls: CallRules;
  readonly provides?: readonly Provided[];
  /** What a greeting tells of it. */
  readonly hello?: Partial<CallResult<"hello">>;
  readonly sockets?: readonly FeatureSocket[];
  readonly http?: FeatureHttp;
  /** A message waits for a device that has no connection. */
  readonly messageWaits?: (device: DeviceRef) => void;
  /** Inside the commit that takes a post: what of it goes to other servers. */
  readonly carry?: Carry;
  /** That is on disk. */
  readonly carried?: () => void;
  /** Before anything of a post is stored: why its parts for other servers are not taken. */
  readonly carryRefusal?: CarryRefusal;
  /** A call rings there, whether or not it has a connection. */
  readonly rings?: (device: DeviceRef, gate: GateId) => void;
  readonly eachMinute?: () => void;
  /** The server is going: whom it serves by a socket of its own is sent elsewhere. */
  readonly drain?: () => void;
  /** What the operator does to it while it runs. */
  readonly acts?: Acts;
  readonly stop?: () => void;
  /** Settles once what it began outside is gone. */
  readonly stopped?: () => Promise<void>;
  /** For the operator (DS35): one of each of its metrics. */
  readonly counts?: () => { readonly [C in Counted]: number };
};

/** What is too much for one commit leaves in steps, between which others are served (DS131). */
export type Leaving<Tables> = {
  /** Inside a commit. From then on nothing of it is the account's, and it is forgotten step by step. */
  begin(tables: Tables, account: AccountRef): void;
  /** Inside a commit. Returns whether it found something to delete. */
  step(tables: Tables, account: AccountRef): boolean;
  /** Accounts of which something is still to leave, as after a crash. */
  waiting(tables: Tables): readonly AccountRef[];
};

export type Daily<Tables> = {
  readonly names: readonly string[];
  /** Whether anything is in them. */
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
  /** Tables whose rows are an account's: told to it (DS70), and deleted with it or with its device (DS56). */
  readonly owned: readonly OwnedTable[];
  /** Tables that bear no account and no device. */
  readonly ofNobody?: readonly string[];
  /**
   * Tables that are made anew each day: how rows lie in a file tells which came together (docs/spec/moments.md HO5).
   */
  readonly daily?: Daily<Tables>;
  /** The limits that it goes by, as they are where the operator chose nothing. */
  readonly limits: Config;
  readonly options?: Readonly<Record<string, LimitOption<Config>>>;
  /** What it counts, by the names of its counts. */
  readonly metrics?: { readonly [C in Counted]: Metric };
  tables(prepare: Prepare, dialect: Dialect): Tables;
  serve(server: FeatureServer<Tables, Config>): RunningFeature<Counted>;
  /** Inside the commit that deletes the account, before its rows go by `owned`. */
  erase?(
    tables: Tables,
    account: AccountRef,
    at: { readonly sha256: SyncPrimitives["sha256"]; readonly today: number },
  ): void;
  readonly leaving?: Leaving<Tables>;
  /** What the operator does while no server runs. */
  acts?(tables: Tables, ports: ActPorts): Acts;
  /** Inside the commit in which another root key takes the place of the account's (DS103). */
  rootChanged?(tables: Tables, account: AccountRef): void;
  /** Inside a commit, once a day: forgets what is past. */
  expire?(tables: Tables, today: number): void;
};

/** A feature as the core goes by it: of which tables and limits it is does not matter there. */
export type AnyFeature = Omit<ServerFeature, "options"> & {
  readonly options?: Readonly<
    Record<string, { readonly of: readonly string[]; readonly help: string; readonly unit?: number }>
  >;
};

/**
 * Infers what a feature's tables, limits and counts are, so that the log, the config and the metrics have them by its
 * name.
 */
export function serverFeature<
  const Name extends string,
  Tables extends object,
  Config extends LimitNumbers,
  Counted extends string = never,
>(feature: ServerFeature<Name, Tables, Config, Counted>): ServerFeature<Name, Tables, Config, Counted> {
  return feature;
}

/** The connection is signed in: it has looked at the call's `who`. */
export function signed({ session }: Caller): Signed {
  if (session === undefined) throw new Error("invariant: the call is for signed-in connections");
  return session;
}

/** A transaction may be tried anew: what it counts counts once (docs/spec/delivery.md DS184). */
export function once<A extends readonly unknown[]>(count: (...of: A) => boolean): (...of: A) => boolean {
  let answer: boolean | undefined;
  return (...of) => {
    answer ??= count(...of);
    return answer;
  };
}

/** A limit by place; a connection of this machine's own is not counted. */
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
