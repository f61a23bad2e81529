/**
 * Link: the connections to the home server (docs/spec/delivery.md DS30, DS50). One is signed in and
 * receives; the other is anonymous and posts, claims and uploads lists, so that the server does not
 * learn which account sends. What names an account and cannot be signed in yet goes on a third sort:
 * an errand's, which is closed with it and never posts to a gate.
 */
import type { Bytes, CallArgs, CallName, CallResult, PostHeader, Push, ServerCard } from "@yanshu/wire";
import type { Cancel, Ports } from "../ports.ts";
import type { KnownServer } from "../values/far-servers.ts";
import {
  type Answer,
  type Connection,
  type Hello,
  openConnection,
  type Payment,
  type PostAnswer,
} from "./connection.ts";
import { openTunnel } from "./tunnel.ts";

export type { Answer, Hello, PostAnswer } from "./connection.ts";

export type Side = "signed" | "anonymous";

/** The home of before, where this device goes on receiving, and posting to the gates of there (HM68). */
export type BeforeEvents = {
  /** Undefined: there is none. */
  readonly server: () => string | undefined;
  /** It has not answered for so long that what had its gate there goes on at home. */
  readonly isGone: () => boolean;
  /** One that is gone is tried now and then only. */
  readonly mayTry: () => boolean;
  readonly signIn: LinkEvents["signIn"];
  readonly push: LinkEvents["push"];
  readonly gone: LinkEvents["gone"];
  /** Something of the account is otherwise there, such as that it is to be let go of (HM15). */
  readonly told: LinkEvents["family"];
  readonly ready: LinkEvents["ready"];
  /** @param isAway it was tried in vain, as often as makes a home count as unreachable. */
  readonly changed: (isAway: boolean) => void;
};

export type LinkEvents = {
  /** Asked on each new signed connection; answers whether it may be used. */
  readonly signIn: (hello: Hello, call: Connection["call"]) => Promise<boolean>;
  /** On the signed connection; the anonymous one is given nothing. */
  readonly push: (push: Push) => void;
  /** The signed connection is gone, and what was pushed on it and not stored will come again. */
  readonly gone: () => void;
  readonly expired: (count: number) => void;
  /** How family help stands at home is otherwise than before (docs/spec/identity.md ID38). */
  readonly family: () => void;
  /** Told whenever what `state` answers has changed. */
  readonly changed: () => void;
  /** A connection is ready: what waits for it can go. */
  readonly ready: () => void;
  /** What large frames are paid with where nobody is known. */
  readonly payment?: Payment;
  readonly before?: BeforeEvents;
  /** By what a server is known that is spoken with through home, and what it has shown. */
  readonly serverKnown?: (server: string) => KnownServer | undefined;
  readonly serverMet?: (server: string, card: ServerCard) => void;
  /** Told of what a listener threw: the connection counts as lost, and is opened again. */
  readonly failed: (error: unknown) => void;
};

/** A connection of its own for one errand. To be closed by the one who opened it. */
export type Errand = Pick<Connection, "call" | "post"> & { readonly close: () => void };

export type LinkState = "online" | "connecting" | "offline" | "unreachable" | "suspended";

const readyMsMax = 10_000;
const readyStepMs = 100;
/** After so many failures in a row home counts as unreachable, not as slow. */
const failuresBeforeUnreachable = 2;

const nothing = () => undefined;
/** A tunnel in which nothing was asked for so long is closed. */
const farIdleMs = 120_000;

/** Why another server is not reached; undefined: nobody tried, or it is. */
export type FarFault = "peer-refused" | "peer-unreachable" | "peer-busy" | "peer-forgotten";
const farFaults: ReadonlySet<string> = new Set(["peer-refused", "peer-unreachable", "peer-busy", "peer-forgotten"]);
type FarLine = { readonly connection: Connection; usedMs: number; fault: FarFault | undefined; cancel: Cancel };

export type Link = ReturnType<typeof createLink>;

export function createLink(ports: Ports, server: () => string | undefined, events: LinkEvents) {
  let running = false;
  let hasNetwork = true;
  let stopped = false;
  /** Home does not let this account in (docs/spec/delivery.md DS142). */
  let suspended = false;
  const sides = {
    signed: createConnection("signed"),
    anonymous: createConnection("anonymous"),
  };

  const before = { signed: beforeConnection("signed"), anonymous: beforeConnection("anonymous") };

  const errands = new Set<Connection>();

  function createConnection(side: Side): Connection {
    return openConnection(ports, {
      server,
      mayOpen: () => running && hasNetwork && !(suspended && side === "anonymous"),
      opened: async (hello, call) => {
        if (side === "signed") return events.signIn(hello, call);
        return true;
      },
      ready: () => {
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
      opened: async (hello, call) => side === "anonymous" || (await its?.signIn(hello, call)) === true,
      ready: () => {
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
      // Tokens are of home's making.
      payment: undefined,
      failed: events.failed,
    });
  }

  /** Whether what is at `server` is reached by the connections to the home of before. */
  function isBefore(server: string | undefined): boolean {
    const { before: its } = events;
    return server !== undefined && its !== undefined && server === its.server() && !its.isGone();
  }

  const far = new Map<string, FarLine>();

  function all(): readonly Connection[] {
    const beside = [before.anonymous, before.signed, ...errands];
    return [sides.anonymous, sides.signed, ...beside, ...Array.from(far.values(), ({ connection }) => connection)];
  }

  /** The connection to another server, through home; begun when it is asked for, and closed when nothing is. */
  function farLine(name: string): FarLine {
    const held = far.get(name);
    if (held !== undefined) {
      held.usedMs = ports.nowMs();
      return held;
    }
    const isUsed = () => ports.nowMs() - line.usedMs < farIdleMs;
    const connect: Ports["connect"] = (_, socketEvents) =>
      openTunnel(
        ports,
        server() ?? "",
        {
          server: name,
          known: () => events.serverKnown?.(name),
          met: (card) => events.serverMet?.(name, card),
        },
        {
          ...socketEvents,
          closed: (reason) => {
            line.fault = farFaults.has(reason) ? (reason as FarFault) : line.fault;
            socketEvents.closed(reason);
          },
        },
      );
    const connection = openConnection(
      { ...ports, connect },
      {
        server: () => name,
        mayOpen: () => running && hasNetwork && !suspended && isUsed(),
        opened: async (hello) => hello.domain === name,
        ready: () => {
          line.fault = undefined;
          events.changed();
          events.ready();
        },
        push: nothing,
        gone: nothing,
        expired: nothing,
        family: nothing,
        changed: events.changed,
        failed: events.failed,
      },
    );
    const line: FarLine = { connection, usedMs: ports.nowMs(), fault: undefined, cancel: nothing };
    const look = () => {
      line.cancel = ports.after(farIdleMs, () => {
        if (isUsed()) return look();
        far.delete(name);
        connection.drop();
      });
    };
    look();
    far.set(name, line);
    return line;
  }

  /** Undefined: it was not reached in a moment. */
  async function farReady(name: string): Promise<Connection | undefined> {
    const line = farLine(name);
    const { connection } = line;
    if (!connection.isReady()) {
      line.fault = undefined; // What was so before may be so no more.
      connection.wake();
    }
    for (let waited = 0; waited < readyMsMax && hasNetwork && !connection.isReady(); waited += readyStepMs) {
      if (line.fault !== undefined) break; // Home has said that it does not reach it.
      await new Promise<void>((resolve) => ports.after(readyStepMs, resolve));
    }
    return connection.isReady() ? connection : undefined;
  }

  /** Waits a moment for a connection that is being opened: what a person asked for should not fail by being quick. */
  async function whenReady(connection: Connection): Promise<boolean> {
    for (let waited = 0; waited < readyMsMax && hasNetwork && !connection.isReady(); waited += readyStepMs)
      await new Promise<void>((resolve) => ports.after(readyStepMs, resolve));
    return connection.isReady();
  }

  return {
    start() {
      running = true;
      stopped = false;
      sides.anonymous.wake();
      sides.signed.wake();
      this.wakeBefore();
    },
    /** The home of before is tried at once: one that is gone is not by itself. */
    wakeBefore() {
      before.anonymous.wake();
      before.signed.wake();
    },
    stop() {
      running = false;
      stopped = true;
      for (const connection of all()) connection.drop();
    },
    /** Nobody lives here any more: nothing is opened by itself. */
    rest() {
      running = false;
      sides.anonymous.drop();
      sides.signed.drop();
      before.anonymous.drop();
      before.signed.drop();
      for (const { connection, cancel } of far.values()) {
        cancel();
        connection.drop();
      }
      far.clear();
    },
    /** For another account: what the older connections carried says nothing of it. */
    startAnew() {
      suspended = false;
      this.rest();
      this.start();
    },
    /** Home is asked again at once, instead of when it was going to be. */
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
    /** While it is so nothing is posted either, and the signed side goes on asking. */
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
     * Opens a connection for something that names an account before it can be signed in, or that must not be
     * laid beside what is posted. Undefined when `at` could not be reached in a moment.
     *
     * @param opened runs on each socket of it, before anything else is asked; answers whether to go on.
     * @param push is told of what comes for an address that `opened` opened.
     */
    async errand(
      at: string,
      opened: (call: Connection["call"], hello: Hello) => Promise<boolean> = async () => true,
      push: (push: Push) => void = nothing,
    ): Promise<Errand | undefined> {
      let over = false;
      const connection = openConnection(ports, {
        server: () => at,
        mayOpen: () => !over && !stopped && hasNetwork,
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
      const close = () => {
        over = true;
        errands.delete(connection);
        connection.drop();
      };
      errands.add(connection);
      connection.wake();
      if (await whenReady(connection)) return { call: connection.call, post: connection.post, close };
      close();
      return undefined;
    },
    call: <N extends CallName>(side: Side, name: N, args: CallArgs<N>) => sides[side].call(name, args),
    /** Where nobody is known. @param at another server, through home; absent: home. */
    async ask<N extends CallName>(at: string | undefined, name: N, args: CallArgs<N>): Promise<Answer<CallResult<N>>> {
      if (at === undefined) return sides.anonymous.call(name, args);
      if (isBefore(at)) return before.anonymous.call(name, args);
      return (await farReady(at))?.call(name, args) ?? { kind: "lost" };
    },
    /** @param at another server, through home; absent: home. */
    async post(header: PostHeader, partsBytes: Bytes, at?: string): Promise<PostAnswer> {
      if (at === undefined) return sides.anonymous.post(header, partsBytes);
      if (isBefore(at)) return before.anonymous.post(header, partsBytes);
      return (await farReady(at))?.post(header, partsBytes) ?? { kind: "lost" };
    },
    isBefore,
    /** The connection on which this device is signed in at the home of before, however long that has not answered. */
    before: before.signed,
    whenBeforeReady: () => whenReady(before.signed),
    /** The tunnel to another server is begun anew when it is asked for. */
    dropFar: (at: string) => {
      const line = far.get(at);
      far.delete(at);
      line?.cancel();
      line?.connection.drop();
    },
    farFault: (at: string): FarFault | undefined => far.get(at)?.fault,
    /** To be called for each push once it is stored, in the order of arrival. */
    stored: (id: number) => sides.signed.stored(id),
    flushAcks: () => {
      sides.signed.flushAcks();
      before.signed.flushAcks();
    },
  };
}
