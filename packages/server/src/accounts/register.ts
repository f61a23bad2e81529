/**
 * Registering (docs/spec/delivery.md DS27, DS140): a code lets one account in once, the account certifies itself. The
 * code is an invitation's, the standing one, or any member's contact capability while members may invite.
 *
 * What a code lets in is counted by the code, and wrong ones by the place they come from: so two hundred people behind
 * one address come in together, and who guesses there shuts out nobody. A code is looked at before any signature is.
 */
import { accountIdOf, type Bytes, type CallArgs, type CallResult, capabilityHashOf, equalBytes } from "@yanshu/wire";
import { done, type Outcome, type Refusal, refuse } from "../core/outcome.ts";
import { dayMs, hourMs, RateLimit } from "../core/rate.ts";
import type { Arriving, Coming } from "../feature.ts";
import type { AccountRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { beginsWith, firstList, lengthen, writeAccount } from "./device-lists.ts";

/**
 * A code that lets somebody in; `ref` of an invitation that counts itself, `account` of the member whose link it is.
 */
type Open =
  | { readonly kind: "invitation"; readonly ref: number; readonly isForAll: boolean }
  | { readonly kind: "standing" }
  | { readonly kind: "member"; readonly account: AccountRef };

export class Registrar {
  /** Since the start. */
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

  /** For the operator: how many came by which kind of code. Who invited whom is kept nowhere. */
  counts() {
    const { invitation, standing, member } = this.came;
    return { cameInvited: invitation, cameByStanding: standing, cameByMembers: member };
  }

  /** @param prefix where the caller is; absent: guesses are not counted. */
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
    // An account is here already: no code lets it in again.
    if (repeat?.ok === false && arriving !== undefined)
      return lengthen(context, accountIdOf(context.primitives.sha256, inception), entries, arriving);
    if (repeat !== undefined) return repeat;
    const { registrationToken } = context.config;
    // Outside of the transaction: where several servers share a log it stands there, and another may have changed it.
    const standing = typeof registrationToken === "function" ? registrationToken() : registrationToken;
    const shown = this.judge(token, standing);
    // @checks DS27
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
      // Of two that come with one code at one moment the second is looked at after the first.
      const twice = this.repeated(inception, entries);
      if (twice !== undefined) return twice;
      const open = this.judge(token, standing);
      // @checks DS140
      if (!open.ok) return open;
      // A transaction may be tried anew: one person counts once. @checks DS140
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

  /** A repeat after a lost answer: nothing is written, so it needs no code. */
  private repeated(inception: Bytes, entries: readonly Bytes[]): Outcome<Record<never, never>> | undefined {
    const { log, primitives } = this.context;
    const found = log.find(accountIdOf(primitives.sha256, inception));
    if (found === undefined) return undefined;
    const stored = log.entries(found.ref, 0);
    const isSame = entries.length > 0 && beginsWith(stored, entries);
    // @checks DS27
    return isSame ? done : refuse("list-conflict");
  }

  /** Compares hashes, so that the time it takes tells nothing about the code. @checks DS140 */
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
   * The right code is taken all the same: to guess one of 128 bits, a limit is not what keeps anybody from it.
   * @checks DS140
   */
  private refused(refusal: Refusal, prefix: string | undefined): Refusal {
    if (refusal.code !== "bad-token") return refusal; // Who has a code that is over did not guess it.
    const mayGuess = prefix === undefined || this.guessesByPrefix.take(prefix, this.context.clock.nowMs());
    return mayGuess ? refusal : refuse("rate-limited");
  }
}
