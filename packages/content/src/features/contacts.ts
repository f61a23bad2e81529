/**
 * Contacts: names and pictures of people, from themselves and from others (docs/spec/identity.md ID9, docs/spec/sync.md
 * SY11).
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
    /** The sender's own name and avatar; the newest by `sentAtMs` wins. */
    profile: signal(struct({ name }, { avatar, passing, pat })),
    /** Names of people whom newcomers may not know; a person's own `profile` outranks it. */
    introduce: signal(struct({ people: list(person, contactLimits.introducedMax) })),
  },
  synced: {
    profile: synced(struct({ name, stampMs: uint() }, { avatar, pat, isNotPassedOn: bool })),
    /** Name and avatar of a person in a shared group who is no contact. */
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
          /** The highest founding number of the 1:1 with them: a device that re-creates it takes a higher one. */
          founding: uint(),
        },
      ),
    ),
    capability: syncedOfItsMoment(struct({ capability: passing, stampMs: uint() })),
  },
});
