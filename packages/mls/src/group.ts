/**
 * Group: one immutable state of one MLS group.
 *
 * A WeakMap that only this package reads holds the ts-mls state of each `Group`, so no type of ts-mls leaves the
 * package. Every new state passes through `makeGroup`, which drops the secrets that are not needed any more: keys of
 * blank nodes, ratchets of blank leaves, all former epochs (docs/spec/groups.md GR6).
 */
import { type Bytes, invariant, type UnixMs } from "@yanshu/wire";
import type { ClientConfig, ClientState } from "ts-mls";
import { mlsExporter } from "ts-mls/keySchedule.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { readGroupState } from "./group-state.ts";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import { authenticationService, factsOf, stateExtension } from "./leaf.ts";
import { noSecrets } from "./secret-tree.ts";
import { type Suite, suiteOf } from "./suite.ts";
import type { Crypto, EpochKeys, Group, GroupState, Member, Refusal } from "./types.ts";

/** What every operation of this package is given. */
export type Context = {
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly config: ClientConfig;
  readonly nowMs: () => UnixMs;
  /** The kinds of conversation that this version knows. */
  readonly kinds: KindTable;
};

/** How many skipped generations are kept, and how many generations a message may be ahead (GR6.4). */
export const ratchetLimits = { skippedMax: 1_024, forwardMax: 20_000 } as const;

export function createContext(crypto: Crypto, nowMs: () => UnixMs, kinds: KindTable = knownKinds): Context {
  const config: ClientConfig = {
    authService: authenticationService(crypto.sha256),
    keyRetentionConfig: {
      retainKeysForGenerations: ratchetLimits.skippedMax,
      maximumForwardRatchetSteps: ratchetLimits.forwardMax,
      retainKeysForEpochs: 1, // `makeGroup` empties it; the library takes 0 for "all".
    },
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    keyPackageEqualityConfig: {
      compareKeyPackages: (one, other) => same(one.leafNode, other.leafNode),
      compareKeyPackageToLeafNode: (one, leaf) => same(one.leafNode, leaf),
    },
    paddingConfig: { kind: "alwaysPad", paddingLength: 0 }, // The envelope pads.
  };
  return { crypto, suite: suiteOf(crypto), config, nowMs, kinds };
}

function same(one: LeafNode, other: LeafNode): boolean {
  return one.signaturePublicKey.every((byte, i) => byte === other.signaturePublicKey[i]);
}

const states = new WeakMap<Group, ClientState>();

export function stateOf(group: Group): ClientState {
  const state = states.get(group);
  invariant(state !== undefined, "a Group comes from this package");
  return state;
}

/** Makes the `Group` of a ts-mls state, or returns why the state breaks this protocol's rules. */
export async function makeGroup(context: Context, made: ClientState): Promise<Group | Refusal> {
  const members = membersOf(context, made.ratchetTree);
  if (members === undefined) return "leaf-mismatch";
  const state = stateIn(made.groupContext.extensions, context.kinds);
  if (typeof state === "string") return state;
  const rules = context.kinds.of(state.kind);
  invariant(rules !== undefined, "a state that was read is of a known kind");
  const group: Group = {
    groupId: made.groupContext.groupId,
    epoch: Number(made.groupContext.epoch),
    ownLeaf: made.privatePath.leafIndex,
    state,
    rules,
    members,
    keys: await epochKeys(context, made),
  };
  states.set(group, lean(context, made));
  return group;
}

/** Returns the group of the same epoch after a message advanced one ratchet. */
export function withSecretTree(group: Group, secretTree: ClientState["secretTree"]): Group {
  // Without `inviter`, which only the result of `join` has.
  const { groupId, epoch, ownLeaf, state, rules, members, keys } = group;
  const next: Group = { groupId, epoch, ownLeaf, state, rules, members, keys };
  states.set(next, { ...stateOf(group), secretTree });
  return next;
}

/** Reads the group state. The two extensions of GR2.1 must be there in order, and no others. @checks GR2 */
export function stateIn(
  extensions: ClientState["groupContext"]["extensions"],
  kinds: KindTable = knownKinds,
): GroupState | "malformed" | "policy-version" {
  const [required, state, ...others] = extensions;
  if (required?.extensionType !== "required_capabilities" || state?.extensionType !== stateExtension)
    return "malformed";
  if (others.length > 0 || !bytesEqual(required.extensionData, requiredCapabilities)) return "malformed";
  return readGroupState(state.extensionData, kinds);
}

export function groupExtensions(state: Bytes): ClientState["groupContext"]["extensions"] {
  return [
    { extensionType: "required_capabilities", extensionData: requiredCapabilities },
    { extensionType: stateExtension, extensionData: state },
  ];
}

// extension types 0xF0A1 and 0xF0A2, no proposal types, credential type basic (RFC 9420 §11.1)
const requiredCapabilities = Uint8Array.of(4, 0xf0, 0xa1, 0xf0, 0xa2, 0, 2, 0, 1);

function bytesEqual(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Members in leaf order. Returns undefined if a leaf does not follow GR9. */
export function membersOf(context: Context, tree: RatchetTree): readonly Member[] | undefined {
  const members: Member[] = [];
  for (const { index, leaf } of leavesOf(tree)) {
    const facts = factsOf(context.crypto.sha256, leaf);
    if (facts === undefined) return undefined;
    members.push({ ...facts, leaf: index });
  }
  return members;
}

export function* leavesOf(tree: RatchetTree): Generator<{ readonly index: number; readonly leaf: LeafNode }> {
  for (let node = 0; node < tree.length; node += 2) {
    const found = tree[node];
    if (found?.nodeType === "leaf") yield { index: node / 2, leaf: found.leaf };
  }
}

const exporterLabels = {
  tag: "yanshu envelope tag v1",
  envelopeKey: "yanshu envelope key v1",
  postToken: "yanshu post token v1",
  postSeed: "yanshu post key v1",
} as const;

async function epochKeys({ crypto, suite }: Context, state: ClientState): Promise<EpochKeys> {
  const exported = (label: string, length: number) =>
    mlsExporter(state.keySchedule.exporterSecret, label, new Uint8Array(), length, suite);
  return {
    tag: await exported(exporterLabels.tag, 16),
    envelopeKey: await exported(exporterLabels.envelopeKey, 32),
    postToken: await exported(exporterLabels.postToken, 16),
    postKey: await crypto.signatureKeyPair(await exported(exporterLabels.postSeed, 32)),
    authenticator: state.keySchedule.epochAuthenticator,
  };
}

function lean(context: Context, state: ClientState): ClientState {
  const { ratchetTree, privatePath } = state;
  const kept = Object.entries(privatePath.privateKeys).filter(([node]) => ratchetTree[Number(node)] !== undefined);
  return {
    ...state,
    privatePath: { ...privatePath, privateKeys: Object.fromEntries(kept) },
    secretTree: state.secretTree.map((secrets, node) =>
      node % 2 === 0 && ratchetTree[node] !== undefined ? secrets : noSecrets,
    ),
    historicalReceiverData: new Map(),
    unappliedProposals: {},
    clientConfig: context.config,
  };
}
