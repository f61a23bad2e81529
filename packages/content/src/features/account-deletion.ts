/** Account deletion (docs/spec/keeping.md KP2): a device that receives `erased` wipes itself. */
import { struct, uint } from "@yanshu/wire";
import { contentFeature, syncedOfItsMoment } from "../feature.ts";

export const accountDeletion = contentFeature({ synced: { erased: syncedOfItsMoment(struct({ stampMs: uint() })) } });
