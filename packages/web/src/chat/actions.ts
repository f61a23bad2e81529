/**
 * Actions: what can be done with a message, by the core and by features, in the order of the menu, so that the thumb
 * learns it.
 */
import { Copy, ListChecks, RotateCcw, Trash2 } from "lucide";
import type { ActionFor, Chosen, Gesture, ManyAction, MessageAction } from "../feature.ts";
import { wordsIn } from "../kit/message.ts";
import { startSelecting, stopSelecting } from "../kit/selection.ts";
import { inChats, inLogs, loadInChats } from "../shell/features.ts";
import { api, attempt } from "../shell/session.ts";
import { copy, discard, remove } from "./acts.ts";

const isUnsent = ({ item }: Chosen) => item.mine && (item.state === "failed" || item.state === "waiting-tap");

const own: readonly ActionFor[] = [
  ({ item }) =>
    when(wordsIn(item) !== "", {
      icon: Copy,
      words: "msg.copy",
      id: "copy",
      order: 30,
      key: "c",
      run: () => copy(item),
    }),
  ({ chat, item }) => ({
    icon: ListChecks,
    words: "menu.select",
    id: "select",
    order: 70,
    run: () => startSelecting(chat, item),
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
    const deleting = () => void remove(chosen.chat, [chosen.item]);
    return isUnsent(chosen)
      ? { ...last, words: "send.discard", id: "discard", run: () => void discard(chosen.item) }
      : { ...last, words: "menu.delete", id: "delete", key: "Delete", run: deleting };
  },
];

function when(isSo: boolean, action: MessageAction): MessageAction | undefined {
  return isSo ? action : undefined;
}

/** What can be done with this message, in the order of the menu. */
export function actionsFor(chosen: Chosen): readonly MessageAction[] {
  return [...own, ...inLogs().flatMap(({ menu }) => menu ?? []), ...inChats().flatMap(({ menu }) => menu ?? [])]
    .flatMap((actionFor) => actionFor(chosen) ?? [])
    .toSorted((one, other) => one.order - other.order);
}

/** What that gesture asks for, if it can be done. */
export function actionBy(gesture: Gesture, chosen: Chosen): MessageAction | undefined {
  return actionsFor(chosen).find((action) => action.gesture === gesture);
}

/** Does what that gesture asks for, once all that can be asked for is loaded. */
export async function runBy(gesture: Gesture, chosen: Chosen): Promise<void> {
  await loadInChats();
  actionBy(gesture, chosen)?.run();
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
