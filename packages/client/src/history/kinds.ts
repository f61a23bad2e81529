/** Handlers of this room for messages about shared history (docs/spec/groups.md GR32). */
import type { CoreKinds } from "../core/engine.ts";
import { handNow } from "./seal.ts";
import { hearHanded } from "./take.ts";

export const historyKinds: CoreKinds = {
  handed: {
    apply: (engine, group, sender, said) => hearHanded(engine, group, sender, said, said.body),
    goesOut: handNow,
  },
};
