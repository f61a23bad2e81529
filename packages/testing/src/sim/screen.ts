/** Screen: what the ledger's sayings look like to a reader, as the features say it. */
import type { TimelineItem } from "@yanshu/client";
import { titles } from "../features.ts";

/** Under which words a saying is known: a text as it was first said, a question, a title, a name, a caption. */
export function titleOf({ body }: Pick<TimelineItem, "body">): string | undefined {
  return titles[body.kind]?.(body);
}
