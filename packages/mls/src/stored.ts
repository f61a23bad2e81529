/**
 * Stored groups (docs/spec/groups.md GR6): a base that messages do not change, and one row with each leaf's ratchets.
 *
 * A message changes one row, which the store overwrites; the base has none of the secrets that messages use up. So the
 * disk gives the same forward secrecy as memory, at a few hundred bytes a message.
 */
import { type Bytes, concat, equalBytes, MalformedError } from "@yanshu/wire";
import type { ClientState } from "ts-mls";
import { mapDecoders } from "ts-mls/codec/tlsDecoder.js";
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeVarLenData, varLenDataEncoder } from "ts-mls/codec/variableLength.js";
import { decodeGroupContext, groupContextEncoder } from "ts-mls/groupContext.js";
import { decodeKeySchedule, keyScheduleEncoder } from "ts-mls/keySchedule.js";
import { decodePrivateKeyPath, privateKeyPathEncoder } from "ts-mls/privateKeyPath.js";
import { type Context, leavesOf, makeGroup, stateOf } from "./group.ts";
import { decodePatch, patchOf } from "./ratchet.ts";
import { noSecrets } from "./secret-tree.ts";
import { decodeTree, treeEncoder } from "./tree-codec.ts";
import type { DeviceIdentity, Group, RatchetPatch, StoredGroup } from "./types.ts";

const baseVersion = Uint8Array.of(1);
const baseBytesMax = 8 << 20;

type Base = Pick<ClientState, "groupContext" | "keySchedule" | "ratchetTree" | "privatePath" | "confirmationTag">;

const encodeBase = encode(
  contramapBufferEncoders(
    [groupContextEncoder, keyScheduleEncoder, treeEncoder, privateKeyPathEncoder, varLenDataEncoder],
    (base: Base) =>
      [base.groupContext, base.keySchedule, base.ratchetTree, base.privatePath, base.confirmationTag] as const,
  ),
);

const decodeBase = mapDecoders(
  [decodeGroupContext, decodeKeySchedule, decodeTree, decodePrivateKeyPath, decodeVarLenData],
  (groupContext, keySchedule, ratchetTree, privatePath, confirmationTag): Base => ({
    groupContext,
    keySchedule,
    ratchetTree,
    privatePath,
    confirmationTag,
  }),
);

export function storeGroup(group: Group): StoredGroup {
  const state = stateOf(group);
  const patches: RatchetPatch[] = [];
  for (const { index } of leavesOf(state.ratchetTree)) {
    patches.push(patchOf(index, state.secretTree[2 * index] ?? noSecrets));
  }
  return { base: concat(baseVersion, encodeBase(state)), patches };
}

/** @throws MalformedError if the bytes are malformed, a leaf's row is missing, or the group is another device's */
export async function loadGroup(context: Context, stored: StoredGroup, own: DeviceIdentity): Promise<Group> {
  const base = readBase(stored.base);
  const ownNode = base.ratchetTree[2 * base.privatePath.leafIndex];
  if (ownNode?.nodeType !== "leaf" || !equalBytes(ownNode.leaf.signaturePublicKey, own.deviceKey.publicKey))
    throw new MalformedError("the stored group is another device's");
  const rows = new Map(stored.patches.map(({ leaf, bytes }) => [leaf, bytes]));
  const secretTree = base.ratchetTree.map(() => noSecrets);
  for (const { index } of leavesOf(base.ratchetTree)) {
    const bytes = rows.get(index);
    if (bytes === undefined) throw new MalformedError("the stored group lacks a leaf's ratchets");
    secretTree[2 * index] = decodePatch(bytes);
  }
  const group = await makeGroup(context, {
    ...base,
    secretTree,
    signaturePrivateKey: own.deviceKey.privateKey,
    unappliedProposals: {},
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig: context.config,
  });
  if (typeof group === "string") throw new MalformedError(`the stored group is ${group}`);
  return group;
}

function readBase(bytes: Bytes): Base {
  if (bytes.length > baseBytesMax || bytes[0] !== baseVersion[0]) throw new MalformedError("not a stored group");
  const copy = bytes.slice(1);
  let decoded: [Base, number] | undefined;
  try {
    decoded = decodeBase(copy, 0);
  } catch {
    throw new MalformedError("not a stored group"); // The library's decoders throw if a length exceeds the input.
  }
  if (decoded === undefined || decoded[1] !== copy.length) throw new MalformedError("not a stored group");
  return decoded[0];
}
