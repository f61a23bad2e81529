/**
 * What somebody says of themselves: their name and face, and whether their card may be passed on (docs/spec/identity.md
 * ID9, ID24).
 */
import { type Database, learnPassing, learnPerson } from "@yanshu/store";
import { type AccountId, type Bytes, type Capability, equalBytes, type UnixMs } from "@yanshu/wire";

/** The topics of the views that show people. */
export const peopleTopics = ["people", "contacts", "chats", "requests", "status"] as const;

/** A person's name, face and pat text (what follows their name when they are patted), as they set them themselves. */
export type OwnWord = { readonly name: string; readonly avatar?: Bytes; readonly pat?: string };

/**
 * Stores what a person says of themselves. Returns whether it changed anything.
 *
 * @param by the person.
 */
export function learnOwnWord(db: Database, by: AccountId, { name, avatar, pat }: OwnWord, stampMs: UnixMs): boolean {
  return learnPerson(db, { account: by, name, avatar, ownWord: true, stampMs, ...(pat === undefined ? {} : { pat }) });
}

/**
 * Stores whether a person's card may be passed on: `passing` is the capability for it, undefined is a no. It counts
 * only if the person says it to this account alone (`isForOne`), not in a group. Returns whether it counts.
 */
export function learnRight(
  db: Database,
  own: AccountId,
  said: {
    readonly by: AccountId;
    readonly isForOne: boolean;
    readonly passing: Capability | undefined;
    readonly stampMs: UnixMs;
  },
): boolean {
  // @checks ID24
  if (!said.isForOne || equalBytes(said.by, own)) return false;
  learnPassing(db, said.by, said.passing, said.stampMs);
  return true;
}
