/**
 * Contact cards: a person who is introduced to others (docs/spec/identity.md ID24–ID26), and the card that invites into
 * a group (docs/spec/groups.md GR31).
 */
import { accountHistory, limits, line, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { account, avatar, name, passing } from "../fields/ids.ts";

export const groupCardLimits = {
  nameMax: 200,
  /** Of a link's fragment, after the `#`. */
  linkMax: 2_048,
} as const;

export const contactCards = contentFeature({
  bodies: {
    /**
     * A contact of the sender who allows passing on their card. `history` pins their account and devices: a list from a
     * server must continue it.
     */
    card: body({
      schema: struct(
        {
          account,
          /** Their own name, or the one by which they were introduced; never the sender's remark. */
          name,
          server: text(limits.domainBytesMax),
          capability: passing,
          history: accountHistory,
        },
        { avatar },
      ),
      disposition: "message",
      text: ({ name }) => name,
      forward: "whole",
      isSharedWithNewcomers: true,
    }),
    /** An invitation: the group's name, and the fragment of its link. */
    groupCard: body({
      schema: struct({ name: line(groupCardLimits.nameMax), link: text(groupCardLimits.linkMax) }),
      disposition: "message",
      text: ({ name }) => name,
      isSharedWithNewcomers: true,
    }),
  },
});
