/**
 * Server: the delivery service and the authentication service over ports (DESIGN §6). It has no global state and no
 * timer outside its clock, so it can be dropped at any moment, as by a crash, and created again over the same log.
 */

import { type Bytes, type CallName, encodeFamily } from "@yanshu/wire";
import { arrivalsOf } from "../accounts/arrivals.ts";
import type { AccountsContext } from "../accounts/context.ts";
import { KnownLists } from "../accounts/known-lists.ts";
import { Registrar } from "../accounts/register.ts";
import { AccountRemoval } from "../accounts/removal.ts";
import { RootLimits } from "../accounts/root-limits.ts";
import { provenAccount } from "../accounts/root-proof.ts";
import type { BlobStore } from "../blobs/store.ts";
import { Housekeeping } from "../delivery/housekeeping.ts";
import { Mailboxes } from "../delivery/mailboxes.ts";
import { PeerServers } from "../delivery/peer-servers.ts";
import { Posting } from "../delivery/posting.ts";
import { Queues, watched } from "../delivery/queues.ts";
import { Sessions } from "../delivery/sessions.ts";
import {
  type Acts,
  type ByRoot,
  type FeatureHttp,
  type FeatureSocket,
  type HomeKey,
  type Provided,
  provide,
  services,
} from "../feature.ts";
import { Answers } from "../gateway/answers.ts";
import { CallRouter } from "../gateway/call-router.ts";
import type { Caller } from "../gateway/caller.ts";
import { Connection } from "../gateway/connection.ts";
import { coreCalls } from "../gateway/core-calls.ts";
import { accountFeatures } from "../log/account-features.ts";
import type { Log } from "../log/feature-tables.ts";
import { type AccountRef, type DeviceRef, LogAwayError, LogConflictError } from "../log/log.ts";
import { OperatorActs } from "../operator/acts.ts";
import type { Counts } from "../operator/counts.ts";
import type { Refusals } from "../operator/refusals.ts";
import { Calendar } from "./calendar.ts";
import { defaultConfig, type ServerConfig } from "./config.ts";
import { drain } from "./drain.ts";
import { Emptying } from "./emptying.ts";
import { Faults, guardedClock } from "./faults.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Clock, Fanout, Pause, PushPort, Random, Sink, SyncPrimitives, Wake } from "./ports.ts";
import { grownQuota } from "./quota.ts";
import { dayOf } from "./rate.ts";
import { type Disk, Room } from "./room.ts";
import { RunningFeatures } from "./running-features.ts";
import { unlessUnavailable } from "./unless-unavailable.ts";

export type ServerPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly fanout: Fanout;
  /** Absent: long work does not pause for others, as in a simulation. */
  readonly pause?: Pause | undefined;
  /** How devices without a connection are woken; absent: they are not. */
  readonly push?: PushPort | undefined;
  /** Notifies other servers that share the log at once; absent: each looks once a second. */
  readonly wake?: Wake | undefined;
  /** Absent: this server stores no files. */
  readonly blobs?: BlobStore | undefined;
  /** Parts outside this server that features need. */
  readonly provides?: readonly Provided[] | undefined;
  /** Counts exceptions; absent: a new one. */
  readonly faults?: Faults;
  /** Absent: the server does not know how full its disk is. */
  readonly disk?: Disk | undefined;
  /** Values that are left out are as in `defaultConfig`. */
  readonly config?: Partial<ServerConfig>;
};

export type Server = {
  /** @param prefix the network that the socket comes from, for rate limits only; absent: not limited. */
  readonly connect: (sink: Sink, prefix?: string) => ServerConnection;
  /** A feature's WebSocket at this path, if any. */
  readonly socketAt: (path: string) => FeatureSocket | undefined;
  /** The feature that answers HTTP requests at this path, if any. */
  readonly httpAt: (path: string) => FeatureHttp | undefined;
  readonly counts: () => Counts;
  /** The operator's commands on accounts. */
  readonly acts: OperatorActs;
  /** The operator's commands of features. */
  readonly featureActs: () => Acts;
  readonly refusals: Refusals;
  /**
   * Why clients should not be sent to this server; undefined if it is ready. Asks the log whether it can be reached.
   */
  readonly unready: () => string | undefined;
  /** Commits and answers what waits. */
  readonly flush: () => void;
  /**
   * Ends the connections a few at a time over `overMs`, each after what it sent was committed and answered
   * (docs/spec/delivery.md DS82). Settles when none is left.
   */
  readonly drain: (overMs: number) => Promise<void>;
  /** Drops timers, and what waits, without answers, as a crash would. The log stays open. */
  readonly stop: () => void;
  /** Settles when the ports and processes that features opened are closed. Call it after `stop`. */
  readonly stopped: () => Promise<void>;
};

export type ServerConnection = {
  readonly receive: (frame: Uint8Array) => void;
  readonly closed: () => void;
};

export function createServer(ports: ServerPorts): Server {
  const { log, primitives, random } = ports;
  const faults = ports.faults ?? new Faults();
  const clock = guardedClock(ports.clock, faults);
  const config: ServerConfig = { ...defaultConfig, ...ports.config };
  const commits = new GroupCommit(log, clock, config, faults);
  const room = new Room(ports.disk, clock, faults);
  const queues = new Queues(log.delivery, { envelopes: config.queueMax, bytes: config.queueBytesMax });
  const { peers } = log;
  const logs = { accounts: log.accounts, delivery: watched(log.delivery, queues), peers };
  const features = new RunningFeatures(faults);
  const { messageWaits, rings, carry, carried, carryRefusal } = features;
  const sessions: Sessions = new Sessions(logs, commits, clock, config, faults, messageWaits, (device, bytes) =>
    queues.isFull(device, bytes),
  );
  const mailboxes = new Mailboxes(
    config.rendezvousMax,
    peers && ((address) => commits.later(() => peers.closeRendezvous(address))),
  );
  const emptying = new Emptying(log, commits, clock);
  const posting = new Posting({ ...ports, clock, commits, queues, faults, room }, config, sessions, mailboxes, {
    messageWaits,
    rings,
    carry,
    carried,
    carryRefusal,
  });
  const calendar = new Calendar(clock, lastDayOf(log, faults));
  const byFeature = accountFeatures(log, primitives.sha256);
  const housekeeping = new Housekeeping(
    { log, commits, clock, calendar, emptying, faults, room },
    posting,
    sessions,
    mailboxes,
    { expiring: byFeature.expiring, daily: byFeature.daily, eachMinute: features.eachMinute },
  );
  const accounts: AccountsContext = {
    log: log.accounts,
    invitations: log.features.invitations,
    homes: log.features.homes,
    features: byFeature,
    lists: new KnownLists(log.accounts),
    commits,
    primitives,
    clock,
    pause: ports.pause ?? (async () => undefined),
    config,
    events: {
      addressAdded: () => posting.lists.addressAdded(),
      addressesRemoved: (devices) => posting.lists.addressesRemoved(devices),
      deviceDropped: (device) => {
        posting.lists.deviceDropped(device);
        emptying.queue(device);
        const session = sessions.of(device);
        if (session === undefined) return;
        sessions.drop(session);
        session.owner.end("signed-out");
      },
      accountDeleted: (devices) => {
        for (const device of devices) accounts.events.deviceDropped(device);
        housekeeping.remakeSoon();
      },
    },
  };
  const quota = (first: number, full: number) => (account: AccountRef) =>
    grownQuota(
      { first, full, days: config.quotaGrowsDays },
      log.accounts.byRef(account)?.sinceDay,
      dayOf(clock.nowMs()),
    );
  // A device that misses this notice asks when it connects again.
  const tellDevices = (account: AccountRef, wakes: boolean): void =>
    void unlessUnavailable(() => {
      for (const { ref } of log.accounts.devices(account)) {
        const session = sessions.of(ref);
        if (session !== undefined) session.owner.sink.send(encodeFamily());
        else if (wakes) messageWaits(ref);
        if (session === undefined && peers !== undefined) commits.later(() => peers.call(ref, "family"));
      }
    });
  const { incarnation } = log;
  const pause = ports.pause ?? (async () => undefined);
  const registrar = new Registrar(accounts);
  const removal = new AccountRemoval(accounts, emptying);
  const rootLimits = new RootLimits(config, clock);
  const answers = new Answers(commits, faults);
  const byRoot = (from: Caller): ByRoot => {
    const connection = { domain: config.domain, incarnation, nonce: from.nonce as Bytes };
    const mayAsk = rootLimits.mayAsk();
    return (shown, proof) => provenAccount(accounts, shown, proof(connection), mayAsk);
  };
  const provided: readonly Provided[] = [
    ...(ports.push ? [provide(services.push, ports.push)] : []),
    ...(ports.provides ?? []),
    ...(ports.blobs ? [provide(services.blobStore, ports.blobs)] : []),
    provide(services.arrivals, arrivalsOf(accounts, registrar, removal, incarnation)),
    provide(services.far, posting.far),
    provide(services.strangers, (sink, prefix, calls) => {
      const stranger = connect(sink, prefix, calls);
      stranger.isPaid = true;
      return stranger;
    }),
    provide(services.rendezvous, (from, address) => {
      if (!mailboxes.add(address, from.sink, from.prefix, clock.nowMs())) return false;
      from.hasMailbox = true;
      return true;
    }),
  ];
  const shared = {
    clock,
    random,
    primitives,
    pause,
    faults,
    mayGrow: () => room.mayGrow(),
    isDayKnown: () => calendar.today() !== undefined,
    accounts: log.accounts,
    peers,
    callServer: (gateway: number) => void faults.guarded("calling", () => ports.wake?.call(gateway)),
    inCommit: answers.inCommit,
    awaiting: answers.awaiting,
    later: (work: () => void) => commits.later(work),
    restoreRefusal: rootLimits.placeRefusal,
    byRoot,
    quota,
    tellDevices,
    isConnected: (device: DeviceRef) => sessions.of(device) !== undefined || peers?.isElsewhere(device) === true,
    owesAck: (device: DeviceRef) => sessions.owesAck(device),
    wakingChanged: (device: DeviceRef) => posting.lists.deviceDropped(device),
  };
  features.start(log, emptying, config, shared, provided);
  const peerServers =
    peers &&
    new PeerServers(
      { log: peers, wake: ports.wake, commits, clock, faults },
      {
        sessions,
        mailboxes,
        messageWaits,
        called: features.called,
        deviceDropped: accounts.events.deviceDropped,
        isSuspended: (account) => log.accounts.byRef(account)?.isSuspended === true,
      },
    );
  const core = coreCalls({
    isShared: log.isShared,
    hello: features.hello,
    homeKey: provided.find(({ of }) => of === services.homeKey)?.is as HomeKey | undefined,
    peers,
    incarnation,
    random,
    accounts,
    registrar,
    removal,
    rootLimits,
    posting,
    sessions,
    mailboxes,
    pause,
    answers,
  });
  const router = new CallRouter({
    config,
    clock,
    faults,
    room,
    removal,
    posting,
    sessions,
    mailboxes,
    answers,
    rules: [core, ...features.calls],
    takesTokens: ports.blobs !== undefined,
  });
  const connect = (sink: Sink, prefix: string | undefined, calls?: ReadonlySet<CallName>): Connection => {
    const connection = new Connection(router, sink, prefix, calls);
    router.open.add(connection);
    return connection;
  };
  /** Returns `unknown` for counts that cannot be read, so that the others are still reported. */
  const counted = <T>(count: () => T, unknown: T): T => {
    try {
      return count();
    } catch (error) {
      if (error instanceof LogAwayError) throw error;
      faults.caught("counting", error);
      return unknown;
    }
  };
  const flush = () => {
    sessions.outstanding.settle();
    commits.flush();
  };
  const acts = new OperatorActs({
    log: log.accounts,
    invitations: log.features.invitations,
    clock,
    random,
    primitives,
    committed: (run, ahead) => commits.committed(run, ahead),
    peers,
    suspended: (devices) => {
      for (const device of devices) sessions.of(device)?.owner.end("suspended");
    },
    remove: (account) => new Promise((answered) => removal.remove(account, answered)),
  });
  recover(log, commits, faults);
  room.start();
  peerServers?.start();
  housekeeping.start();
  return {
    httpAt: (path) => features.httpAt(path),
    socketAt: (path) => features.socketAt(path),
    acts,
    featureActs: () => features.acts,
    refusals: router.refusals,
    connect,
    counts: () => ({
      connections: router.open.size,
      signedIn: sessions.size,
      outstanding: sessions.outstanding.size,
      posts: posting.posts,
      pushes: posting.pushes,
      commits: commits.commits,
      commitFailures: commits.failures,
      faults: faults.count,
      failedWrites: faults.failedWrites,
      freeBytes: room.freeBytes() ?? Number.NaN,
      damage: faults.damage,
      tight: Number(!room.mayGrow()),
      remakeLackingBytes: housekeeping.lackingBytes,
      refusedFloods: router.refusals.of("rate-limited"),
      ...registrar.counts(),
      ...posting.lists.counts(),
      ...features.counts(),
      ...counted(log.counts, { accounts: Number.NaN, devices: Number.NaN, bytes: Number.NaN }),
    }),
    unready: () => {
      let isThere = false;
      faults.guarded("asking the log", () => {
        isThere = log.isThere();
      });
      if (!isThere) return "the database is away";
      if (faults.damage > 0) return "the database is damaged";
      return room.mayGrow() ? undefined : "the disk is full";
    },
    flush,
    drain: async (overMs) => {
      await drain({ open: router.open, clock, settle: flush }, overMs);
      features.drain();
    },
    stopped: () => features.stopped(),
    stop: () => {
      router.stopped = true;
      housekeeping.stop();
      peerServers?.stop();
      features.stop();
      sessions.stop();
      commits.stop();
      room.stop();
    },
  };
}

/**
 * The last day in the log. If it cannot be read, -Infinity: the calendar then believes no day until a day has passed.
 */
function lastDayOf(log: Log, faults: Faults): number | undefined {
  let day: number | undefined = Number.NEGATIVE_INFINITY;
  faults.guarded("reading the last day", () => {
    day = log.delivery.lastDay();
  });
  return day;
}

/**
 * Turns packed lists that ended servers left into queue rows. If several servers start at once, one of them does it. If
 * the disk is full, it is done in the first transaction that succeeds.
 */
function recover(log: Log, commits: GroupCommit, faults: Faults): void {
  for (;;) {
    try {
      log.transaction(() => log.delivery.recover());
      return;
    } catch (error) {
      if (error instanceof LogConflictError) continue;
      if (error instanceof LogAwayError) throw error;
      faults.caught("the start", error);
      commits.first(() => void log.delivery.recover());
      return;
    }
  }
}
