/**
 * Link: the connections to the home server (docs/spec/delivery.md DS30, DS50). One is signed in and receives. Another
 * is anonymous; it posts, claims and uploads lists, so that the server does not learn which account sends. A request
 * that names an account before it can sign in goes on a third kind, an errand: a connection of its own, closed
 * afterwards, that never posts to a gate.
 */
import {
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  type PostHeader,
  type Push,
  type ServerCard,
  tunnelRooms,
} from "@yanshu/wire";
import type { Cancel, Ports, Socket, SocketEvents, SocketPath } from "../ports.ts";
import type { KnownServer } from "../values/far-servers.ts";
import {
  type Answer,
  type Connection,
  type Hello,
  openConnection,
  type Payment,
  type PostAnswer,
} from "./connection.ts";
import { openTunnel, tunnelPath } from "./tunnel.ts";

export type { Answer, Hello, PostAnswer } from "./connection.ts";

export type Side = "signed" | "anonymous";

/** The previous home, where this device still receives, and posts to the gates there (HM68). */
export type BeforeEvents = {
  /** Undefined if there is no previous home. */
  readonly server: () => string | undefined;
  /** Whether it has not answered for so long that groups with their gate there go on at home. */
  readonly isGone: () => boolean;
  /** Whether a previous home that is gone may be tried now: that is done rarely. */
  readonly mayTry: () => boolean;
  readonly signIn: LinkEvents["signIn"];
  readonly push: LinkEvents["push"];
  readonly gone: LinkEvents["gone"];
  /** The account's state there changed; for example, the previous home is to be let go of (HM15). */
  readonly told: LinkEvents["family"];
  readonly ready: LinkEvents["ready"];
  /** @param isAway whether it failed as many times as make a home count as unreachable. */
  readonly changed: (isAway: boolean) => void;
};

export type LinkEvents = {
  /** Whether who answers at the name of home, or of another home of this device, is that server, by its key. */
  readonly isHome?: (server: string, hello: Hello, asked: Bytes) => Promise<boolean>;
  /** Signs in on each new signed connection; returns whether it may be used. */
  readonly signIn: (hello: Hello, call: Connection["call"]) => Promise<boolean>;
  /** Receives a push on the signed connection; the anonymous one gets none. */
  readonly push: (push: Push) => void;
  /** The signed connection closed. Pushes that came on it and were not stored come again. */
  readonly gone: () => void;
  readonly expired: (count: number) => void;
  /** The state of recovery by the family changed at home (docs/spec/identity.md ID38). */
  readonly family: () => void;
  /** Called when the result of `state` has changed. */
  readonly changed: () => void;
  /** A connection is ready: waiting requests can be sent. */
  readonly ready: () => void;
  /** Pays for large frames on anonymous connections. */
  readonly payment?: Payment;
  readonly before?: BeforeEvents;
  /** The stored key of a server that is reached through home; `serverMet` reports the card that it showed. */
  readonly serverKnown?: (server: string) => KnownServer | undefined;
  readonly serverMet?: (server: string, card: ServerCard) => void;
  /** Gets the error that a listener threw; the connection then counts as lost, and is opened again. */
  readonly failed: (error: unknown) => void;
};

/** A separate connection for one errand. The caller closes it. */
export type Errand = Pick<Connection, "call" | "post"> & { readonly close: () => void };

export type LinkState = "online" | "connecting" | "offline" | "unreachable" | "suspended";

const readyMsMax = 10_000;
const readyStepMs = 100;
/** Home tries another server for so long: its card, the line, and the greeting on it. */
const farReadyMsMax = 40_000;
/** After this many failures in a row home counts as unreachable, not as slow. */
const failuresBeforeUnreachable = 2;

/** While a room is to be opened home is tried this often, or up to half as often again or less. */
const hurryMs = 700;

const nothing = () => undefined;
/** A tunnel without a request for this long is closed. */
const farIdleMs = 120_000;

/** Why another server cannot be reached; undefined if it is reached, or nobody has tried. */
export type FarFault = "peer-refused" | "peer-unreachable" | "peer-busy" | "peer-forgotten";
const farFaults: ReadonlySet<string> = new Set(["peer-refused", "peer-unreachable", "peer-busy", "peer-forgotten"]);
type FarLine = { readonly connection: Connection; usedMs: number; fault: FarFault | undefined; cancel: Cancel };

export type Link = ReturnType<typeof createLink>;

export function createLink(ports: Ports, server: () => string | undefined, events: LinkEvents) {
  let running = false;
  let hasNetwork = true;
  let stopped = false;
  /** Home has suspended this account (docs/spec/delivery.md DS142). */
  let suspended = false;
  const sides = {
    signed: createConnection("signed"),
    anonymous: createConnection("anonymous"),
  };

  const before = { signed: beforeConnection("signed"), anonymous: beforeConnection("anonymous") };

  const errands = new Set<Connection>();
  /** Opens each socket that waits until home, or the previous home, has shown its key. */
  const awaitingHome = new Set<() => void>();

  function createConnection(side: Side): Connection {
    return openConnection(ports, {
      server,
      mayOpen: () => running && hasNetwork && !(suspended && side === "anonymous"),
      isHome: events.isHome,
      opened: async (hello, call) => {
        if (side === "signed") return events.signIn(hello, call);
        return true;
      },
      ready: () => {
        for (const open of awaitingHome) open();
        events.changed();
        events.ready();
      },
      push: side === "signed" ? events.push : nothing,
      gone: side === "signed" ? events.gone : nothing,
      expired: events.expired,
      family: side === "signed" ? events.family : nothing,
      changed: events.changed,
      payment: side === "signed" ? undefined : events.payment,
      failed: events.failed,
    });
  }

  function beforeConnection(side: Side): Connection {
    const { before: its } = events;
    return openConnection(ports, {
      server: () => its?.server(),
      mayOpen: () => running && hasNetwork && its?.server() !== undefined && its.mayTry(),
      isHome: events.isHome,
      opened: async (hello, call) => side === "anonymous" || (await its?.signIn(hello, call)) === true,
      ready: () => {
        for (const open of awaitingHome) open();
        its?.changed(false);
        its?.ready();
      },
      push: side === "signed" ? (push) => its?.push(push) : nothing,
      gone: side === "signed" ? () => its?.gone() : nothing,
      expired: events.expired,
      family: side === "signed" ? () => its?.told() : nothing,
      changed: () => {
        if (running && hasNetwork && before[side].failures() >= failuresBeforeUnreachable) its?.changed(true);
      },
      // Tokens are issued by home and are worth nothing elsewhere.
      payment: undefined,
      failed: events.failed,
    });
  }

  /** Whether `server` is the previous home and is reached directly. */
  function isBefore(server: string | undefined): boolean {
    const { before: its } = events;
    return server !== undefined && its !== undefined && server === its.server() && !its.isGone();
  }

  const far = new Map<string, FarLine>();

  function all(): readonly Connection[] {
    const beside = [before.anonymous, before.signed, ...errands];
    return [sides.anonymous, sides.signed, ...beside, ...Array.from(far.values(), ({ connection }) => connection)];
  }

  /**
   * A socket to home, or to the previous home, for which that shows no key: it opens once that server has shown its key
   * on a connection that is still open (HM74). Until then it waits.
   *
   * @param isUrgent whether home is tried meanwhile without waiting for the backoff.
   */
  function besideOf(
    pair: Readonly<Record<Side, Connection>>,
    at: string,
    socketEvents: SocketEvents,
    path: SocketPath,
    isUrgent: boolean,
  ): Socket {
    const isKnown = () => pair.anonymous.isReady() || pair.signed.isReady();
    if (isKnown()) return ports.connect(at, socketEvents, path);
    let socket: Socket | undefined;
    let cancel: Cancel = nothing;
    const end = () => {
      cancel();
      awaitingHome.delete(open);
    };
    function open(): void {
      if (!isKnown()) return;
      end();
      socket = ports.connect(at, socketEvents, path);
    }
    function hurry(): void {
      cancel = ports.after(hurryMs * (0.5 + ports.chance()), hurry);
      pair.anonymous.hurry();
      pair.signed.hurry();
    }
    awaitingHome.add(open);
    if (isUrgent) hurry();
    return {
      send: (message) => socket?.send(message),
      close: () => {
        if (socket !== undefined) return socket.close();
        if (!awaitingHome.has(open)) return;
        end();
        ports.after(0, () => socketEvents.closed("closed"));
      },
    };
  }

  function throughHome(name: string, socketEvents: SocketEvents, path?: typeof tunnelRooms, isUrgent = false): Socket {
    const connect: Ports["connect"] = (at, itsEvents, its = tunnelPath) =>
      besideOf(sides, at, itsEvents, its, isUrgent);
    return openTunnel(
      { ...ports, connect },
      server() ?? "",
      {
        server: name,
        known: () => events.serverKnown?.(name),
        met: (card) => events.serverMet?.(name, card),
        ...(path && { path }),
      },
      socketEvents,
    );
  }

  /** A tunnel to another server, through home, as a connection. */
  function tunnelTo(
    name: string,
    hooks: {
      readonly mayOpen: () => boolean;
      readonly ready: () => void;
      readonly changed: () => void;
      readonly fault: (why: FarFault) => void;
    },
  ): Connection {
    const connect: Ports["connect"] = (_, socketEvents) =>
      throughHome(name, {
        ...socketEvents,
        closed: (reason) => {
          if (farFaults.has(reason)) hooks.fault(reason as FarFault);
          socketEvents.closed(reason);
        },
      });
    return openConnection(
      { ...ports, connect },
      {
        server: () => name,
        mayOpen: () => running && hasNetwork && !suspended && hooks.mayOpen(),
        opened: async (hello) => hello.domain === name,
        ready: hooks.ready,
        push: nothing,
        gone: nothing,
        expired: nothing,
        family: nothing,
        changed: hooks.changed,
        failed: events.failed,
      },
    );
  }

  /** The connection to another server, through home. It is opened on the first request and closed when idle. */
  function farLine(name: string): FarLine {
    const held = far.get(name);
    if (held !== undefined) {
      held.usedMs = ports.nowMs();
      return held;
    }
    const isUsed = () => ports.nowMs() - line.usedMs < farIdleMs;
    const connection = tunnelTo(name, {
      mayOpen: isUsed,
      ready: () => {
        line.fault = undefined;
        events.changed();
        events.ready();
      },
      changed: events.changed,
      fault: (why) => {
        line.fault = why;
      },
    });
    const line: FarLine = { connection, usedMs: ports.nowMs(), fault: undefined, cancel: nothing };
    const look = () => {
      line.cancel = ports.after(farIdleMs, () => (isUsed() ? look() : dropFar(name)));
    };
    look();
    far.set(name, line);
    return line;
  }

  /** Closes the tunnel to another server; the next request opens a new one. */
  function dropFar(name: string): void {
    const line = far.get(name);
    far.delete(name);
    line?.cancel();
    line?.connection.drop();
  }

  /** Undefined if the server was not reached within a moment. */
  async function farReady(name: string, msMax = readyMsMax): Promise<Connection | undefined> {
    const line = farLine(name);
    const { connection } = line;
    if (!connection.isReady()) {
      line.fault = undefined; // An earlier fault may be over.
      connection.wake();
    }
    // Home may report that it cannot reach the server.
    return (await whenReady(connection, () => line.fault !== undefined, msMax)) ? connection : undefined;
  }

  /** Waits a moment for a connection that is being opened, so that a request right after the start does not fail. */
  async function whenReady(connection: Connection, isInVain = () => false, msMax = readyMsMax): Promise<boolean> {
    const isAwaited = () => hasNetwork && !connection.isReady() && !isInVain();
    for (let waited = 0; waited < msMax && isAwaited(); waited += readyStepMs)
      await new Promise<void>((resolve) => ports.after(readyStepMs, resolve));
    return connection.isReady();
  }

  /** A connection of its own, which the caller closes; undefined if it did not open within a moment. */
  async function errandBy(
    open: (isOver: () => boolean) => Connection,
    isInVain?: () => boolean,
  ): Promise<Errand | undefined> {
    let over = false;
    const connection = open(() => over);
    const close = () => {
      over = true;
      errands.delete(connection);
      connection.drop();
    };
    errands.add(connection);
    connection.wake();
    if (await whenReady(connection, isInVain)) return { call: connection.call, post: connection.post, close };
    close();
    return undefined;
  }

  /** A tunnel of its own to another server, in which nothing else is said. */
  function farErrand(name: string): Promise<Errand | undefined> {
    let isInVain = false;
    const fault = () => {
      isInVain = true;
    };
    return errandBy(
      (isOver) => tunnelTo(name, { mayOpen: () => !isOver(), ready: nothing, changed: nothing, fault }),
      () => isInVain,
    );
  }

  return {
    start() {
      running = true;
      stopped = false;
      sides.anonymous.wake();
      sides.signed.wake();
      this.wakeBefore();
    },
    /** Tries the previous home at once; one that is gone is not retried by itself. */
    wakeBefore() {
      before.anonymous.wake();
      before.signed.wake();
    },
    stop() {
      running = false;
      stopped = true;
      for (const connection of all()) connection.drop();
    },
    /** There is no account any more: closes all connections and opens none. */
    rest() {
      running = false;
      sides.anonymous.drop();
      sides.signed.drop();
      before.anonymous.drop();
      before.signed.drop();
      for (const name of far.keys()) dropFar(name);
    },
    /** Starts again for another account, without state of the older connections. */
    startAnew() {
      suspended = false;
      this.rest();
      this.start();
    },
    /** Reconnects at once, without waiting for the backoff. */
    again() {
      for (const connection of all()) connection.wake();
      events.changed();
    },
    network(online: boolean) {
      if (online === hasNetwork) return;
      hasNetwork = online;
      for (const connection of all()) {
        if (online) connection.wake();
        else connection.drop();
      }
      events.changed();
    },
    /** While the account is suspended the anonymous connection stays closed; the signed one goes on trying. */
    suspend(isSuspended: boolean) {
      if (suspended === isSuspended) return;
      suspended = isSuspended;
      if (isSuspended) sides.anonymous.drop();
      else sides.anonymous.wake();
      events.changed();
    },
    state(): LinkState {
      if (!hasNetwork) return "offline";
      if (suspended) return "suspended";
      if (sides.signed.isReady() && sides.anonymous.isReady()) return "online";
      const failures = Math.max(sides.signed.failures(), sides.anonymous.failures());
      return failures >= failuresBeforeUnreachable ? "unreachable" : "connecting";
    },
    isReady: (side: Side) => sides[side].isReady(),
    whenReady: (side: Side) => whenReady(sides[side]),
    /**
     * Opens a connection for a request that names an account before it can sign in, or that home must not be able to
     * link to what this device posts. Undefined if `at` could not be reached within a moment.
     *
     * @param opened runs on each socket, before any other request; returns whether to go on.
     *
     * @param push gets the pushes to an address that `opened` opened.
     *
     * @param strange is called if another server than the one that was known answers at that name (HM116).
     */
    errand(
      at: string,
      opened: (call: Connection["call"], hello: Hello) => Promise<boolean> = async () => true,
      push: (push: Push) => void = nothing,
      strange: () => void = nothing,
    ): Promise<Errand | undefined> {
      let isStrange = false;
      const isKnown: LinkEvents["isHome"] = async (...said) => {
        isStrange = (await events.isHome?.(...said)) === false;
        if (isStrange) strange();
        return !isStrange;
      };
      const open = (isOver: () => boolean) =>
        openConnection(ports, {
          server: () => at,
          mayOpen: () => !isOver() && !stopped && hasNetwork,
          isHome: events.isHome && isKnown,
          opened: (hello, call) => opened(call, hello),
          ready: nothing,
          push,
          gone: nothing,
          expired: nothing,
          family: nothing,
          changed: nothing,
          payment: events.payment,
          failed: events.failed,
        });
      return errandBy(open, () => isStrange);
    },
    /**
     * A socket to rooms of calls at home, or at another server through home; at the previous home directly.
     *
     * @param isUrgent whether somebody waits: home is tried at once where it does not answer.
     */
    roomsAt(at: string, socketEvents: SocketEvents, isUrgent: boolean): Socket {
      if (isBefore(at)) return besideOf(before, at, socketEvents, tunnelRooms, isUrgent);
      if (at === server()) return besideOf(sides, at, socketEvents, tunnelRooms, isUrgent);
      return throughHome(at, socketEvents, tunnelRooms, isUrgent);
    },
    /** As `errand`, for nobody's account, at another server through home; the previous home is asked directly. */
    errandTo(at: string): Promise<Errand | undefined> {
      return isBefore(at) ? this.errand(at) : farErrand(at);
    },
    call: <N extends CallName>(side: Side, name: N, args: CallArgs<N>) => sides[side].call(name, args),
    /** Calls without an identity. @param at another server, reached through home; absent: home. */
    async ask<N extends CallName>(at: string | undefined, name: N, args: CallArgs<N>): Promise<Answer<CallResult<N>>> {
      if (at === undefined) return sides.anonymous.call(name, args);
      if (isBefore(at)) return before.anonymous.call(name, args);
      return (await farReady(at))?.call(name, args) ?? { kind: "lost" };
    },
    /** Waits until another server is reached, or home has said that it is not: for a person who waits (PE72). */
    async farReached(at: string): Promise<void> {
      if (!isBefore(at)) await farReady(at, farReadyMsMax);
    },
    /** Has home meet a server, by a tunnel there. Returns whether it did. */
    async meet(server: string): Promise<boolean> {
      const errand = await farErrand(server);
      errand?.close();
      return errand !== undefined;
    },
    /** @param at another server, reached through home; absent: home. */
    async post(header: PostHeader, partsBytes: Bytes, at?: string): Promise<PostAnswer> {
      if (at === undefined) return sides.anonymous.post(header, partsBytes);
      if (isBefore(at)) return before.anonymous.post(header, partsBytes);
      return (await farReady(at))?.post(header, partsBytes) ?? { kind: "lost" };
    },
    isBefore,
    /** The signed connection to the previous home, even if that has not answered for long. */
    before: before.signed,
    whenBeforeReady: () => whenReady(before.signed),
    dropFar,
    farFault: (at: string): FarFault | undefined => far.get(at)?.fault,
    /** Call this for each push once it is stored, in the order of arrival. */
    stored: (id: number) => sides.signed.stored(id),
    flushAcks: () => {
      sides.signed.flushAcks();
      before.signed.flushAcks();
    },
  };
}
