/**
 * Desk: takes each call to the room that answers it. One desk a server; connections share it, which
 * keeps them small.
 */
import { type Bytes, type CallArgs, type CallName, type CallResult, idBytes } from "@yanshu/wire";
import { claim } from "../accounts/claim.ts";
import type { AccountsContext, Signed } from "../accounts/context.ts";
import { deleteAccount } from "../accounts/delete.ts";
import { appendEntries, ownEntries } from "../accounts/device-lists.ts";
import { everything, everythingCounts } from "../accounts/everything.ts";
import { askFamily, familyState, keepFamily, stopFamily } from "../accounts/family.ts";
import { changeHandle, findHandle } from "../accounts/handles.ts";
import { changeAddresses, changeCapabilities, changePackages } from "../accounts/holdings.ts";
import { findPasskey, keepPasskey } from "../accounts/passkeys.ts";
import type { Registrar } from "../accounts/register.ts";
import { rootEntries } from "../accounts/root-entries.ts";
import { checkSignIn, type SignedIn, stillThere, takePair } from "../accounts/sign-in.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { ServerConfig } from "../core/config.ts";
import { OneByOne } from "../core/fair.ts";
import type { Faults } from "../core/faults.ts";
import { accept, type Done, done, type Outcome, type Refusal, refuse, tooOften } from "../core/outcome.ts";
import type { Clock, Pause, Random } from "../core/ports.ts";
import { dayMs, dayOf, hourMs, minuteMs, RateLimit } from "../core/rate.ts";
import type { Room } from "../core/room.ts";
import type { Mailboxes } from "../delivery/mailboxes.ts";
import type { Posting } from "../delivery/posting.ts";
import { Session } from "../delivery/session.ts";
import type { Sessions } from "../delivery/sessions.ts";
import { type AccountRef, type Ahead, type DeviceRef, LogAwayError, LogFullError, type PeerLog } from "../log/log.ts";
import { Refusals } from "../operator/refusals.ts";
import { type PushDesk, pushHandlers } from "../push/desk.ts";
import { switchVault } from "../vault/emptying.ts";
import { type VaultDesk, vaultHandlers } from "../vault/vault.ts";
import type { Caller } from "./caller.ts";
import { Foundings } from "./foundings.ts";
import { Incoming } from "./incoming.ts";
import { commonVersion } from "./version.ts";

export type DeskPorts = {
  readonly room: Pick<Room, "mayCall">;
  readonly faults: Faults;
  /** Other servers write into the same log. */
  readonly isShared: boolean;
  /** Devices call each other in rooms of this server (docs/spec/calls.md CA1). */
  readonly hasCalls: boolean;
  readonly peers: PeerLog | undefined;
  readonly incarnation: Bytes;
  readonly random: Random;
  readonly accounts: AccountsContext;
  readonly registrar: Registrar;
  readonly posting: Posting;
  readonly sessions: Sessions;
  readonly mailboxes: Mailboxes;
  readonly push: PushDesk | undefined;
  readonly vault: VaultDesk;
  readonly pause: Pause;
  readonly blobs: Blobs | undefined;
  /** Upload tokens that an account may draw a day. */
  readonly tokensMaxOf: (account: AccountRef) => number;
};

const countingWaitMs = 2_000;
/** Calls from one place that wait for their turn. */
const waitingMax = 256;
const waitingWaitMs = 1_000;
/** Draws of one account that wait for their turn. */
const drawsWaitingMax = 4;
/** Where this machine's own, and tests', come from. */
const nowhere = "";

type Handlers = {
  readonly [N in CallName]: (from: Caller, args: CallArgs<N>, answer: Done<CallResult<N>>) => void;
};

export class Desk {
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly posting: Posting;
  readonly sessions: Sessions;
  /** A stopped server answers nothing more. */
  stopped = false;
  /** Every connection of which a socket is open. */
  readonly open = new Set<Caller>();
  readonly refusals = new Refusals();
  readonly foundings: Foundings;
  /** Of frames in pieces. */
  readonly pieceRoom: Incoming;
  /** Accounts that are being deleted: nothing is written for them any more. */
  private readonly leaving = new Set<AccountRef>();
  /** Whose call is being begun: what is left of it after the commit concerns them alone. */
  private caller: Caller | undefined;
  /** Lists are judged one after another, in turn by place (DS191). */
  private readonly appending: OneByOne;
  /** Accounts for which all that is kept is being counted. */
  private readonly counting = new Set<AccountRef>();
  private readonly ports: DeskPorts;
  private readonly handlers: Handlers;
  /** Sixteen tokens are a dozen milliseconds of work. */
  private readonly draws: OneByOne;
  private readonly postsByPrefix: RateLimit;
  private readonly callsByPrefix: RateLimit;
  private readonly looksByPrefix: RateLimit;
  private readonly triesByAccount: RateLimit;
  private readonly restoresByPrefix: RateLimit;
  private readonly restoresByAccount: RateLimit;
  private readonly familyByAccount: RateLimit;

  constructor(ports: DeskPorts) {
    this.ports = ports;
    this.faults = ports.faults;
    this.config = ports.accounts.config;
    this.clock = ports.accounts.clock;
    this.posting = ports.posting;
    this.sessions = ports.sessions;
    this.draws = new OneByOne(ports.pause, drawsWaitingMax);
    this.postsByPrefix = new RateLimit(this.config.postsPerMinute.prefix, minuteMs);
    this.foundings = new Foundings(this.config);
    // A pause is for whoever waits: what is refused at once takes no step.
    this.appending = new OneByOne(async () => {
      if (this.appending.size > 0) await ports.pause();
    }, waitingMax);
    this.pieceRoom = new Incoming(this.config.pieceBytesMax);
    this.callsByPrefix = new RateLimit(this.config.callsPerMinute.prefix, minuteMs);
    this.looksByPrefix = new RateLimit(this.config.handleLooksPerHour.prefix, hourMs);
    this.triesByAccount = new RateLimit(this.config.handleTriesPerDay.account, dayMs);
    this.restoresByPrefix = new RateLimit(this.config.restoresPerHour.prefix, hourMs);
    this.restoresByAccount = new RateLimit(this.config.restoresPerDay.account, dayMs);
    // By itself: whoever asks without end keeps nobody from restoring by the card.
    this.familyByAccount = new RateLimit(this.config.restoresPerDay.account, dayMs);
    this.handlers = this.handling();
  }

  /** Answers false when it failed by a fault of ours; then, too, it is answered. */
  call<N extends CallName>(from: Caller, name: N, args: CallArgs<N>, answer: Done<CallResult<N>>): boolean {
    const isLeaving = from.session !== undefined && this.leaving.has(from.session.account);
    if (isLeaving) {
      answer(refuse("unknown-account"));
      return true;
    }
    if (!this.ports.room.mayCall(name)) {
      answer(refuse("storage-full"));
      return true;
    }
    this.caller = from;
    try {
      (this.handlers[name] as Handlers[N])(from, args, answer);
      return true;
    } catch (error) {
      return this.failed(`the call ${name}`, error, answer);
    } finally {
      this.caller = undefined;
    }
  }

  /** Answers whether it was no fault, but a disk or a database that cannot just now. */
  private failed(place: string, error: unknown, answer: Done<never>): boolean {
    const isPassing = error instanceof LogFullError || error instanceof LogAwayError;
    this.faults.caught(place, error);
    answer(refuse(error instanceof LogFullError ? "storage-full" : "unavailable"));
    return isPassing;
  }

  /** What is to be done once it is on disk: a fault in it closes the socket that it is for. */
  private inCommit<T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void): void {
    const from = this.caller;
    const finish = (outcome: Outcome<T>) => {
      if (!this.faults.guarded("an answer", () => answer(outcome))) from?.end("faulty");
    };
    const { commits } = this.ports.accounts;
    const place = from?.prefix ?? nowhere;
    // Who is that far ahead of their own answers waits; nobody else does.
    if (place !== nowhere && commits.waitingFrom(place) >= waitingMax) answer(tooOften(waitingWaitMs));
    else commits.inTurn(place, run, finish, ahead);
  }

  /** An account's rules may throw only by a fault of ours; it must not stay unanswered. */
  private awaiting<T>(outcome: Promise<Outcome<T>>, answer: Done<T>): void {
    const from = this.caller;
    outcome
      .then(answer, (error) => void this.failed("a call", error, answer))
      .catch((error) => {
        this.faults.caught("an answer", error);
        from?.end("faulty");
      });
  }

  /** Upload tokens are drawn here, so that one may be asked for where nobody is known. */
  get takesTokens(): boolean {
    return this.ports.blobs !== undefined;
  }

  postRefusal(prefix: string | undefined, amount = 1): Refusal | undefined {
    return this.tooOftenBy(this.postsByPrefix, prefix, amount);
  }

  callRefusal(prefix: string | undefined): Refusal | undefined {
    return this.tooOftenBy(this.callsByPrefix, prefix);
  }

  /** Counts once more by `key`; who is nowhere is not counted. */
  private tooOftenBy(limit: RateLimit, key: string | undefined, amount = 1): Refusal | undefined {
    const nowMs = this.clock.nowMs();
    return key === undefined || limit.take(key, nowMs, amount) ? undefined : tooOften(limit.waitMs(nowMs));
  }

  closed(connection: Caller): void {
    this.open.delete(connection);
    if (connection.session !== undefined) this.sessions.detach(connection.session);
    if (connection.hasMailbox) this.ports.mailboxes.closed(connection.sink);
  }

  /** By the word of its own devices or of whoever runs the server: nothing is written for it from now on. Answers its devices. */
  removeAccount(account: AccountRef, answer: Done<readonly DeviceRef[]>): void {
    const { accounts } = this.ports;
    const { vault } = this.ports;
    this.leaving.add(account);
    const left = (outcome: Outcome<readonly DeviceRef[]>) => {
      this.leaving.delete(account);
      answer(outcome);
      if (outcome.ok) accounts.events.accountDeleted(outcome.value);
    };
    const isThere = () => accounts.log.byRef(account) !== undefined;
    // Its vault may be large, and goes before, in steps.
    accounts.commits.soon<Record<never, never>>(
      () => (isThere() ? switchVault({ vaults: vault.log }, account, false) : refuse("unknown-account")),
      (outcome) => {
        if (!outcome.ok) return left(outcome);
        vault.emptying.vault(account, () =>
          accounts.commits.soon(() => (isThere() ? deleteAccount(accounts, account) : refuse("unknown-account")), left),
        );
      },
    );
  }

  private handling(): Handlers {
    const { accounts, random, incarnation, mailboxes, blobs, isShared, hasCalls, peers } = this.ports;
    const inCommit = <T>(run: () => Outcome<T>, answer: Done<T>, ahead?: (ahead: Ahead) => void) =>
      this.inCommit(run, answer, ahead);
    const awaiting = <T>(outcome: Promise<Outcome<T>>, answer: Done<T>) => this.awaiting(outcome, answer);
    return {
      hello: (from, { versions }, answer) => {
        const version = commonVersion(versions);
        if (!version.ok) return answer(version);
        const nonce = from.nonce ?? random(idBytes.nonce);
        from.isGreeted = true;
        if (from.session === undefined) from.nonce = nonce;
        const timeMs = this.clock.nowMs();
        const { domain } = this.config;
        answer(
          accept({ version: version.value, domain, incarnation, nonce, timeMs, ...(hasCalls && { calls: true }) }),
        );
      },
      register: (from, args, answer) => awaiting(this.ports.registrar.register(args, from.prefix), answer),
      deleteAccount: (from, _args, answer) =>
        this.removeAccount(signed(from).account, (outcome) => answer(outcome.ok ? done : outcome)),
      signIn: (from, args, answer) => this.signIn(from, args, answer),
      appendEntries: (from, args, answer) => {
        const connection = { incarnation, nonce: from.nonce };
        // Who was signed out while it waited is signed in no more.
        const asked = this.appending.run(from.prefix ?? nowhere, () =>
          appendEntries(accounts, connection, args, from.isOpen ? from.session?.account : undefined),
        );
        if (asked === undefined) answer(tooOften(waitingWaitMs));
        else awaiting(asked, answer);
      },
      rootEntries: (from, args, answer) => {
        if (!this.mayRestore(from)) return answer(refuse("rate-limited"));
        answer(rootEntries(accounts, { incarnation, nonce: from.nonce as Bytes }, args, this.mayAskByRoot()));
      },
      keepPasskey: (from, args, answer) => {
        if (!this.mayRestore(from)) return answer(refuse("rate-limited"));
        const connection = { incarnation, nonce: from.nonce as Bytes };
        inCommit(() => keepPasskey(accounts, connection, args, this.mayAskByRoot()), answer);
      },
      findPasskey: (from, args, answer) =>
        answer(this.mayRestore(from) ? findPasskey(accounts, args) : refuse("rate-limited")),
      passkeyState: (from, _args, answer) => answer(accept({ isKept: accounts.log.hasPasskey(signed(from).account) })),
      keepFamily: (from, args, answer) => {
        if (!this.mayRestore(from)) return answer(refuse("rate-limited"));
        const connection = { incarnation, nonce: from.nonce as Bytes };
        inCommit(
          () => keepFamily(accounts, connection, args, this.mayAskByRoot()),
          (outcome) => {
            if (!outcome.ok) return answer(outcome);
            answer(done);
            accounts.events.familyChanged(outcome.value, false);
          },
        );
      },
      askFamily: (from, args, answer) => {
        if (!this.mayRestore(from)) return answer(refuse("rate-limited"));
        let tell: () => void = () => undefined;
        inCommit(
          () =>
            askFamily(accounts, args, this.mayAskFamily(), (account, what) => {
              tell = () => accounts.events.familyChanged(account, what === "asked");
            }),
          (outcome) => {
            answer(outcome);
            if (outcome.ok) tell();
          },
        );
      },
      familyState: (from, _args, answer) => answer(familyState(accounts, signed(from).account)),
      stopFamily: (from, args, answer) => {
        const { account } = signed(from);
        inCommit(
          () => stopFamily(accounts, account, args),
          (outcome) => {
            answer(outcome);
            if (outcome.ok) accounts.events.familyChanged(account, false);
          },
        );
      },
      ownEntries: (from, args, answer) => answer(ownEntries(accounts, signed(from), args)),
      everythingCounts: (from, _args, answer) => {
        const { account } = signed(from);
        if (this.counting.has(account)) return answer(tooOften(countingWaitMs));
        this.counting.add(account);
        awaiting(
          everythingCounts(accounts.log, account, this.ports.pause).finally(() => this.counting.delete(account)),
          answer,
        );
      },
      everything: (from, args, answer) => answer(everything(accounts.log, signed(from).account, args)),
      addresses: (from, args, answer) =>
        inCommit(
          () => changeAddresses(accounts, signed(from), args),
          (outcome) => {
            if (!outcome.ok) return answer(outcome);
            if (outcome.value.added > 0) accounts.events.addressAdded();
            accounts.events.addressesRemoved(outcome.value.removed);
            answer(done);
          },
          ({ addresses }) => addresses.push(...args.add),
        ),
      keyPackages: (from, args, answer) => inCommit(() => changePackages(accounts, signed(from), args), answer),
      capabilities: (from, args, answer) => inCommit(() => changeCapabilities(accounts, signed(from), args), answer),
      claim: (from, args, answer) => inCommit(() => claim(accounts, args, from.session?.account), answer),
      ...pushHandlers(this.ports.push, (device) => this.posting.lists.deviceDropped(device), inCommit),
      ...vaultHandlers(this.ports.vault, (from) => signed(from).account, inCommit),
      uploadList: (_from, { addresses }, answer) => {
        if (addresses.length === 0) return answer(refuse("malformed"));
        answer(accept({ hash: this.posting.lists.upload(addresses) }));
      },
      listed: (from, { list }, answer) => {
        const { lists } = this.posting;
        const listed = () => accept({ addresses: lists.addressesOf(list, signed(from).device) });
        if (isShared) inCommit(listed, answer, ({ addresses }) => addresses.push(...lists.named(list)));
        else answer(listed());
      },
      rendezvous: (from, { address }, answer) => {
        if (!mailboxes.add(address, from.sink, from.prefix, this.clock.nowMs())) return answer(refuse("rate-limited"));
        from.hasMailbox = true;
        if (peers === undefined) return answer(done);
        inCommit(() => {
          peers.openRendezvous(address);
          return done;
        }, answer);
      },
      setHandle: (from, args, answer) => {
        const who = signed(from);
        const mayTry = once(() => this.triesByAccount.take(`${who.account}`, this.clock.nowMs()));
        inCommit(() => changeHandle(accounts, who, args, mayTry), answer);
      },
      findHandle: (from, args, answer) => {
        const { prefix } = from;
        const refusal = this.tooOftenBy(this.looksByPrefix, prefix);
        if (refusal !== undefined) answer(refusal);
        else awaiting(findHandle(accounts, blobs, args, prefix), answer);
      },
      blobTerms: (_from, _args, answer) => answer(blobs === undefined ? refuse("unavailable") : accept(blobs.terms())),
      pay: (from, { token }, answer) => {
        if (blobs === undefined) return answer(refuse("unavailable"));
        awaiting(blobs.spend([token], from.prefix), (outcome) => {
          if (outcome.ok && from.isOpen) {
            from.isPaid = true;
            from.sink.known?.();
          }
          answer(outcome);
        });
      },
      blobTokens: (from, args, answer) => {
        if (blobs === undefined) return answer(refuse("unavailable"));
        const { account } = signed(from);
        const refusal = blobs.drawRefusal(account, this.ports.tokensMaxOf(account), args);
        if (refusal !== undefined) return answer(refusal);
        const drawn = this.draws.run(`${account}`, async () => blobs.sign(args));
        if (drawn === undefined) answer(tooOften(waitingWaitMs));
        else awaiting(drawn, answer);
      },
    };
  }

  private mayRestore({ prefix }: Caller): boolean {
    return prefix === undefined || this.restoresByPrefix.take(prefix, this.clock.nowMs());
  }

  private mayAskByRoot(): (account: number) => boolean {
    const nowMs = this.clock.nowMs();
    return once((account) => this.restoresByAccount.take(`${account}`, nowMs));
  }

  private mayAskFamily(): (account: number) => boolean {
    const nowMs = this.clock.nowMs();
    return once((account) => this.familyByAccount.take(`${account}`, nowMs));
  }

  private signIn(from: Caller, args: CallArgs<"signIn">, answer: Done<CallResult<"signIn">>): void {
    const { accounts, incarnation, peers } = this.ports;
    const twice = from.session !== undefined || from.signingIn;
    const who = twice ? refuse("signed-in-connection") : checkSignIn(accounts, incarnation, from.nonce as Bytes, args);
    if (!who.ok) {
      answer(who);
      return;
    }
    from.signingIn = true;
    let takenIn = 0;
    this.inCommit(
      () => {
        takenIn = accounts.commits.begun;
        const taken = takePair(accounts, who.value, args, dayOf(this.clock.nowMs()));
        if (taken.ok) peers?.hold(taken.value.device);
        return taken;
      },
      (outcome) => {
        from.signingIn = false;
        // Answers have their turn: who dropped or suspended it in a later commit found nobody to sign out yet.
        const isLate = outcome.ok && accounts.commits.begun !== takenIn;
        const still = isLate ? stillThere(accounts.log, outcome.value) : outcome;
        if (outcome.ok && still.ok && from.isOpen) return this.begin(from, outcome.value, answer);
        if (outcome.ok) this.sessions.letGo(outcome.value.device);
        answer(still.ok ? outcome : still);
      },
      (ahead) => {
        ahead.moves = true;
        ahead.hears = true; // What was said of an older connection of this device comes before this one.
      },
    );
  }

  private begin(from: Caller, who: SignedIn, answer: Done<CallResult<"signIn">>): void {
    if (from.hasMailbox) this.ports.mailboxes.closed(from.sink);
    const session = new Session(who.account, who.device, from);
    from.session = session;
    from.nonce = undefined;
    from.sink.known?.();
    answer(accept({ entryCount: who.entryCount, keyPackagesLeft: who.keyPackagesLeft }));
    this.sessions.attach(session, who.expired);
  }
}

/** Whoever asks is signed in: the connection has looked at the call's `who`. */
function signed({ session }: Caller): Signed {
  if (session === undefined) throw new Error("invariant: the call is for signed-in connections");
  return session;
}

/** A transaction may be tried anew: what it counts counts once (docs/spec/delivery.md DS184). */
function once<A extends readonly unknown[]>(count: (...of: A) => boolean): (...of: A) => boolean {
  let answer: boolean | undefined;
  return (...of) => {
    answer ??= count(...of);
    return answer;
  };
}
