/**
 * Creates a group with one leaf, at epoch 0, and encrypts application messages.
 */
import { type Bytes, MalformedError, type UnixMs } from "@yanshu/wire";
import { createGroup } from "ts-mls/clientState.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { protectApplicationData } from "ts-mls/messageProtection.js";
import { rosterFits } from "./conversation.ts";
import { type Context, groupExtensions, makeGroup, stateOf, withSecretTree } from "./group.ts";
import { encodeGroupState, roleOf } from "./group-state.ts";
import { makeKeyPackage } from "./key-package.ts";
import { patchOf } from "./ratchet.ts";
import { noSecrets } from "./secret-tree.ts";
import type { DeviceIdentity, Group, GroupState, LeafDelivery, RatchetPatch } from "./types.ts";

const groupIdBytes = 32;
const founderLifetimeMs: UnixMs = 90 * 86_400_000;

/** @throws MalformedError if the state is invalid, its id is not for this account, or a led group gives it no role */
export async function create(
  context: Context,
  identity: DeviceIdentity,
  delivery: LeafDelivery,
  state: GroupState,
): Promise<Group> {
  const { account } = identity.credential;
  if (!rosterFits(context.crypto.sha256, state, [account], context.kinds))
    throw new MalformedError("not this account's conversation");
  if (context.kinds.of(state.kind)?.isLed === true && roleOf(state, account) === undefined)
    throw new MalformedError("founder without a role");
  const extensions = groupExtensions(encodeGroupState(state, context.kinds));
  const { made, keys } = await makeKeyPackage(context, identity, delivery, context.nowMs() + founderLifetimeMs);
  const groupId = context.crypto.random(groupIdBytes);
  const group = await makeGroup(
    context,
    await createGroup(groupId, made, keys, extensions, context.suite, context.config),
  );
  if (typeof group === "string") throw new MalformedError(`the new group is ${group}`);
  return group;
}

/** Encrypts `data` and advances the own ratchet. For forward secrecy, store the patch before sending (GR6.3). */
export async function protectMessage(
  context: Context,
  group: Group,
  data: Bytes,
): Promise<{ readonly group: Group; readonly patch: RatchetPatch; readonly message: Bytes }> {
  const state = stateOf(group);
  const { newSecretTree, privateMessage } = await protectApplicationData(
    state.signaturePrivateKey,
    state.keySchedule.senderDataSecret,
    data,
    new Uint8Array(),
    state.groupContext,
    state.secretTree,
    group.ownLeaf,
    state.clientConfig.paddingConfig,
    context.suite,
  );
  return {
    group: withSecretTree(group, newSecretTree),
    patch: patchOf(group.ownLeaf, newSecretTree[2 * group.ownLeaf] ?? noSecrets),
    message: encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage }),
  };
}
