/** Selecting up to a hundred messages of a chat for one action. */
import { signal } from "@preact/signals";
import type { TimelineItem } from "@yanshu/client";
import { t } from "../locales/i18n.ts";
import { toast } from "../shell/toast.tsx";

const selectedMax = 100;

export type Selection = { readonly chat: string; readonly items: readonly TimelineItem[] };
const selection = signal<Selection | undefined>(undefined);

export function selectionIn(chat: string): readonly TimelineItem[] | undefined {
  return selection.value?.chat === chat ? selection.value.items : undefined;
}

export function startSelecting(chat: string, item: TimelineItem): void {
  selection.value = { chat, items: [item] };
}

/** Returns whether the item is selected now; false also when the limit is reached. */
export function toggleSelected(item: TimelineItem): boolean {
  const current = selection.peek();
  if (current === undefined) return false;
  const without = current.items.filter(({ id }) => id !== item.id);
  if (without.length === current.items.length && current.items.length >= selectedMax) {
    toast(t("select.most", { n: selectedMax }));
    return false;
  }
  const items = without.length < current.items.length ? without : [...current.items, item];
  selection.value = { chat: current.chat, items: [...items].sort((a, b) => a.order - b.order) };
  return items.includes(item);
}

export function stopSelecting(): void {
  selection.value = undefined;
}
