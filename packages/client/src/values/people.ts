/**
 * What somebody says of themselves: their name and face, and whether their card may be passed on (docs/spec/identity.md
 * ID9, ID24).
 */
import { type Database, learnPassing, learnPerson } from "@yanshu/store";
import { type AccountId, type Bytes, type Capability, equalBytes, type UnixMs } from "@yanshu/wire";

/** What shows people. */
export const peopleTopics = ["people", "contacts", "chats", "requests", "status"] as const;

export type OwnWord = { readonly name: string; readonly avatar?: Bytes; readonly pat?: string };

/** Returns whether it is news. @param by whose own word it is. */
export function learnOwnWord(db: Database, by: AccountId, { name, avatar, pat }: OwnWord, stampMs: UnixMs): boolean {
  return learnPerson(db, { account: by, name, avatar, ownWord: true, stampMs, ...(pat === undefined ? {} : { pat }) });
}

/** Whether their card may be passed on, which is believed where nobody else hears it. Returns whether it is. */
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
