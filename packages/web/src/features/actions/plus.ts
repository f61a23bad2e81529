/** What the plus of the composer offers of this feature: things that many write on. */
import { ChartBar, type IconNode, ListOrdered } from "lucide";
import type { MessageId } from "../../locales/i18n.ts";
import { openedSheet } from "./acts.ts";

type Entry = {
  /** Also its `data-testid`: `plus-…`. */
  readonly id: string;
  readonly icon: IconNode;
  readonly label: MessageId;
  readonly pick: (chat: { readonly id: string }) => void;
};

export const gatherEntries: readonly Entry[] = [
  {
    id: "poll",
    icon: ChartBar,
    label: "plus.poll",
    pick: ({ id }) => {
      openedSheet.value = { kind: "poll", chat: id };
    },
  },
  {
    id: "chain",
    icon: ListOrdered,
    label: "plus.chain",
    pick: ({ id }) => {
      openedSheet.value = { kind: "chain", chat: id };
    },
  },
];
