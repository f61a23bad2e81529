/** User names: by which name this person is found, if they are (docs/spec/identity.md ID28). */
import { bool, struct, text, uint } from "@yanshu/wire";
import { contentFeature, synced } from "../feature.ts";

export const usernameLimits = { handleMax: 32 } as const;

export const usernames = contentFeature({
  synced: {
    /** Empty: they have none. */
    handle: synced(struct({ handle: text(usernameLimits.handleMax), isFound: bool, stampMs: uint() })),
  },
});
