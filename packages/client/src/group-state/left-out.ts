/**
 * Who was left out of a founding and sent away by nobody (docs/spec/groups.md GR57): the state of the group names them,
 * so that every member knows it from the founding on, and any who may add lets them in again.
 */
import type { Group, GroupState } from "@yanshu/mls";
import { type AccountId, type Bytes, compareBytes, concat, equalBytes } from "@yanshu/wire";

type More = NonNullable<GroupState["more"]>;

/** The type of the addition to the state. */
const additionType = 1;
/** An account is named by so many of its first bytes. */
const nameBytes = 16;
/** So many fit into one addition (WI20). A founding that lacks more accounts waits. */
export const leftOutMax = 16;

function namesIn({ more }: Pick<GroupState, "more">): readonly Bytes[] {
  const data = more?.find(({ type }) => type === additionType)?.data;
  if (data === undefined || data.length % nameBytes !== 0) return [];
  return Array.from({ length: data.length / nameBytes }, (_, n) => data.subarray(n * nameBytes, (n + 1) * nameBytes));
}

/** Whether the state says that the account was left out; it is a member again if it has a leaf. */
export function isNamedLeftOut(state: Pick<GroupState, "more">, account: AccountId): boolean {
  return namesIn(state).some((name) => equalBytes(name, account.subarray(0, nameBytes)));
}

/** The accounts of the group before that the new one names, and that the one before did not name. */
export function leftOutOf(before: Group, next: Group): readonly AccountId[] {
  const accounts = new Map(before.members.map(({ account }) => [account.join(), account]));
  return [...accounts.values()].filter(
    (account) => isNamedLeftOut(next.state, account) && !next.members.some((one) => equalBytes(one.account, account)),
  );
}

/** The additions to a state with those accounts named besides. */
export function nameLeftOut(state: Pick<GroupState, "more"> | undefined, accounts: readonly AccountId[]): More {
  const names = [...(state === undefined ? [] : namesIn(state))];
  for (const account of accounts)
    if (!names.some((name) => equalBytes(name, account.subarray(0, nameBytes))))
      names.push(account.subarray(0, nameBytes));
  return withNames(state, names);
}

/** The additions to a state with that account named no more: it was sent away, or is in again. */
export function strikeLeftOut(state: Pick<GroupState, "more">, account: AccountId): More {
  return withNames(
    state,
    namesIn(state).filter((name) => !equalBytes(name, account.subarray(0, nameBytes))),
  );
}

function withNames(state: Pick<GroupState, "more"> | undefined, names: readonly Bytes[]): More {
  const others = (state?.more ?? []).filter(({ type }) => type !== additionType);
  if (names.length === 0) return others;
  const data = concat(...names.toSorted(compareBytes));
  return [...others, { type: additionType, data }].toSorted((a, b) => a.type - b.type);
}
