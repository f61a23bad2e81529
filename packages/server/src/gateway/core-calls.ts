/** Calls of accounts and delivery; each feature has its own (docs/spec/wire.md WI5). */
import { type Bytes, type CallArgs, type CallResult, homeKeyBytes, idBytes, limits } from "@yanshu/wire";
import { claim } from "../accounts/claim.ts";
import type { AccountsContext } from "../accounts/context.ts";
import { appendEntries, ownEntries } from "../accounts/device-lists.ts";
import { changeAddresses, changeCapabilities, changePackages } from "../accounts/holdings.ts";
import type { Registrar } from "../accounts/register.ts";
import type { AccountRemoval } from "../accounts/removal.ts";
import { rootEntries } from "../accounts/root-entries.ts";
import type { RootLimits } from "../accounts/root-limits.ts";
import { checkSignIn, type SignedIn, stillThere, takePair } from "../accounts/sign-in.ts";
import { whereabouts } from "../accounts/whereabouts.ts";
import { OneByOne } from "../core/fair.ts";
import { accept, type Done, done, refuse, tooOften } from "../core/outcome.ts";
import type { Pause, Random } from "../core/ports.ts";
import { dayOf, minuteMs, RateLimit } from "../core/rate.ts";
import type { Mailboxes } from "../delivery/mailboxes.ts";
import type { Posting } from "../delivery/posting.ts";
import { Session } from "../delivery/session.ts";
import type { Arrival, Sessions } from "../delivery/sessions.ts";
import { type CallRules, type HomeKey, signed } from "../feature.ts";
import type { PeerLog } from "../log/log.ts";
import { type Answers, nowhere, waitingMax, waitingWaitMs } from "./answers.ts";
import type { Caller } from "./caller.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { commonVersion } from "./version.ts";

export type CorePorts = {
  /** Whether other servers write into the same log. */
  readonly isShared: boolean;
  /** The fields that features add to the answer of `hello`. */
  readonly hello: Partial<CallResult<"hello">>;
  /** Absent: it shows no key. */
  readonly homeKey: HomeKey | undefined;
  readonly peers: PeerLog | undefined;
  readonly incarnation: Bytes;
  readonly random: Random;
  readonly accounts: AccountsContext;
  readonly registrar: Registrar;
  readonly removal: AccountRemoval;
  readonly rootLimits: RootLimits;
  readonly posting: Posting;
  readonly sessions: Sessions;
  readonly mailboxes: Mailboxes;
  readonly pause: Pause;
  readonly answers: Answers;
};

/** Bytes of device lists that wait and are longer than a message. Short ones find room: one puts a device out. */
const longListBytesMax = { prefix: 2 * 1024 * 1024, all: 32 * 1024 * 1024 } as const;

/** Home shows a client that asks that it has the key of its name (docs/spec/homes.md HM73). */
function shownBy(
  homeKey: HomeKey | undefined,
  said: { readonly domain: string; readonly incarnation: Bytes; readonly nonce: Bytes },
  asked: Bytes | undefined,
): Pick<CallResult<"hello">, "home"> {
  if (homeKey === undefined || asked === undefined) return {};
  const { publicKey: key, sign, before } = homeKey;
  const proof = sign(homeKeyBytes({ ...said, asked }));
  return { home: { key, proof, ...(before && { before: before(said.domain) }) } };
}

export function coreCalls(ports: CorePorts): CallRules {
  const { accounts, random, incarnation, isShared, hello, registrar, removal, rootLimits, posting } = ports;
  const { inCommit, awaiting } = ports.answers;
  const { clock, config } = accounts;
  const signIns = new RateLimit(config.signInsPerMinute.device, minuteMs);
  // Device lists are verified one by one, in turn by prefix (DS191). It pauses only while other calls wait.
  const appending: OneByOne = new OneByOne(async () => {
    if (appending.size > 0) await ports.pause();
  }, waitingMax);
  const longLists = new ConnectionLimits(longListBytesMax);
  return {
    hello: {
      grows: false,
      handle: (from, { versions, asked }, answer) => {
        const version = commonVersion(versions);
        if (!version.ok) return answer(version);
        const nonce = from.nonce ?? random(idBytes.nonce);
        from.isGreeted = true;
        if (from.session === undefined) from.nonce = nonce;
        const timeMs = clock.nowMs();
        const { domain } = config;
        const home = shownBy(ports.homeKey, { domain, incarnation, nonce }, asked);
        answer(accept({ version: version.value, domain, incarnation, nonce, timeMs, ...hello, ...home }));
      },
    },
    register: {
      grows: true,
      handle: (from, args, answer) => awaiting(registrar.register(args, from.prefix), answer),
    },
    deleteAccount: {
      grows: false,
      handle: (from, _args, answer) => {
        const { account } = signed(from);
        const row = accounts.log.byRef(account);
        // An account that is also at another home may not be deleted at once. @checks HM18
        if (row !== undefined && whereabouts(accounts, row).isElsewhereToo) return answer(refuse("moved"));
        removal.remove(account, (outcome) => answer(outcome.ok ? done : outcome));
      },
    },
    signIn: { grows: false, handle: (from, args, answer) => signIn(ports, signIns, from, args, answer) },
    appendEntries: {
      grows: false, // Revoking a device is an entry, and must work on a full disk.
      handle: (from, args, answer) => {
        const connection = { incarnation, nonce: from.nonce };
        const { prefix } = from;
        const bytes = args.entries.reduce((sum, entry) => sum + entry.length, 0);
        const isLong = bytes > limits.messageBytesMax;
        // @checks DS191
        if (isLong && !longLists.enter(prefix, bytes)) return answer(tooOften(waitingWaitMs));
        // A device that was signed out while its call waited no longer counts as signed in.
        const asked = appending.run(prefix ?? nowhere, () =>
          appendEntries(accounts, connection, args, from.isOpen ? from.session?.account : undefined),
        );
        const outcome = asked ?? Promise.resolve(tooOften(waitingWaitMs));
        awaiting(isLong ? outcome.finally(() => longLists.leave(prefix, bytes)) : outcome, answer);
      },
    },
    rootEntries: {
      grows: false,
      limit: rootLimits.placeRefusal,
      handle: (from, args, answer) =>
        answer(rootEntries(accounts, { incarnation, nonce: from.nonce as Bytes }, args, rootLimits.mayAsk())),
    },
    ownEntries: {
      grows: false,
      handle: (from, args, answer) => answer(ownEntries(accounts, signed(from), args)),
    },
    addresses: {
      grows: false,
      handle: (from, args, answer) =>
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
    },
    keyPackages: {
      grows: true,
      handle: (from, args, answer) => inCommit(() => changePackages(accounts, signed(from), args), answer),
    },
    capabilities: {
      grows: true,
      handle: (from, args, answer) => inCommit(() => changeCapabilities(accounts, signed(from), args), answer),
    },
    claim: {
      grows: false,
      handle: (from, args, answer) => inCommit(() => claim(accounts, args, from.session?.account), answer),
    },
    uploadList: {
      grows: false,
      handle: (_from, { addresses }, answer) => {
        if (addresses.length === 0) return answer(refuse("malformed"));
        answer(accept({ hash: posting.lists.upload(addresses) }));
      },
    },
    listed: {
      grows: false,
      handle: (from, { list }, answer) => {
        const { lists } = posting;
        const listed = () => accept({ addresses: lists.addressesOf(list, signed(from).device) });
        if (isShared) inCommit(listed, answer, ({ addresses }) => addresses.push(...lists.named(list)));
        else answer(listed());
      },
    },
  };
}

/**
 * @param signIns counts sign-ins per device, after the device has proved its key. So nobody else uses them up, not
 * even a stolen device of the same account (DS202).
 */
function signIn(
  ports: CorePorts,
  signIns: RateLimit,
  from: Caller,
  args: CallArgs<"signIn">,
  answer: Done<CallResult<"signIn">>,
): void {
  const { accounts, incarnation, peers, sessions, answers } = ports;
  const twice = from.session !== undefined || from.signingIn;
  const who = twice ? refuse("signed-in-connection") : checkSignIn(accounts, incarnation, from.nonce as Bytes, args);
  if (!who.ok) {
    answer(who);
    return;
  }
  const nowMs = accounts.clock.nowMs();
  if (!signIns.take(`${who.value.device}`, nowMs)) {
    answer(tooOften(signIns.waitMs(nowMs)));
    return;
  }
  from.signingIn = true;
  const { device } = who.value;
  const arrival: Arrival = { takenIn: 0, isSuperseded: false };
  answers.inCommit(
    () => {
      const taken = takePair(accounts, who.value, args, dayOf(accounts.clock.nowMs()));
      sessions.arrives(device, arrival);
      if (taken.ok) peers?.hold(device);
      return taken;
    },
    (outcome) => {
      from.signingIn = false;
      sessions.arrived(device, arrival);
      // The answer may come after a later commit that removed or suspended the device. That commit found no session to
      // end, so the device is looked up again.
      const isLate = outcome.ok && accounts.commits.begun !== arrival.takenIn;
      const still = isLate ? stillThere(accounts.log, outcome.value) : outcome;
      if (arrival.isSuperseded) from.end("superseded");
      if (outcome.ok && still.ok && from.isOpen) return begin(ports, from, outcome.value, answer);
      if (outcome.ok) sessions.letGo(outcome.value.device);
      answer(still.ok ? outcome : still);
    },
    (ahead) => {
      ahead.moves = true;
      ahead.hears = true; // Other servers' news of an older connection of this device is read before.
    },
  );
}

function begin(
  { mailboxes, sessions }: CorePorts,
  from: Caller,
  who: SignedIn,
  answer: Done<CallResult<"signIn">>,
): void {
  if (from.hasMailbox) mailboxes.closed(from.sink);
  const session = new Session(who.account, who.device, from);
  from.session = session;
  from.nonce = undefined;
  from.sink.known?.();
  answer(accept({ entryCount: who.entryCount, keyPackagesLeft: who.keyPackagesLeft }));
  sessions.attach(session, who.expired);
}
