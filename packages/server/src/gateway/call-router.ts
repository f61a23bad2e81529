/**
 * Call router: takes each call to the core or to the feature that answers it. A call is a request of a client
 * (docs/spec/wire.md WI5), not a voice call. A server has one router. All connections share it, so that a connection
 * takes little memory.
 *
 * Rate limits count by `prefix`: the network that a socket comes from (`prefix.ts`).
 */
import { type CallArgs, type CallName, type CallResult, calls } from "@yanshu/wire";
import type { AccountRemoval } from "../accounts/removal.ts";
import type { ServerConfig } from "../core/config.ts";
import type { Faults } from "../core/faults.ts";
import { type Done, type Refusal, refuse, tooOften } from "../core/outcome.ts";
import type { Clock } from "../core/ports.ts";
import { minuteMs, RateLimit } from "../core/rate.ts";
import type { Room } from "../core/room.ts";
import type { Mailboxes } from "../delivery/mailboxes.ts";
import type { Posting } from "../delivery/posting.ts";
import type { Sessions } from "../delivery/sessions.ts";
import type { CallRule, CallRules, Handler } from "../feature.ts";
import { Refusals } from "../operator/refusals.ts";
import type { Answers } from "./answers.ts";
import type { Caller } from "./caller.ts";
import { Foundings } from "./foundings.ts";
import { Incoming } from "./incoming.ts";

export type RouterPorts = {
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Free space on the disk. */
  readonly room: Pick<Room, "mayGrow">;
  readonly removal: Pick<AccountRemoval, "isLeaving">;
  readonly posting: Posting;
  readonly sessions: Sessions;
  readonly mailboxes: Mailboxes;
  readonly answers: Answers;
  /** The rules of the core and of each feature. Every call has exactly one rule among them. */
  readonly rules: readonly CallRules[];
  /**
   * Whether this server gives out upload tokens. If so, a connection that is not signed in pays with one before it
   * sends a large frame (WI23).
   */
  readonly takesTokens: boolean;
};

type Handlers = { readonly [N in CallName]: Handler<N> };

export class CallRouter {
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly posting: Posting;
  readonly sessions: Sessions;
  readonly takesTokens: boolean;
  /** A stopped server answers nothing more. */
  stopped = false;
  /** Every connection whose socket is open. */
  readonly open = new Set<Caller>();
  readonly refusals = new Refusals();
  /** Limits how many groups are founded. */
  readonly foundings: Foundings;
  /** Limits the memory for frames that arrive in pieces, in bytes. */
  readonly pieceRoom: Incoming;
  private readonly ports: RouterPorts;
  private readonly handlers: Handlers;
  private readonly postsByPrefix: RateLimit;
  private readonly callsByPrefix: RateLimit;

  constructor(ports: RouterPorts) {
    this.ports = ports;
    this.faults = ports.faults;
    this.config = ports.config;
    this.clock = ports.clock;
    this.posting = ports.posting;
    this.sessions = ports.sessions;
    this.takesTokens = ports.takesTokens;
    this.postsByPrefix = new RateLimit(this.config.postsPerMinute.prefix, minuteMs);
    this.callsByPrefix = new RateLimit(this.config.callsPerMinute.prefix, minuteMs);
    this.foundings = new Foundings(this.config);
    this.pieceRoom = new Incoming(this.config.pieceBytesMax, () => this.clock.nowMs());
    this.handlers = this.handling();
  }

  /**
   * Handles one call. `answer` is called once, also after a fault.
   *
   * @returns false when the server itself failed (a fault, DS110).
   */
  call<N extends CallName>(from: Caller, name: N, args: CallArgs<N>, answer: Done<CallResult<N>>): boolean {
    // @checks DS56
    if (from.session !== undefined && this.ports.removal.isLeaving(from.session.account)) {
      answer(refuse("unknown-account"));
      return true;
    }
    const handle = this.handlers[name] as Handlers[N];
    return this.ports.answers.begin(from, name, () => handle(from, args, answer), answer);
  }

  /** Counts `amount` posts. */
  postRefusal(prefix: string | undefined, amount = 1): Refusal | undefined {
    return this.tooOftenBy(this.postsByPrefix, prefix, amount);
  }

  /** Counts one call. */
  callRefusal(prefix: string | undefined): Refusal | undefined {
    return this.tooOftenBy(this.callsByPrefix, prefix);
  }

  closed(connection: Caller): void {
    this.open.delete(connection);
    if (connection.session !== undefined) this.sessions.detach(connection.session);
    if (connection.hasMailbox) this.ports.mailboxes.closed(connection.sink);
  }

  /**
   * Counts `amount` more for `prefix`. A connection without a prefix is not limited: this machine's own, and tests'.
   */
  private tooOftenBy(limit: RateLimit, prefix: string | undefined, amount = 1): Refusal | undefined {
    const nowMs = this.clock.nowMs();
    // @checks DS24
    return prefix === undefined || limit.take(prefix, nowMs, amount) ? undefined : tooOften(limit.waitMs(nowMs));
  }

  /** The handler of each call. It checks the free space and the rate limit first. */
  private handling(): Handlers {
    const { rules, room } = this.ports;
    const handlerOf = <N extends CallName>(name: N): Handler<N> => {
      const found = rules.flatMap((some) => some[name] ?? []) as readonly unknown[] as readonly CallRule<N>[];
      const [rule, ...others] = found;
      // not a check: two rules for a call, or none, are a fault of the program.
      if (rule === undefined || others.length > 0)
        throw new Error(`invariant: ${found.length} handle the call ${name}`);
      const { grows, limit, handle } = rule;
      return (from, args, answer) => {
        // @checks DS24, DS114
        const refusal = grows && !room.mayGrow() ? refuse("storage-full") : limit?.(from);
        if (refusal === undefined) handle(from, args, answer);
        else answer(refusal);
      };
    };
    const names = Object.keys(calls) as readonly CallName[];
    return Object.fromEntries(names.map((name) => [name, handlerOf(name)])) as unknown as Handlers;
  }
}
