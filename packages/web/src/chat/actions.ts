/**
 * Actions: what can be done with a message, by the core and by features, in the order of the menu, so that the thumb learns it.
 */
import { Copy, Link, ListChecks, PencilLine, Pin, Reply, RotateCcw, Trash2, Undo2 } from "lucide";
import type { ActionFor, Chosen, ManyAction, MessageAction } from "../feature.ts";
import { refOf } from "../kit/message.ts";
import { startSelecting, stopSelecting } from "../kit/selection.ts";
import { inChats, loadInChats } from "../shell/features.ts";
import { api, attempt } from "../shell/session.ts";
import { copy, copyLink, discard, edit, linkIn, may, quote, recall, remove } from "./acts.ts";

const isUnsent = ({ item }: Chosen) => item.mine && (item.state === "failed" || item.state === "waiting-tap");

const own: readonly ActionFor[] = [
  ({ chat, item, mayWrite }) =>
    when(mayWrite && may.quote(item), {
      icon: Reply,
      words: "menu.quote",
      id: "quote",
      order: 10,
      run: () => quote(chat, item),
    }),
  ({ item }) =>
    when(linkIn(item) !== undefined, {
      icon: Link,
      words: "menu.copyLink",
      id: "copy-link",
      order: 20,
      run: () => copyLink(item),
    }),
  ({ item }) => when(may.copy(item), { icon: Copy, words: "msg.copy", id: "copy", order: 30, run: () => copy(item) }),
  ({ chat, item }) => ({
    icon: ListChecks,
    words: "menu.select",
    id: "select",
    order: 70,
    run: () => startSelecting(chat, item),
  }),
  ({ chat, item, mayWrite }) =>
    when(mayWrite && may.quote(item), {
      icon: Pin,
      words: "menu.pin",
      id: "pin-message",
      order: 90,
      run: () => void attempt(() => api.pin(chat, refOf(item), true)),
    }),
  ({ chat, item, mayWrite }) =>
    when(mayWrite && may.edit(item), {
      icon: PencilLine,
      words: "menu.edit",
      id: "edit",
      order: 110,
      run: () => edit(chat, item),
    }),
  ({ chat, item, mayWrite }) =>
    when(mayWrite && may.recall(item), {
      icon: Undo2,
      words: "menu.recall",
      id: "recall",
      order: 120,
      run: () => void recall(chat, item),
    }),
  (chosen) =>
    when(isUnsent(chosen), {
      icon: RotateCcw,
      words: "send.again",
      id: "send-again",
      order: 150,
      run: () => void attempt(() => api.resend(chosen.item.id)),
    }),
  (chosen) => {
    const last = { icon: Trash2, order: 160, danger: true };
    return isUnsent(chosen)
      ? { ...last, words: "send.discard", id: "discard", run: () => void discard(chosen.item) }
      : { ...last, words: "menu.delete", id: "delete", run: () => void remove(chosen.chat, [chosen.item]) };
  },
];

function when(isSo: boolean, action: MessageAction): MessageAction | undefined {
  return isSo ? action : undefined;
}

/** What can be done with this message, in the order of the menu. */
export function actionsFor(chosen: Chosen): readonly MessageAction[] {
  return [...own, ...inChats().flatMap(({ menu }) => menu ?? [])]
    .flatMap((actionFor) => actionFor(chosen) ?? [])
    .toSorted((one, other) => one.order - other.order);
}

/** Does what the menu would do under that name, if it can be done. */
export async function runAction(id: string, chosen: Chosen): Promise<void> {
  await loadInChats();
  actionsFor(chosen)
    .find((action) => action.id === id)
    ?.run();
}

/** What can be done with several at once. */
export function manyActions(): readonly ManyAction[] {
  const removing: ManyAction = {
    icon: Trash2,
    words: "menu.delete",
    id: "select-delete",
    order: 160,
    danger: true,
    may: () => true,
    run: (chat, items) => void remove(chat, items).then((done) => done && stopSelecting()),
  };
  return [...inChats().flatMap(({ many }) => many ?? []), removing].toSorted((one, other) => one.order - other.order);
}
