/** This person towards others: their profile, and the ways that lead to them (../feature.ts). */
import type { BodyOf } from "@yanshu/content";
import type { Database } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import type { OwnWord } from "../values/people.ts";
import type { DirectChats } from "./direct-chats.ts";

/**
 * A way by which others come to this person: a right that follows from the secret of their contact link under a label
 * of its own, so that resetting the link ends all of them and who holds one has not the others (docs/spec/identity.md
 * ID10).
 */
export type Reach = {
  readonly label: string;
  /** Whether this person wants to be asked by it. */
  readonly isOpen: (db: Database) => boolean;
};

export type PersonContext = {
  /** What this person says of themselves. */
  readonly ownProfile: () => OwnWord;
  /** Told to all whom this person writes with. @param also what belongs to the same transaction. */
  readonly setOwnProfile: (profile: OwnWord, also?: () => void) => void;
  /**
   * As it is told to one person alone whom one need not know: with the right to pass on one's card, without the words
   * of a pat.
   */
  readonly profileForOne: () => Omit<BodyOf<"accept">, "kind">;
  readonly directs: DirectChats;
  /** The right by which a way leads to this person; undefined while there is none and the server cannot be reached. */
  readonly rightBy: (label: Reach["label"]) => Promise<Bytes | undefined>;
  /** The server learns who may turn to this person, and by what: now, or after the next sign-in. */
  readonly tellReach: () => Promise<void>;
};
