/** Nicknames: what members are called in a group (docs/spec/groups.md GR27). */
import { bool, type Infer, line, list, struct, uint } from "@yanshu/wire";
import { contentFeature, signal } from "../feature.ts";
import { account } from "../fields/ids.ts";

export const nicknameLimits = { nameMax: 64, itemsMax: 500 } as const;

const nickname = struct({
  account,
  /** Empty: taken back. */
  name: line(nicknameLimits.nameMax),
  stampMs: uint(),
});
export type Nickname = Infer<typeof nickname>;

export const nicknames = contentFeature({
  bodies: {
    /** The sender's own; or, `retold`, those of others, for members who came since. */
    nicknames: signal(struct({ items: list(nickname, nicknameLimits.itemsMax), retold: bool })),
  },
});
