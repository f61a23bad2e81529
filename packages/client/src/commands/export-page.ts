/** Pages of a chat for an export (docs/spec/keeping.md KP7): items of the timeline as screens see them. */
import type { CoreApi } from "../api/core.ts";
import type { ViewContext } from "../views/context.ts";
import { readTimeline } from "../views/timeline.ts";

const pageMax = 500;

export function carryingApi(context: () => ViewContext): Pick<CoreApi, "exportPage"> {
  return {
    exportPage: async (conversation, from, limit) =>
      readTimeline(context(), conversation, Math.min(pageMax, limit), { from }),
  };
}
