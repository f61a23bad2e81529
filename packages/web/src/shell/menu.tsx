/**
 * A small menu at a button or at the pointer: the browser's own popover, closed by Esc, a tap outside or a choice.
 *
 * It is a `manual` popover: an `auto` one would be closed by the very finger that opened it by a long press, when it
 * leaves the glass.
 */
import type { IconNode } from "lucide";
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

type MenuProps = {
  readonly label: string;
  readonly class?: string;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Where the pointer was, for a menu that was asked for by a right click or a long press. */
  /** Which edges are in line when there is no pointer: those at the end, or those at the start. */
  readonly align?: "end" | "start";
  readonly at?: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

const gap = 8;

export function Menu({ label, class: name = "", anchor, align = "end", at, onClose, children }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const menu = ref.current;
    const from = anchor.current?.getBoundingClientRect();
    if (menu === null) return undefined;
    menu.showPopover();
    const box = menu.getBoundingClientRect();
    const beside = align === "start" ? (from?.left ?? 0) : (from?.right ?? innerWidth) - box.width;
    const right = at?.x ?? beside;
    const below = at?.y ?? (from?.bottom ?? 0) + gap / 2;
    const above = (at?.y ?? from?.top ?? 0) - box.height - gap / 2;
    menu.style.left = `${Math.max(gap, Math.min(right, innerWidth - box.width - gap))}px`;
    menu.style.top = `${below + box.height + gap > innerHeight ? Math.max(gap, above) : below}px`;
    menu.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const back = anchor.current;
    return () => {
      if (menu.contains(document.activeElement)) back?.focus();
    };
  }, [anchor, align, at?.x, at?.y]);

  useLayoutEffect(() => {
    const outside = (event: Event) => {
      if (!(event.target instanceof Node) || !ref.current?.contains(event.target)) close.current();
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    const away = () => close.current();
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("keydown", onEscape, true);
    addEventListener("resize", away);
    addEventListener("popstate", away);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("keydown", onEscape, true);
      removeEventListener("resize", away);
      removeEventListener("popstate", away);
    };
  }, []);

  return (
    <div
      ref={ref}
      class={`menu ${name}`}
      role="menu"
      popover="manual"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "Tab") onClose();
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]")];
        const next = neighbour(items, document.activeElement as HTMLElement, event.key);
        if (next === undefined) return;
        event.preventDefault();
        next.focus();
      }}
    >
      {children}
    </div>
  );
}

/**
 * Left and right go through all; up and down to the row above or below, to what stands nearest there. Round and round.
 */
function neighbour(items: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const at = items.indexOf(from);
  if (key === "ArrowLeft" || key === "ArrowRight")
    return items[(at + (key === "ArrowRight" ? 1 : -1) + items.length) % items.length];
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const isDown = key === "ArrowDown";
  const box = from.getBoundingClientRect();
  const boxes = items.map((item) => ({ item, box: item.getBoundingClientRect() }));
  const beyond = boxes.filter((one) => (isDown ? one.box.top >= box.bottom - 1 : one.box.bottom <= box.top + 1));
  const rows = (beyond.length > 0 ? beyond : boxes).map((one) => one.box.top);
  const row = isDown ? Math.min(...rows) : Math.max(...rows);
  const middle = box.left + box.width / 2;
  const distance = (one: DOMRect) => Math.abs(one.left + one.width / 2 - middle);
  return boxes.filter((one) => Math.abs(one.box.top - row) < 2).sort((a, b) => distance(a.box) - distance(b.box))[0]
    ?.item;
}

type MenuItemProps = {
  readonly icon: IconNode;
  readonly onPick: () => void;
  readonly danger?: boolean;
  readonly testId?: string;
  readonly children: ComponentChildren;
};

export function MenuItem({ icon, onPick, danger, testId, children }: MenuItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={danger === true ? "danger" : ""}
      data-testid={testId}
      onClick={onPick}
    >
      <Icon of={icon} size="s" />
      {children}
    </button>
  );
}
