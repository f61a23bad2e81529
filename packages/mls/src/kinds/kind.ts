/**
 * Kind of conversation: the rules that all members enforce (docs/spec/groups.md GR1, GR2, GR5). A kind is one file of
 * this folder and one line in `index.ts`. Its client behavior is in @yanshu/client (`kinds/`).
 *
 * These functions decide on membership. They must return the same on every device of one version, and false for
 * anything unknown.
 */
import { type AccountId, type ConversationId, invariant, type Primitives } from "@yanshu/wire";

type Sha256 = Primitives["sha256"];

/** At least one account, none twice. */
export type Accounts = readonly [AccountId, ...(readonly AccountId[])];

/** The facts on which a kind decides whether a commit may add an account that has no leaf yet. */
export type Admission = {
  /** Whether the committer is the owner or an admin. */
  readonly leads: boolean;
  readonly adminsOnlyAdd: boolean;
  readonly approval: boolean;
  readonly isDissolved: boolean;
  /** The number of accounts (not devices) before the commit and added by it. */
  readonly accounts: () => number;
};

export type ConversationRules<N extends string = string> = {
  /** The `kind` in group state; at most 32 characters. */
  readonly name: N;
  /** The first byte of its conversations' ids, so that a group cannot pose as another kind (GR1.3a). */
  readonly idByte: number;
  /** Makes a new id. Absent where the id is a hash of the accounts. */
  readonly newId?: (random: (bytes: number) => Uint8Array) => ConversationId;
  /**
   * True: the conversation has owners and admins, and only they change settings. False: it has no roles, and any member
   * may change its state.
   */
  readonly isLed: boolean;
  /** Whether people may ask to join: only then may its state have a link, approval, and history for newcomers. */
  readonly isJoined: boolean;
  /** Whether these accounts may be the members of the conversation with this id. */
  readonly fits: (sha256: Sha256, conversation: ConversationId, accounts: Accounts) => boolean;
  /** Whether a member may add an account that has no leaf yet. */
  readonly admits: (asked: Admission) => boolean;
};

/** Types an object as the rules of a kind, and keeps the name as a literal type. */
export function conversationRules<const N extends string>(rules: ConversationRules<N>): ConversationRules<N> {
  return rules;
}

export type KindTable = {
  readonly all: readonly ConversationRules[];
  /** Undefined for a kind that this version does not know. */
  readonly of: (kind: string) => ConversationRules | undefined;
};

/** The kinds that one version knows. A kind that two versions know has the same rules in both. */
export function kindTable(all: readonly ConversationRules[]): KindTable {
  const byName = new Map(all.map((rules) => [rules.name, rules]));
  invariant(byName.size === all.length, "each kind has a name of its own");
  invariant(new Set(all.map(({ idByte }) => idByte)).size === all.length, "each kind has a first byte of its own");
  return { all, of: (kind) => byName.get(kind) };
}

/** Returns a copy of the id with its first byte set to the kind's. */
export function idOfKind(idByte: number, id: Uint8Array): ConversationId {
  const marked = Uint8Array.from(id);
  marked[0] = idByte;
  return marked;
}
