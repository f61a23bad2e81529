/**
 * The name of a chat on screen.
 */
import type { ChatRow } from "@yanshu/client";
import { screenKind } from "./kinds/index.ts";

export function titleOf(row: { readonly kind: ChatRow["kind"]; readonly title: string }): string {
  return screenKind(row.kind).title(row.title);
}
