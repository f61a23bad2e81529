/** What own devices tell each other of keeping and letting go (docs/spec/keeping.md KP2). */
import { struct, uint } from "@yanshu/wire";

export const keepingItems = {
  /** The account is being deleted: whoever hears it wipes itself. */
  erased: struct({ stampMs: uint() }),
};
