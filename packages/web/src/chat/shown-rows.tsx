/**
 * The rows of the log that stand in the document. A row is drawn again only when something of it changed.
 */
import type { ChatRow, TimelineItem } from "@yanshu/client";
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { personName } from "../kit/person.ts";
import { selectionIn } from "../kit/selection.ts";
import { isoTime, lineTime } from "../kit/time.ts";
import { locale, t } from "../locales/i18n.ts";
import { Lazy } from "../shell/lazy.ts";
import { nowMs } from "../shell/now.ts";
import { elder } from "../shell/prefs.ts";
import { actionBy, runBy } from "./actions.ts";
import { useDrawn } from "./drawn.ts";
import { useHands } from "./hands.ts";
import { itemIn, type Look } from "./item.tsx";
import { chatPart } from "./part.ts";
import { placeOf, type Row } from "./rows.ts";
import type { LogScroll } from "./scroll.ts";

const messageMenu = chatPart((m) => m.MessageMenu);

type RowsProps = {
  readonly scroll: LogScroll;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rows: readonly Row[];
  /** Whether there are others beyond those rows. */
  readonly beyond: { readonly hasOlder: boolean; readonly hasNewer: boolean };
  readonly chat: string;
  readonly kind: ChatRow["kind"];
  /** Whether one may answer here: a chat that was left can only be read. */
  readonly mayWrite: boolean;
  /** All that was read, for what is done with a row: who joined last, the next voice message. */
  readonly around: Look["around"];
};
type Lifted = { readonly order: number; readonly anchor: { readonly current: HTMLElement } };

export function Rows({ scroll, scroller, rows, beyond, chat, kind, mayWrite, around }: RowsProps) {
  const [, draw] = useState(0);
  const room = useRef<HTMLDivElement>(null);
  const [lifted, setLifted] = useState<Lifted | undefined>(undefined);
  const lift = (bubble: HTMLElement) => setLifted({ order: orderOf(bubble), anchor: { current: bubble } });
  const itemOf = (within: HTMLElement) => itemAt(rows, orderOf(within));
  const hands = useHands({
    lift,
    enlarge(bubble) {
      const item = itemOf(bubble);
      if (item !== undefined) void runBy("taps", { chat, item, mayWrite, view: undefined });
    },
    mayPat: () => mayWrite,
    pat(face) {
      const item = itemOf(face);
      if (item !== undefined) void runBy("taps-on-face", { chat, item, mayWrite, view: undefined });
    },
  });

  useDrawn(room, (bubble) => {
    const item = itemOf(bubble);
    if (item === undefined || selectionIn(chat) !== undefined) return undefined;
    return actionBy("drawn", { chat, item, mayWrite, view: undefined })?.run;
  });

  const selected = selectionIn(chat);
  const [isElder, tongue] = [elder.value, locale.value];
  const look = useMemo<Look>(
    () => ({ chat, kind, mayWrite, around, selected, isElder, locale: tongue, lift }),
    [chat, kind, mayWrite, selected, isElder, tongue],
  );
  const drawn = useMemo(() => new WeakMap<Row, JSX.Element>(), [look]);
  useLayoutEffect(() => {
    if (scroller.current === null || room.current === null) return undefined;
    return scroll.attach(scroller.current, room.current, () => draw((times) => times + 1));
  }, []);
  const { first, end } = scroll.take(rows, beyond);
  useLayoutEffect(() => scroll.drawn());

  /** The same element for the same row: then Preact passes it over. */
  function lineOf(row: Row): JSX.Element {
    const { order } = row.item;
    if (order === lifted?.order) return <Line key={order} row={row} look={look} scroll={scroll} isLifted />;
    const line = drawn.get(row) ?? <Line key={order} row={row} look={look} scroll={scroll} isLifted={false} />;
    drawn.set(row, line);
    return line;
  }
  const liftedItem = lifted === undefined ? undefined : itemAt(rows, lifted.order);
  return (
    <div ref={room} class="log-room">
      <div class={`log-rows ${lifted === undefined ? "" : "dim"}`} {...hands}>
        {rows.slice(first, end).map(lineOf)}
      </div>
      {lifted !== undefined && liftedItem !== undefined && (
        <Lazy
          of={messageMenu}
          chat={chat}
          item={liftedItem}
          anchor={lifted.anchor}
          mayWrite={mayWrite}
          onClose={() => setLifted(undefined)}
        />
      )}
    </div>
  );
}

function orderOf(within: HTMLElement): number {
  return Number(within.closest<HTMLElement>("[data-order]")?.dataset["order"]);
}

function itemAt(rows: readonly Row[], order: number): TimelineItem | undefined {
  const item = rows[placeOf(rows, order)]?.item;
  return item?.order === order ? item : undefined;
}

type LineProps = {
  readonly row: Row;
  readonly look: Look;
  readonly scroll: LogScroll;
  readonly isLifted: boolean;
};

function Line({ row: { item, isTimed, isFirstNew, continues, handed }, look, scroll, isLifted }: LineProps) {
  return (
    <div ref={scroll.watch} class={item.handedBy === undefined ? "log-line" : "log-line lent"} data-order={item.order}>
      {handed !== undefined && (
        <div class="handed-line" data-testid={`handed-${handed}`}>
          <span>
            {item.handedBy === undefined ? t("msg.sinceHere") : t("msg.handed", { by: personName(item.handedBy) })}
          </span>
        </div>
      )}
      {isTimed && <When atMs={item.atMs} />}
      {isFirstNew && (
        <div class="newline" data-testid="new-line">
          {t("new.line")}
        </div>
      )}
      {itemIn(look, item, continues, isLifted)}
    </div>
  );
}

function When({ atMs }: { atMs: number }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <div class="when">
      <time dateTime={isoTime(atMs)}>{lineTime(atMs, nowMs.value, locale.value, words)}</time>
    </div>
  );
}
