/** Favourites: messages that a person keeps, as they were at that time (docs/spec/actions.md AC13). */
import { blob, bool, struct, uint } from "@yanshu/wire";
import { contentFeature, synced } from "../feature.ts";
import { content, name } from "../fields/ids.ts";

export const favouriteLimits = { bytesMax: 440 * 1024 } as const;

export const favourites = contentFeature({
  synced: {
    /** `name`: of the author. Without `body` the favourite was removed. */
    favourite: synced(
      struct({ id: content, on: bool, stampMs: uint() }, { name, atMs: uint(), body: blob(favouriteLimits.bytesMax) }),
    ),
  },
});
