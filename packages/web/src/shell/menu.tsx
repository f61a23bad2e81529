/**
 * A small menu at a button or at the pointer: a popover, closed by Esc, a tap outside or a choice.
 *
 * The popover is `manual`: an `auto` one would close when the finger that opened it by a long press is lifted.
 */
import type { IconNode } from "lucide";
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

type MenuProps = {
  readonly label: string;
  readonly class?: string;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Without `at`: which edge of the menu is in line with the anchor's. */
  readonly align?: "end" | "start";
  /** Where the pointer was, in CSS px of the window, for a menu opened by a right click or a long press. */
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
 * The item that an arrow key moves to: left and right go through all items and wrap around; up and down go to the
 * nearest item of the row above or below.
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
