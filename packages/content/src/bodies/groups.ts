/**
 * Bodies of groups: what members are called there, who was not let in, what newcomers are handed, and the card that
 * invites (docs/spec/groups.md GR27, GR29–GR32).
 */
import {
  type AccountId,
  blob,
  bool,
  type DeviceId,
  fixed,
  type Infer,
  idBytes,
  limits,
  line,
  list,
  struct,
  text,
  uint,
} from "@yanshu/wire";

export const groupLimits = {
  nicknameMax: 64,
  nicknamesMax: 500,
  nameMax: 200,
  /** What stands after the `#` of a link. */
  linkMax: 2_048,
  /** What tells a device where a part of the history lies, sealed to it. */
  handedSealedMax: 2_048,
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
  /** To an account that came: where the part of what was said before lies that begins at `place`, sealed to its devices. */
  handed: struct({
    account: fixed<AccountId>(idBytes.account),
    place: uint(2 ** 18 - 1),
    sealed: list(
      struct({ reader: fixed<DeviceId>(idBytes.device), sealed: blob(groupLimits.handedSealedMax) }),
      limits.devicesMax,
    ),
  }),
  /** An invitation: the group's name, and the fragment of its link. */
  groupCard: struct({ name: line(groupLimits.nameMax), link: text(groupLimits.linkMax) }),
};
