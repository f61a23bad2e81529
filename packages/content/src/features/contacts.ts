/**
 * Contacts: names and pictures of people, by their own word and as they are known (docs/spec/identity.md ID9,
 * docs/spec/sync.md SY11).
 */
import { accountHistory, bool, type Infer, list, oneOf, struct, uint } from "@yanshu/wire";
import { contentFeature, signal, synced, syncedOfItsMoment } from "../feature.ts";
import { account, avatar, name, passing, pat } from "../fields/ids.ts";
import { contactNotes } from "../fields/people.ts";

export const contactLimits = { introducedMax: 500 } as const;

const person = struct({ account, name }, { avatar });
export type Person = Infer<typeof person>;

export const contacts = contentFeature({
  bodies: {
    /** The sender's own name and face; the newest by `sentAtMs` counts. */
    profile: signal(struct({ name }, { avatar, passing, pat })),
    /** Names for people whom the newcomers may not know; their own `profile` outranks it. */
    introduce: signal(struct({ people: list(person, contactLimits.introducedMax) })),
  },
  synced: {
    profile: synced(struct({ name, stampMs: uint() }, { avatar, pat, isNotPassedOn: bool })),
    /** A person who is no contact, as they are called and look in the groups that they are in. */
    person: synced(struct({ account, name, stampMs: uint() }, { avatar })),
    contact: synced(
      struct(
        {
          account,
          name,
          remark: name,
          state: oneOf("contact", "requested", "incoming", "blocked", "deleted"),
          verified: oneOf("scanned", "introduced", "none"),
          history: accountHistory,
          stampMs: uint(),
        },
        {
          avatar,
          passing,
          ...contactNotes,
          /** The highest founding number of the conversation with them: a device that founds it anew goes above it. */
          founding: uint(),
        },
      ),
    ),
    capability: syncedOfItsMoment(struct({ capability: passing, stampMs: uint() })),
  },
});
