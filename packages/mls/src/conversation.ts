/**
 * Conversation ids (docs/spec/groups.md GR1). An id outlives the MLS groups that carry its conversation. The kind
 * (`kinds/`) decides how the id is made, and whether accounts are derived into it.
 */
import { type AccountId, type Bytes, compareBytes, equalBytes, type Primitives } from "@yanshu/wire";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import type { GroupState } from "./types.ts";

/**
 * Whether these accounts may be the members of this conversation: the id of a 1:1 or of own devices is a hash of them.
 * @checks GR1
 */
export function rosterFits(
  sha256: Primitives["sha256"],
  state: Pick<GroupState, "kind" | "conversation">,
  accounts: readonly AccountId[],
  kinds: KindTable = knownKinds,
): boolean {
  const [one, ...others] = distinctAccounts(accounts);
  if (one === undefined) return false;
  return kinds.of(state.kind)?.fits(sha256, state.conversation, [one, ...others]) ?? false;
}

export function distinctAccounts(accounts: readonly AccountId[]): readonly Bytes[] {
  const distinct: Bytes[] = [];
  for (const account of [...accounts].sort(compareBytes)) {
    const last = distinct.at(-1);
    if (last === undefined || !equalBytes(last, account)) distinct.push(account);
  }
  return distinct;
}
