/**
 * Contact cards: a person who is introduced to others (docs/spec/identity.md ID24–ID26), and the card that invites into
 * a group (docs/spec/groups.md GR31).
 */
import { accountHistory, limits, line, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { account, avatar, name, passing } from "../fields/ids.ts";

export const groupCardLimits = {
  nameMax: 200,
  /** What stands after the `#` of a link. */
  linkMax: 2_048,
} as const;

export const contactCards = contentFeature({
  bodies: {
    /**
     * A contact of the sender who lets their card be passed on. The history pins who they are and which
     * devices they had: what a server answers later must go on from there.
     */
    card: body({
      schema: struct(
        {
          account,
          /** As they call themselves, or were introduced; never the sender's remark. */
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
