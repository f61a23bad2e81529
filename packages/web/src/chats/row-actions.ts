/** What can be done with a chat of the list: what features bring (feature.ts `rows`), in one order. */
import type { ChatRow } from "@yanshu/client";
import type { RowAction } from "../feature.ts";
import { inChats } from "../shell/features.ts";

export function rowActions(row: ChatRow): readonly RowAction[] {
  return inChats()
    .flatMap(({ rows }) => rows ?? [])
    .map((actionFor) => actionFor(row))
    .toSorted((one, other) => one.order - other.order);
}
