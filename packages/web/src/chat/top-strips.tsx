/** What stands on top of a chat: what features bring (feature.ts `strips`), in one order. */
import type { ConversationView } from "@yanshu/client";
import { inLogs } from "../shell/features.ts";

export function TopStrips({ view }: { view: ConversationView }) {
  return (
    <div class="top-strips">
      {inLogs()
        .flatMap(({ strips }) => strips ?? [])
        .toSorted((one, other) => one.order - other.order)
        .map(({ order, strip: Strip }) => (
          <Strip key={order} view={view} />
        ))}
    </div>
  );
}
