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
