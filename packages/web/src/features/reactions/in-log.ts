/** The faces under a message. */
import { h } from "preact";
import type { InLog } from "../../feature.ts";
import { Reactions } from "./reactions.tsx";

export const inLog: InLog = {
  below: [
    {
      order: 30,
      below: (shown) => (shown.item.reactions === undefined ? undefined : h(Reactions, shown)),
    },
  ],
};
