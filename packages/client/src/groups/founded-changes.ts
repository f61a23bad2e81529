/**
 * What a founding that takes over has changed (docs/spec/groups.md GR70–GR75). By a commit each of these would be a
 * line, and some of them none might do: so each device compares the group before with the new one, shows the lines, and
 * calls those who are not in it.
 */
import { type Group, type Joined, type Member, mayRecreate } from "@yanshu/mls";
import { forgetUnseated, isStrayed, isUnseated, noteUnseated, readAwaited } from "@yanshu/store";
import { type AccountId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { isNamedLeftOut } from "../group-state/left-out.ts";
import { insertLine, linesOf } from "../group-state/lines.ts";
import { isStranded } from "../group-state/places.ts";
import { accountsOf, isAmong, isSameDevice, isSeated, roleOf, saidLeave } from "../group-state/store-group.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { comeBackParts } from "./come-back-note.ts";
import { addedAtOnceMax } from "./create-group.ts";

/** Of all who adopt a founding about so many call those who are not in it. */
const callersMean = 8;

/** Lines about what differs in `next`. After `supersede`, inside a transaction. */
export function tellFounded(engine: Engine, before: Group, next: Group, founder: AccountId): void {
  const { conversation } = next.state;
  // Who comes back takes nothing: the others had it of a founding, or of one above that. @checks GR75
  if (isUnseated(engine.db, conversation, founder)) forgetUnseated(engine.db, conversation, founder);
  // Nobody but an owner may take an owner's role: they may go on above it. @checks GR75
  else if (roleOf(before, founder) !== "owner")
    for (const { account, role } of before.state.roles)
      if (role === "owner" && !isSeated(next, account) && !saidLeave(engine, conversation, account))
        noteUnseated(engine.db, conversation, account);
  const isKnownIn = (one: Member, { members }: Group) => members.some((other) => isSameDevice(other, one));
  const effect = {
    committer: { account: founder },
    added: next.members.filter((one) => !isKnownIn(one, before)),
    removed: before.members.filter((one) => !isKnownIn(one, next)),
    before: before.state,
    after: next.state,
  };
  const awaited = readAwaited(engine.db, conversation);
  const isQuiet = (account: AccountId) =>
    isNamedLeftOut(next.state, account) ||
    isStrayed(engine.db, conversation, account) ||
    awaited.some((one) => equalBytes(one, account)) ||
    (!isAmong(account, next.members) && saidLeave(engine, conversation, account));
  const lines = linesOf(
    kindOf(engine, next.state),
    effect,
    accountsOf(before.members),
    accountsOf(next.members),
    isQuiet,
  );
  for (const line of lines) insertLine(engine, conversation, founder, ofFounding(line));
}

/** Who is not in a new group may have been sent away, or come in with the next commit. */
function ofFounding(line: StoredLine): StoredLine {
  return line.kind === "removed" ? { ...line, kind: "founded-without" } : line;
}

/** The line that somebody else founded the group anew. Inside a transaction. */
export function tellRecreated(engine: Engine, { state }: Group, founder: AccountId): void {
  if (kindOf(engine, state).membersChange)
    insertLine(engine, state.conversation, founder, { kind: "recreated", by: toHex(founder) });
}

/**
 * Calls who was in the group before and is not in this one, as GR58 does: a founder with a changed client tells them
 * nothing, and what they say would reach nobody.
 */
export function callWhoIsMissing(engine: Engine, before: Group, next: Joined): void {
  const { conversation } = next.state;
  const own = ownOf(engine).account;
  if (!kindOf(engine, next.state).membersChange || equalBytes(next.inviter.account, own)) return;
  // Of more the others come in with the next commits; who owns it is among the first.
  const isWhole = accountsOf(next.members).length < addedAtOnceMax;
  const missing = accountsOf(before.members).filter(
    (account) =>
      !isAmong(account, next.members) &&
      !isStranded(engine, before, account) && // Their home is gone: they are waited for (HM85).
      !saidLeave(engine, conversation, account) &&
      !engine.lists.isFrozen(account) &&
      (isWhole || roleOf(before, account) === "owner"),
  );
  const leads = roleOf(before, own) !== undefined;
  const isCaller = leads || engine.ports.chance() * accountsOf(next.members).length < callersMean;
  if (missing.length === 0 || !isCaller) return;
  comeBackParts(engine, before, next.state, missing)
    .then((parts) => deposit(engine, parts))
    .catch(engine.failed);
}

/**
 * Whether the founding is that of an owner from whom foundings took the group (GR72, GR75): they did not leave, and
 * their devices do not contradict one another. @checks GR72, GR75
 */
export function isOwnersReturn(engine: Engine, { groupId, epoch, state, members }: Group, next: Joined): boolean {
  const { db, lists, mls, ports } = engine;
  const { account } = next.inviter;
  const isTheirs =
    isUnseated(db, state.conversation, account) &&
    !saidLeave(engine, state.conversation, account) &&
    !lists.isFrozen(account);
  if (!isTheirs) return false;
  const others = state.roles.filter((role) => !equalBytes(role.account, account));
  const roles = [...others, { account, role: "owner" as const }];
  const here = { groupId, epoch, state: { ...state, roles }, accounts: [...accountsOf(members), account] };
  return mayRecreate(here, account, next.state, ports.nowMs(), mls.kinds);
}

/** Whether somebody who owned nothing founds this account's group with it, and takes it from it. @checks GR75 */
export function takesOwnSeat(engine: Engine, held: Group, next: Joined): boolean {
  const own = ownOf(engine).account;
  const { account } = next.inviter;
  return roleOf(held, own) === "owner" && roleOf(held, account) !== "owner" && roleOf(next, own) !== "owner";
}
