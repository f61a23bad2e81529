/**
 * Bodies of groups: what members are called there, who was not let in, and the card that invites
 * (docs/spec/groups.md GR27, GR29, GR30).
 */
import { type AccountId, bool, fixed, type Infer, idBytes, line, list, struct, text, uint } from "@yanshu/wire";

export const groupLimits = {
  nicknameMax: 64,
  nicknamesMax: 500,
  nameMax: 200,
  /** What stands after the `#` of a link. */
  linkMax: 2_048,
} as const;

const nickname = struct({
  account: fixed<AccountId>(idBytes.account),
  /** Empty: taken back. */
  name: line(groupLimits.nicknameMax),
  stampMs: uint(),
});
export type Nickname = Infer<typeof nickname>;

export const groupBodies = {
  /** The sender's own; or, `retold`, those of others, for whoever came since. */
  nicknames: struct({ items: list(nickname, groupLimits.nicknamesMax), retold: bool }),
  /** By owner or admin: who asked up to then is not let in. */
  turnedAway: struct({ account: fixed<AccountId>(idBytes.account), askedMs: uint() }),
  /** An invitation: the group's name, and the fragment of its link. */
  groupCard: struct({ name: line(groupLimits.nameMax), link: text(groupLimits.linkMax) }),
};
