/**
 * Kind of conversation: what members hold one another to, said once for each kind (docs/spec/groups.md GR1, GR2, GR5).
 * A kind is one file of this folder and one line in `index.ts`. What a device does with it is said in @yanshu/client
 * (`kinds/`).
 *
 * Every function here decides who may be where: it answers alike on every device of the same version, and of what it
 * does not know it answers no.
 */
import { type AccountId, type ConversationId, invariant, type Primitives } from "@yanshu/wire";

type Sha256 = Primitives["sha256"];

/** At least one, and all different. */
export type Accounts = readonly [AccountId, ...(readonly AccountId[])];

/** What is known where a commit would add an account that has no leaf yet. */
export type Admission = {
  /** Whether the committer is the owner or an admin. */
  readonly leads: boolean;
  readonly adminsOnlyAdd: boolean;
  readonly approval: boolean;
  readonly isDissolved: boolean;
  /** Counts the accounts of the commit, however many devices each has: those before it, and those that it adds. */
  readonly accounts: () => number;
};

export type ConversationRules<N extends string = string> = {
  /** As it stands in group state; at most 32 characters. */
  readonly name: N;
  /** The first byte of its conversations' ids, so that no group can pose as a conversation of another kind. */
  readonly idByte: number;
  /** An id of its own, where one device makes it; absent where the id follows from who is in it. */
  readonly newId?: (random: (bytes: number) => Uint8Array) => ConversationId;
  /**
   * It has an owner and admins, who alone set and dissolve. Else nobody has a role, and each member may name and set as
   * they like.
   */
  readonly isLed: boolean;
  /** One may ask to come in: a link, approval, and history for newcomers stand in its state. */
  readonly isJoined: boolean;
  /** Whether the id may stand for these accounts. */
  readonly fits: (sha256: Sha256, conversation: ConversationId, accounts: Accounts) => boolean;
  /** Whether a member may add an account that has no leaf yet. */
  readonly admits: (asked: Admission) => boolean;
};

/** Says that a file is the rules of a kind, and keeps its name as a type. */
export function conversationRules<const N extends string>(rules: ConversationRules<N>): ConversationRules<N> {
  return rules;
}

export type KindTable = {
  readonly all: readonly ConversationRules[];
  /** Undefined for a kind that this version does not know. */
  readonly of: (kind: string) => ConversationRules | undefined;
};

/** Kinds that two versions have in common are the same in both: a table is what one version knows. */
export function kindTable(all: readonly ConversationRules[]): KindTable {
  const byName = new Map(all.map((rules) => [rules.name, rules]));
  invariant(byName.size === all.length, "each kind has a name of its own");
  invariant(new Set(all.map(({ idByte }) => idByte)).size === all.length, "each kind has a first byte of its own");
  return { all, of: (kind) => byName.get(kind) };
}

/** The id under its kind's first byte. */
export function idOfKind(idByte: number, id: Uint8Array): ConversationId {
  const marked = Uint8Array.from(id);
  marked[0] = idByte;
  return marked;
}
