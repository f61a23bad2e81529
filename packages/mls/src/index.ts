/**
 * @yanshu/mls: groups of RFC 9420 over ts-mls, the envelopes around their messages, and the authorisation function.
 * docs/spec/groups.md numbers the rules. The package uses no network and no disk; clock and randomness are injected.
 */
import type { UnixMs } from "@yanshu/wire";
import { create, protectMessage } from "./create.ts";
import { createContext } from "./group.ts";
import { join } from "./join.ts";
import { checkKeyPackage, decodeKeyPackage, makeKeyPackage } from "./key-package.ts";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import { prepare } from "./prepare.ts";
import { readAhead, receive, receiveAhead } from "./receive.ts";
import { loadGroup, storeGroup } from "./stored.ts";
import type { Crypto, Mls } from "./types.ts";

export { allowed, outranks, type RosterChange, type RosterLeaf } from "./allowed.ts";
export { rosterFits } from "./conversation.ts";
export {
  type EnvelopeKeys,
  openGroupEnvelope,
  openSealed,
  type SealContext,
  sealGroupEnvelope,
  sealTo,
} from "./envelope.ts";
export { decodeGroupState, encodeGroupState, groupStateLimits, policyVersion, roleOf } from "./group-state.ts";
export { direct as directRules, directConversationId } from "./kinds/direct.ts";
export { group as groupRules, randomConversationId } from "./kinds/group.ts";
export * from "./kinds/index.ts";
export { conversationRules, idOfKind } from "./kinds/kind.ts";
export { own as ownRules, ownConversationId } from "./kinds/own.ts";
export { pad, paddedLength, unpad } from "./padding.ts";
export {
  comesAfter,
  foundingLeapMax,
  foundingMax,
  foundingToldMax,
  type HeldConversation,
  mayRecreate,
} from "./recreate.ts";
export type * from "./types.ts";

/** @param kinds the kinds of conversation that it knows; tests give those of another version */
export function createMls(
  crypto: Crypto,
  { nowMs, kinds = knownKinds }: { readonly nowMs: () => UnixMs; readonly kinds?: KindTable },
): Mls {
  const context = createContext(crypto, nowMs, kinds);
  return {
    crypto,
    kinds,
    keyPackage: async (identity, delivery, expiresAtMs) => {
      const { made: _made, keys: _keys, ...own } = await makeKeyPackage(context, identity, delivery, expiresAtMs);
      return own;
    },
    readKeyPackage: async (bytes) => {
      const made = decodeKeyPackage(bytes);
      return made && checkKeyPackage(context, made);
    },
    create: (identity, delivery, state) => create(context, identity, delivery, state),
    prepare: (group, change, judge) => prepare(context, group, change, judge),
    join: (welcome, own, judge) => join(context, welcome, own, judge),
    receive: (group, message, judge) => receive(context, group, message, judge),
    receiveAhead: (group, message, judge, isOneOfMany) =>
      receiveAhead(context, group, message, judge, isOneOfMany === true),
    readAhead: (group, message) => readAhead(context, group, message),
    protect: (group, data) => protectMessage(context, group, data),
    store: storeGroup,
    load: (stored, own) => loadGroup(context, stored, own),
  };
}
