/**
 * Rows in the details of a chat, such as search and mute: features add them (`info` of feature.ts), sorted by `order`.
 */
import type { ConversationView } from "@yanshu/client";
import { Fragment } from "preact";
import { inChats, loadInChats } from "../shell/features.ts";
import { Lazy, lazily } from "../shell/lazy.ts";

type RowsProps = { readonly view: ConversationView };

const rows = lazily(() => loadInChats().then(() => Rows));

export function ChatRows({ view }: RowsProps) {
  return (
    <div class="group">
      <Lazy of={rows} view={view} />
    </div>
  );
}

function Rows({ view }: RowsProps) {
  return inChats()
    .flatMap(({ info }) => info ?? [])
    .toSorted((one, other) => one.order - other.order)
    .map(({ order, row }) => <Fragment key={order}>{row(view)}</Fragment>);
}
