/** Parts of what own devices tell each other of Moments, and keep of them (docs/spec/moments.md MO3, MO15). */
import { blob, bool, fixed, type Infer, list, oneOf, struct, text, uint } from "@yanshu/wire";
import { account } from "../../fields/ids.ts";
import { momentKinds } from "./body.ts";
import { momentLimits } from "./limits.ts";

const id = fixed(momentLimits.nameBytes);

/** For whom a post is. `only` and `except`: everybody who has one of the tags, or is named. */
export const audience = struct(
  {
    who: oneOf("all", "only", "except", "me"),
    tags: list(text(momentLimits.tagMax), momentLimits.tagsMax),
    people: list(account, momentLimits.peopleMax),
  },
  /** Whom it calls: it says so in the cell of each of them alone. */
  { mentions: list(account, momentLimits.mentionsMax) },
);
export type MomentAudience = Infer<typeof audience>;

/** Fields of a post as its reader holds it, without its body. `name`: of the hole that its body begins in. */
export const heldPost = {
  author: account,
  secret: fixed(momentLimits.keyBytes),
  name: id,
  kind: oneOf(...momentKinds),
  atMs: uint(),
  isCalled: bool,
};

/** A like or comment, as it stands on a device. */
export const word = struct({
  id,
  post: id,
  author: account,
  kind: oneOf("like", "comment"),
  about: blob(momentLimits.idBytes),
  reply: blob(momentLimits.replyBytes),
  text: text(momentLimits.wordTextMax),
  atMs: uint(),
  log: blob(momentLimits.keyBytes),
  header: blob(momentLimits.nameBytes),
  name: blob(momentLimits.nameBytes),
});

/** A word of which a device has read the header alone. `day`: of its post, by its last eight bits. */
export const waiting = struct({
  name: id,
  author: account,
  log: fixed(momentLimits.keyBytes),
  header: id,
  hint: fixed(momentLimits.hintBytes),
  day: uint(255),
  gotMs: uint(),
});

/** A word on a post that `author` took back or hid before it came. */
export const takenBack = struct({ post: id, about: id, author: account, gotMs: uint() });

/** What did not come: a place of a friend's way (`log` is empty), or a name in a log. */
export const gap = struct({
  account,
  log: blob(momentLimits.keyBytes),
  place: uint(momentLimits.placeMax),
  name: blob(momentLimits.nameBytes),
  sinceMs: uint(),
});
