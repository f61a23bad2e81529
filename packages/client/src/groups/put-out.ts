/**
 * Put out: what a device of this account commits that its list names no more (docs/spec/groups.md GR49). Until its leaf
 * is taken out it has the keys and the role of its account, and home can hold that removal back.
 */
import type { Member } from "@yanshu/mls";
import { equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

/** Whether it is a device of this account that the own list does not name. @checks GR49 */
export function isUnnamedOwn(engine: Engine, member: Member): boolean {
  return equalBytes(member.account, ownOf(engine).account) && !engine.lists.names(member);
}
