/**
 * Kind of conversation: what a device does with it, said once for each kind. A kind is one file of this folder, and one
 * line in `index.ts`; each place asks for what it protects by name, and for no kind (docs/spec/rooms.md RO16). What
 * members hold one another to stands in its `rules`, in @yanshu/mls. What is called a chat on screens is a conversation
 * here.
 */
import { type ConversationRules, type KindTable, kindTable } from "@yanshu/mls";

export type ConversationDef<N extends string = string> = {
  readonly rules: ConversationRules<N>;

  /** One other account, whose name and face it bears (`conversations.peer`). Nobody else is ever in it. */
  readonly hasPeer: boolean;
  /**
   * Others than the own account are in it: own devices are told of it, a profile is shown to it, it wakes, and may be a
   * request.
   */
  readonly hasOthers: boolean;
  /**
   * Accounts come and go while it lasts. Only there is a removal carried out or told, a note believed that one is
   * outside, somebody who could not be reached left out, a newcomer told everybody's names, and a member chosen to come
   * back to.
   */
  readonly membersChange: boolean;

  /**
   * One device makes it once; who lost it is let in again. Else each who may found it may find that another did.
   */
  readonly isFoundedOnce: boolean;
  /**
   * Either side founds it anew once both agree again: who leaves or declines it lets go of its group (GR17, GR18.8).
   */
  readonly isFoundedAnew: boolean;

  /** What own devices tell one another is believed there, and nowhere else (SY11). */
  readonly believesOwnDevices: boolean;
  /**
   * What is for one person alone is said there, and believed from there alone: the right to pass on a card, pieces of
   * family help (ID24, ID37).
   */
  readonly believesPersonalWords: boolean;

  /**
   * By what an invitation opens without asking the person (GR18.4): always, as among own devices; by what the peer is
   * to this account, whose answer makes them a contact; or by a contact among its members.
   */
  readonly opens: "always" | "by-peer" | "by-members";
  /** What is kept of it while it waits for the person (SY18a). */
  readonly requestKept: { readonly items: number; readonly bytes: number };

  /** The recovery record and the backup name it among groups: to come back to, or to be read (ID30, VA23). */
  readonly isRecorded: boolean;

  /** In the list of chats. */
  readonly isListed: "always" | "once-said";
  /** Each line there says who wrote it. */
  readonly namesAuthors: boolean;
  readonly hasNicknames: boolean;
  readonly hasAnnouncements: boolean;
  /** One calls the other; and many call each other. */
  readonly hasCalls: boolean;
  readonly hasGroupCalls: boolean;
};

/** Says that a file is a kind, and keeps its name as a type. */
export function conversationKind<const N extends string>(def: ConversationDef<N>): ConversationDef<N> {
  return def;
}

export type ConversationKinds = {
  readonly rules: KindTable;
  readonly knows: (kind: string) => boolean;
  /** Of a kind that this version does not know: one for which nothing is believed, decided or written. */
  readonly of: (kind: string) => ConversationDef;
  /** Names of the kinds that are so. */
  readonly named: (isSo: (def: ConversationDef) => boolean) => readonly string[];
  /** The same as a list of SQL: `('group')`. */
  readonly sql: (isSo: (def: ConversationDef) => boolean) => string;
};

/**
 * What is asked of a kind that a later version wrote into the store: nobody may do anything there but read that it is
 * newer.
 */
const unknown: ConversationDef = {
  rules: { name: "", idByte: -1, isLed: true, isJoined: false, fits: () => false, admits: () => false },
  hasPeer: false,
  hasOthers: true,
  membersChange: false,
  isFoundedOnce: true,
  isFoundedAnew: false,
  believesOwnDevices: false,
  believesPersonalWords: false,
  opens: "by-members",
  requestKept: { items: 0, bytes: 0 },
  isRecorded: false,
  isListed: "always",
  namesAuthors: true,
  hasNicknames: false,
  hasAnnouncements: false,
  hasCalls: false,
  hasGroupCalls: false,
};

export function conversationKinds(all: readonly ConversationDef[]): ConversationKinds {
  const byName = new Map(all.map((def) => [def.rules.name, def]));
  const named = (isSo: (def: ConversationDef) => boolean) => all.filter(isSo).map(({ rules }) => rules.name);
  return {
    rules: kindTable(all.map(({ rules }) => rules)),
    knows: (kind) => byName.has(kind),
    of: (kind) => byName.get(kind) ?? unknown,
    named,
    sql: (isSo) =>
      `(${named(isSo)
        .map((name) => `'${name}'`)
        .join(", ")})`,
  };
}

/** SQL that names kinds, made once for each list of them. */
export function sqlOf(make: (kinds: ConversationKinds) => string): (kinds: ConversationKinds) => string {
  const made = new WeakMap<ConversationKinds, string>();
  return (kinds) => {
    const held = made.get(kinds);
    if (held !== undefined) return held;
    const sql = make(kinds);
    made.set(kinds, sql);
    return sql;
  };
}
