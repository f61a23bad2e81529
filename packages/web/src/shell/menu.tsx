/**
 * A small menu at a button or at the pointer: the browser's own popover, closed by Esc, a tap outside or a choice.
 */
import type { IconNode } from "lucide";
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

type MenuProps = {
  readonly label: string;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Where the pointer was, for a menu that was asked for by a right click or a long press. */
  readonly at?: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

const gap = 8;

export function Menu({ label, anchor, at, onClose, children }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const menu = ref.current;
    const from = anchor.current?.getBoundingClientRect();
    if (menu === null) return undefined;
    menu.showPopover();
    const box = menu.getBoundingClientRect();
    const right = at?.x ?? (from?.right ?? innerWidth) - box.width;
    const below = at?.y ?? (from?.bottom ?? 0) + gap / 2;
    const above = (at?.y ?? from?.top ?? 0) - box.height - gap / 2;
    menu.style.left = `${Math.max(gap, Math.min(right, innerWidth - box.width - gap))}px`;
    menu.style.top = `${below + box.height + gap > innerHeight ? Math.max(gap, above) : below}px`;
    menu.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const back = anchor.current;
    return () => {
      if (menu.contains(document.activeElement)) back?.focus();
    };
  }, [anchor, at?.x, at?.y]);

  useLayoutEffect(() => {
    const menu = ref.current;
    const toggled = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") close.current();
    };
    menu?.addEventListener("toggle", toggled);
    return () => menu?.removeEventListener("toggle", toggled);
  }, []);

  return (
    <div
      ref={ref}
      class="menu"
      role="menu"
      popover="auto"
      aria-label={label}
      onKeyDown={(event) => {
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (event.key === "Escape") event.stopPropagation();
        if (event.key === "Tab") onClose();
        if (step === 0) return;
        event.preventDefault();
        const next = items.indexOf(document.activeElement as HTMLElement) + step;
        items[(next + items.length) % items.length]?.focus();
      }}
    >
      {children}
    </div>
  );
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
