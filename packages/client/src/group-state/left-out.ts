/**
 * Who was left out of a founding and sent away by nobody (docs/spec/groups.md GR57): the state of the group names them,
 * so that every member knows it from the founding on, and any who may add lets them in again.
 */
import type { Group, GroupState } from "@yanshu/mls";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { StoredLine } from "../values/stored-lines.ts";

type More = NonNullable<GroupState["more"]>;
type State = Pick<GroupState, "more">;

/** The types of the additions to the state; sixteen names fit into one (WI20). */
const additionTypes = [1, 2, 3, 4];
/** An account is named by so many of its first bytes. */
const nameBytes = 16;
const namesInOne = 16;
/** Of more the first are named. */
export const namedMax = namesInOne * additionTypes.length;

function nameOf(account: AccountId): Bytes {
  return account.subarray(0, nameBytes);
}

function namesIn({ more = [] }: State): readonly Bytes[] {
  return more.flatMap(({ type, data }) =>
    additionTypes.includes(type)
      ? Array.from({ length: Math.floor(data.length / nameBytes) }, (_, n) =>
          data.subarray(n * nameBytes, (n + 1) * nameBytes),
        )
      : [],
  );
}

/** Whether the state says that the account was left out; it is a member again if it has a leaf. */
export function isNamedLeftOut(state: State, account: AccountId): boolean {
  return namesIn(state).some((name) => equalBytes(name, nameOf(account)));
}

/** Whether the second state names somebody whom the first does not. */
export function namesMore(before: State, after: State): boolean {
  const names = namesIn(before);
  return namesIn(after).some((name) => !names.some((one) => equalBytes(one, name)));
}

/** The accounts of the group before that the new one names, and that are not in it. */
export function leftOutOf(before: Pick<Group, "members">, next: Group): readonly AccountId[] {
  const accounts = new Map(before.members.map(({ account }) => [account.join(), account]));
  return [...accounts.values()].filter(
    (account) => isNamedLeftOut(next.state, account) && !next.members.some((one) => equalBytes(one.account, account)),
  );
}

/** Says who is not in the new group though nobody sent them away. */
export function leftOutLines(by: AccountId, people: readonly AccountId[]): readonly StoredLine[] {
  const named = [...new Set(people.map(toHex))];
  return named.length === 0 ? [] : [{ kind: "left-out", by: toHex(by), people: named }];
}

/**
 * The additions to a state with those accounts named besides, and before those that it names already. @param max how
 * many names there is room for.
 */
export function nameLeftOut(state: State, accounts: readonly AccountId[], max = namedMax): More {
  const names = accounts.map(nameOf);
  const older = namesIn(state).filter((name) => !names.some((one) => equalBytes(one, name)));
  return withNames(state, [...names, ...older].slice(0, Math.min(max, namedMax)));
}

/** The additions to a state with that account named no more: it was sent away, or is in again. */
export function strikeLeftOut(state: State, account: AccountId): More {
  return withNames(
    state,
    namesIn(state).filter((name) => !equalBytes(name, nameOf(account))),
  );
}

function withNames({ more = [] }: State, names: readonly Bytes[]): More {
  const others = more.filter(({ type }) => !additionTypes.includes(type));
  const added = additionTypes.flatMap((type, n) => {
    const part = names.slice(n * namesInOne, (n + 1) * namesInOne);
    return part.length === 0 ? [] : [{ type, data: new Uint8Array(part.flatMap((name) => [...name])) }];
  });
  return [...added, ...others].toSorted((a, b) => a.type - b.type);
}
