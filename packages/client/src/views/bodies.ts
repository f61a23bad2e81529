/**
 * Bodies: what one row of `messages` shows.
 */
import { decodeBody } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import type { TimelineItem } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { lineOf } from "./lines.ts";
import type { People } from "./people.ts";
import type { ShownKind } from "./shown.ts";

/** Undefined for a line that no longer tells anything. */
export function bodyOf(
  context: ViewContext,
  people: People,
  row: { readonly conversation: Bytes; readonly kind: ShownKind; readonly body: Bytes },
): TimelineItem["body"] | undefined {
  if (row.kind === "system") {
    const line = lineOf(context, people, row.conversation, row.body);
    return line && { kind: "system", line };
  }
  const said = decodeBody(row.body);
  // What was too new when it came is shown once an update can read it.
  return said?.kind === "text" || said?.kind === "greeting" ? { kind: "text", text: said.text } : { kind: "newer" };
}
