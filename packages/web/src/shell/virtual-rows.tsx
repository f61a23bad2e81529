/**
 * A long list of rows: only those in sight are in the document, arrow keys walk it, and its scroll position is kept.
 */
import type { ComponentChildren, JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { VList, type VListHandle } from "virtua";

// virtua's types are written for React's; under preact/compat they would want a ref to a <div>.
const List = VList as unknown as (props: {
  ref: RefObject<VListHandle | null>;
  className: string;
  bufferSize: number;
  onScroll: (offset: number) => void;
  children: ComponentChildren;
}) => JSX.Element;

const places = new Map<string, number>();

/** Forgets a list's scroll position: next time it begins at the top. */
export function forgetPlace(keep: string): void {
  places.delete(keep);
}

/** Px beyond the screen that are drawn. */
const drawnAheadPx = 400;

type VirtualRowsProps = {
  readonly label: string;
  /** Key under which the scroll position is kept. */
  readonly keep: string;
  readonly children: ComponentChildren;
  readonly handle?: (list: VListHandle | null) => void;
  /** The ARIA role for content that is read; without it the rows are links in a `nav`. */
  readonly role?: "feed" | "region";
  readonly onScroll?: (offset: number) => void;
  /** Px beyond the screen that are drawn, where rows are tall. */
  readonly ahead?: number;
};

export function VirtualRows({ label, keep, children, handle, role, onScroll, ahead = drawnAheadPx }: VirtualRowsProps) {
  const list = useRef<VListHandle>(null);
  useLayoutEffect(() => {
    const place = places.get(keep) ?? 0;
    if (place > 0) list.current?.scrollTo(place);
    handle?.(list.current);
    return () => handle?.(null);
  }, [keep]);
  const rows = (
    <List
      ref={list}
      className="rows"
      bufferSize={ahead}
      onScroll={(offset) => {
        places.set(keep, offset);
        onScroll?.(offset);
      }}
    >
      {children}
    </List>
  );
  if (role !== undefined)
    return (
      <section class="virtual" role={role} aria-label={label}>
        {rows}
      </section>
    );
  return (
    <nav class="virtual" aria-label={label} onKeyDown={walk}>
      {rows}
    </nav>
  );
}

/** Arrow keys move the focus from row to row; Tab works as usual. */
export function walk(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".row")];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
