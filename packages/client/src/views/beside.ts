/**
 * What features show with the messages of a page: marks on them, and the person's possible actions. Read for the whole
 * page at once.
 */
import type { Bytes } from "@yanshu/wire";
import type { ItemActions } from "../api/actions.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";
import { readContext } from "./read-context.ts";

type Row = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly sent_ms: number;
  readonly edited_ms: number;
  readonly kind: string;
};
export type Beside = (row: Row, mine: boolean) => ItemActions;

export function besideOf(context: ViewContext, people: People, conversation: Bytes, rows: readonly Row[]): Beside {
  const page = {
    ...readContext(context),
    conversation,
    people,
    first: rows[0]?.position,
    last: rows.at(-1)?.position,
  };
  const beside = context.features.features.flatMap(({ beside: read }) => (read === undefined ? [] : [read(page)]));
  return (row, mine) => Object.assign({}, ...beside.map((read) => read({ ...row, mine })));
}
