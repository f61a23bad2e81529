/**
 * Registering (docs/spec/delivery.md DS27, DS140): a token lets an account in, and the account certifies itself. The
 * token is that of an invitation, the standing invitation, or, while members may invite, any member's contact
 * capability.
 *
 * Registrations are counted per token, and wrong tokens per prefix. So two hundred people behind one address can
 * register together, and a guesser among them shuts out nobody. The token is checked before any signature.
 */
import { accountIdOf, type Bytes, type CallArgs, type CallResult, capabilityHashOf, equalBytes } from "@yanshu/wire";
import { done, type Outcome, type Refusal, refuse } from "../core/outcome.ts";
import { dayMs, hourMs, RateLimit } from "../core/rate.ts";
import type { Arriving, Coming } from "../feature.ts";
import type { AccountRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { beginsWith, firstList, lengthen, writeAccount } from "./device-lists.ts";

/**
 * A valid token. `ref`: the invitation, which counts its own registrations. `account`: the member whose link it is.
 */
type Open =
  | { readonly kind: "invitation"; readonly ref: number; readonly isForAll: boolean }
  | { readonly kind: "standing" }
  | { readonly kind: "member"; readonly account: AccountRef };

export class Registrar {
  /** Registrations since the start, by kind of token. */
  private readonly came = { invitation: 0, standing: 0, member: 0 };
  private readonly context: AccountsContext;
  private readonly guessesByPrefix: RateLimit;
  private readonly byStanding: RateLimit;
  private readonly byMember: RateLimit;
  private readonly byMembers: RateLimit;

  constructor(context: AccountsContext) {
    this.context = context;
    const { guessesPerHour, registrationsPerHour, registrationsPerDay } = context.config;
    this.guessesByPrefix = new RateLimit(guessesPerHour.prefix, hourMs);
    this.byStanding = new RateLimit(registrationsPerHour.standing, hourMs);
    this.byMember = new RateLimit(registrationsPerDay.member, dayMs);
    this.byMembers = new RateLimit(registrationsPerDay.members, dayMs);
  }

  /** Registrations by kind of token, for the operator. It is not stored who invited whom. */
  counts() {
    const { invitation, standing, member } = this.came;
    return { cameInvited: invitation, cameByStanding: standing, cameByMembers: member };
  }

  /** @param prefix the caller's network; undefined: wrong tokens are not counted. */
  register(
    { token, inception, entry }: CallArgs<"register">,
    prefix: string | undefined,
  ): Promise<Outcome<CallResult<"register">>> {
    return this.enter({ token, history: { inception, entries: [entry] } }, prefix);
  }

  /** The account comes from another home, with a list of its own (docs/spec/homes.md HM10). */
  arrive(coming: Coming & Arriving, prefix: string | undefined): Promise<Outcome<Record<never, never>>> {
    return this.enter(coming, prefix, coming);
  }

  private async enter(
    { token, history: { inception, entries } }: Coming,
    prefix: string | undefined,
    arriving?: Arriving,
  ): Promise<Outcome<Record<never, never>>> {
    const { context } = this;
    const repeat = this.repeated(inception, entries);
    // The account is here already, so it needs no token: its longer list is taken.
    if (repeat?.ok === false && arriving !== undefined)
      return lengthen(context, accountIdOf(context.primitives.sha256, inception), entries, arriving);
    if (repeat !== undefined) return repeat;
    const { registrationToken } = context.config;
    // Outside of the transaction: servers that share a log keep it there, and another may have changed it.
    const standing = typeof registrationToken === "function" ? registrationToken() : registrationToken;
    const shown = this.judge(token, standing);
    // @checks DS27 DS62
    if (!shown.ok) return this.refused(shown, prefix);
    const first = await firstList(context, inception, entries);
    // @checks DS27
    if (!first.ok) return first;
    const list = first.value;
    const judged = arriving === undefined ? done : await arriving.judge(list);
    // @checks HM10
    if (!judged.ok) return judged;
    let entered: Open | undefined;
    const outcome = await context.commits.committed(() => {
      // Checked again inside the transaction: another registration with this token may have come first.
      const twice = this.repeated(inception, entries);
      if (twice !== undefined) return twice;
      const open = this.judge(token, standing);
      // @checks DS140
      if (!open.ok) return open;
      // The transaction may run again: the registration counts once. @checks DS140
      if (entered === undefined && !this.mayEnter(open.value)) return refuse("rate-limited");
      entered = open.value;
      const ref = writeAccount(context, list.account, list);
      arriving?.written(ref);
      if (open.value.kind === "invitation") context.invitations.countInvited(open.value.ref);
      return done;
    });
    // Assigned inside the transaction.
    const by = entered as Open | undefined;
    if (by === undefined) return outcome;
    if (outcome.ok) this.came[by.kind]++;
    else for (const [limit, key] of this.limitsOf(by)) limit.giveBack(key);
    return outcome;
  }

  /** The outcome if the account exists: accepted if it is a repeat after a lost answer, which needs no token. */
  private repeated(inception: Bytes, entries: readonly Bytes[]): Outcome<Record<never, never>> | undefined {
    const { log, primitives } = this.context;
    const found = log.find(accountIdOf(primitives.sha256, inception));
    if (found === undefined) return undefined;
    const stored = log.entries(found.ref, 0);
    const isSame = entries.length > 0 && beginsWith(stored, entries);
    // @checks DS27
    return isSame ? done : refuse("list-conflict");
  }

  /** Compares hashes, so that the time it takes reveals nothing about the token. @checks DS140 */
  private judge(token: Bytes, standing: Bytes | undefined): Outcome<Open> {
    const { log, invitations, primitives, config, clock } = this.context;
    const hash = capabilityHashOf(primitives.sha256, token);
    if (standing !== undefined && equalBytes(hash, capabilityHashOf(primitives.sha256, standing)))
      return { ok: true, value: { kind: "standing" } };
    const invitation = invitations.invitation(hash);
    if (invitation !== undefined) {
      if (invitation.isEnded || clock.nowMs() >= (invitation.endsMs ?? Number.POSITIVE_INFINITY))
        return refuse("invite-expired");
      if (invitation.taken >= (invitation.people ?? Number.POSITIVE_INFINITY)) return refuse("invite-used-up");
      return {
        ok: true,
        value: { kind: "invitation", ref: invitation.ref, isForAll: invitation.people === undefined },
      };
    }
    const member = config.membersMayInvite ? log.capabilityAccount(hash) : undefined;
    if (member === undefined || log.byRef(member)?.isSuspended === true) return refuse("bad-token");
    // @checks HM11
    if (this.context.homes.of(member)?.arrivingDay !== undefined) return refuse("bad-token");
    return { ok: true, value: { kind: "member", account: member } };
  }

  /** @checks DS140, DS183 */
  private mayEnter(open: Open): boolean {
    const nowMs = this.context.clock.nowMs();
    const limits = this.limitsOf(open);
    if (!limits.every(([limit, key]) => limit.has(key, nowMs))) return false;
    for (const [limit, key] of limits) limit.take(key, nowMs);
    return true;
  }

  /** A member's links count together, however many there are (DS183). */
  private limitsOf(open: Open): readonly (readonly [RateLimit, string])[] {
    switch (open.kind) {
      case "standing":
        return [[this.byStanding, "standing"]];
      case "member":
        return [
          [this.byMember, `${open.account}`],
          [this.byMembers, ""],
        ];
      case "invitation":
        return open.isForAll ? [[this.byStanding, `${open.ref}`]] : [];
    }
  }

  /**
   * Counts wrong tokens per prefix. A valid token is accepted even over that limit: its 128 bits prevent guessing, not
   * the limit.
   * @checks DS140 DS62
   */
  private refused(refusal: Refusal, prefix: string | undefined): Refusal {
    if (refusal.code !== "bad-token") return refusal; // A token that has ended was not guessed.
    const mayGuess = prefix === undefined || this.guessesByPrefix.take(prefix, this.context.clock.nowMs());
    return mayGuess ? refusal : refuse("rate-limited");
  }
}
