/**
 * Removal of accounts (docs/spec/delivery.md DS56), by their own devices or the operator. From the start of it, nothing
 * is written for the account. What is too much for one commit is deleted first, in steps (DS131); then the rest in one.
 */
import type { Emptying } from "../core/emptying.ts";
import { type Done, done, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { deleteAccount } from "./delete.ts";

export class AccountRemoval {
  private readonly leaving = new Set<AccountRef>();
  private readonly accounts: AccountsContext;
  private readonly emptying: Pick<Emptying, "letGo" | "account">;

  constructor(accounts: AccountsContext, emptying: Pick<Emptying, "letGo" | "account">) {
    this.accounts = accounts;
    this.emptying = emptying;
  }

  isLeaving(account: AccountRef): boolean {
    return this.leaving.has(account);
  }

  /**
   * Deletes the account. The outcome has the devices that it had.
   *
   * @param begin runs in the first commit of the deletion; if it refuses, nothing is deleted.
   */
  remove(
    account: AccountRef,
    answer: Done<readonly DeviceRef[]>,
    begin: () => Outcome<Record<never, never>> = () => done,
  ): void {
    const { accounts, emptying } = this;
    this.leaving.add(account);
    const left = (outcome: Outcome<readonly DeviceRef[]>) => {
      this.leaving.delete(account);
      answer(outcome);
      if (outcome.ok) accounts.events.accountDeleted(outcome.value);
    };
    const isThere = () => accounts.log.byRef(account) !== undefined;
    accounts.commits.soon<Record<never, never>>(
      () => {
        // not a check: without it the last step refuses the same.
        if (!isThere()) return refuse("unknown-account");
        const begun = begin();
        // @checks DS56
        if (!begun.ok) return begun;
        emptying.letGo(account);
        return done;
      },
      (outcome) => {
        if (!outcome.ok) return left(outcome);
        emptying.account(account, () =>
          accounts.commits.soon(() => (isThere() ? deleteAccount(accounts, account) : refuse("unknown-account")), left),
        );
      },
    );
  }
}
