/** A chat, as commands mean it: found by its name, looked at, written in. */
import type { ChatRow, Hex, TimelineItem } from "@yanshu/client";
import { type Context, found } from "../context.ts";
import { pick } from "../pick.ts";
import { plain, short } from "../show.ts";

export async function chatMeant(context: Context, query: string): Promise<{ conversation: Hex; title: string }> {
  const row = await found(context, () =>
    pick(
      "CHAT",
      query,
      context.view("chats").map((one) => ({ ...one, id: one.conversation, name: one.title })),
    ),
  );
  return { conversation: row.conversation, title: titleIn(row) };
}

export async function tell(
  context: Context,
  { conversation, title, id, before }: { conversation: Hex; title: string; id: Hex; before: number },
): Promise<void> {
  const { answer, text } = context;
  const state = await stateOnceTold(context, { conversation, id, before });
  const key = { sent: "sent", sending: "sent.waits", failed: "sent.failed", "waiting-tap": "sent.tap" } as const;
  answer(text(key[state], { title }), { conversation, id, state });
  if (state === "failed") throw new Failed();
}

/** The command said itself what went wrong. */
export class Failed extends Error {
  override name = "Failed";
}

async function stateOnceTold(
  context: Context,
  { conversation, id, before }: { conversation: Hex; id: Hex; before: number },
): Promise<TimelineItem["state"]> {
  const { args, device } = context;
  // Others may write meanwhile, so how far from the end one's own stands is not known beforehand.
  const itemNow = () => itemsAfter(context, conversation, before).find((one) => one.mine && one.id === id);
  await device.until(() => itemNow()?.state !== "sending", args.waitMs);
  const state = itemNow()?.state ?? "sent";
  // It was accepted; what comes with it (an acknowledgement, a read mark) has its moment too.
  if (state === "sent") await device.caughtUp({ waitMs: args.waitMs, untilDone: false });
  return state;
}

/** Items that came after the one whose order is `order`, oldest first, however many they are. */
export function itemsAfter({ view }: Context, conversation: Hex, order: number): readonly TimelineItem[] {
  for (let limit = 20; ; limit *= 4) {
    const { items, hasOlder } = view("timeline", conversation, limit);
    const first = items[0];
    if (!hasOlder || first === undefined || first.order <= order) return items.filter((item) => item.order > order);
  }
}

export function newestIn({ view }: Context, conversation: Hex): number {
  return view("timeline", conversation, 1).items.at(-1)?.order ?? 0;
}

export function titleIn({ title, conversation }: Pick<ChatRow, "title" | "conversation">): string {
  return plain(title) || short(conversation);
}
