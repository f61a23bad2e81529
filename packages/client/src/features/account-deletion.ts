/** Account deletion ordered by another own device (docs/spec/keeping.md KP2): this device wipes itself. */
import { writeMeta } from "@yanshu/store";
import { clientFeature } from "../feature.ts";

export const accountDeletion = clientFeature({
  kinds: ["erased"],

  synced: {
    erased: {
      take: ({ db, after, wipe, failed }, _, by) => {
        writeMeta(db, "erased", by);
        after(0, () => void wipe().catch(failed));
      },
    },
  },
});
