/** Tabs of a panel: one tab stop; the arrow keys, Home and End move between them. */
import type { ComponentChildren } from "preact";
import "../styles/panel.css";

export type PanelTab<T> = { readonly id: T; readonly words: string; readonly face: ComponentChildren };

type PanelTabsProps<T> = {
  readonly label: string;
  readonly tabs: readonly PanelTab<T>[];
  readonly on: T | undefined;
  readonly onPick: (id: T) => void;
  readonly class?: string;
};

export function PanelTabs<T extends string | number>({ label, tabs, on, onPick, class: name = "" }: PanelTabsProps<T>) {
  const stop = tabs.some(({ id }) => id === on) ? on : tabs[0]?.id;
  return (
    <div
      class={`panel-tabs ${name}`}
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
        const at = all.indexOf(document.activeElement as HTMLElement);
        const next = neighbour(event.key, at, all.length);
        if (at < 0 || next === undefined) return;
        event.preventDefault();
        all[next]?.focus();
        const tab = tabs[next];
        if (tab !== undefined) onPick(tab.id);
      }}
    >
      {tabs.map(({ id, words, face }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === on}
          aria-label={words}
          title={words}
          tabIndex={id === stop ? 0 : -1}
          data-tab={id}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(id)}
        >
          {face}
        </button>
      ))}
    </div>
  );
}

function neighbour(key: string, at: number, count: number): number | undefined {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
