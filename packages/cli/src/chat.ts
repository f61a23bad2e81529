/**
 * What commands on a chat share. `chatMeant`, `messageMeant` and `contactsMeant` find what the command line names.
 * `tell` and `answerWhenSent` wait until home has a message, and then answer the user.
 */
import type { ChatRow, Hex, TimelineItem, Unreached } from "@yanshu/client";
import { type Context, found, mustLiveHere, untilSent } from "./context.ts";
import { Fault } from "./fault.ts";
import { plain, short, when } from "./line.ts";
import { pick } from "./pick.ts";

/** In how many of a chat's newest items a message is looked for. */
export const searchedMax = 2_000;
/** The shortest beginning of an id that is taken for one, in hex digits. */
const prefixMin = 4;

/** The chat whose title or id begins with the query (`pick`). @throws Fault when no chat, or several, fit. */
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

/**
 * Waits until home accepts message `id` or refuses it, for `args.waitMs` at most. Answers the user with its state.
 *
 * @param before the order of the newest item when the command began, from which the message is looked for.
 * @throws Failed when the message is refused.
 */
export async function tell(
  context: Context,
  { conversation, title, id, before }: { conversation: Hex; title: string; id: Hex; before: number },
): Promise<void> {
  const { answer, text } = context;
  const state = await stateWhenSent(context, { conversation, id, before });
  const key = { sent: "sent", sending: "sent.waits", failed: "sent.failed", "waiting-tap": "sent.tap" } as const;
  const unreached = state === "failed" ? [] : await context.api.askUnreached(conversation).catch(() => []);
  const waitsFor = itemsAfter(context, conversation, before).find((one) => one.id === id)?.waitsFor;
  const line = state === "sent" && waitsFor !== undefined ? "sent.far" : key[state];
  answer(text(line, { title }), {
    conversation,
    id,
    state,
    ...(waitsFor !== undefined && { waitsFor }),
    ...(unreached.length > 0 && { unreached }),
  });
  for (const one of unreached) context.hint(unreachedLine(context, one));
  if (state === "failed") throw new Failed();
}

/** Why what was said there waits. */
function unreachedLine({ text }: Context, { server, state, sinceMs }: Unreached): string {
  const said = { server: plain(server) };
  if (state !== "away") return text(`unreached.${state}`, said);
  return sinceMs === undefined
    ? text("unreached.away", said)
    : text("unreached.since", { ...said, time: when(sinceMs) });
}

/** Ends a command with an exit code of 1; the command has already told the user why. */
export class Failed extends Error {
  override name = "Failed";
}

async function stateWhenSent(
  context: Context,
  { conversation, id, before }: { conversation: Hex; id: Hex; before: number },
): Promise<TimelineItem["state"]> {
  const { args, device } = context;
  // Others may write meanwhile, so the own message is not always the newest item.
  const itemNow = () => itemsAfter(context, conversation, before).find((one) => one.mine && one.id === id);
  await device.until(() => itemNow()?.state !== "sending", args.waitMs);
  const state = itemNow()?.state ?? "sent";
  // Home accepted it. What goes out beside it (an acknowledgement, a read mark) gets its time too.
  if (state === "sent") await device.caughtUp({ waitMs: args.waitMs, untilDone: false });
  return state;
}

/** All items after the one whose order is `order`, oldest first. */
export function itemsAfter({ view }: Context, conversation: Hex, order: number): readonly TimelineItem[] {
  for (let limit = 20; ; limit *= 4) {
    const { items, hasOlder } = view("timeline", conversation, limit);
    const first = items[0];
    if (!hasOlder || first === undefined || first.order <= order) return items.filter((item) => item.order > order);
  }
}

/** The order of the newest item of a chat; 0 when it is empty. */
export function newestIn({ view }: Context, conversation: Hex): number {
  return view("timeline", conversation, 1).items.at(-1)?.order ?? 0;
}

export function titleIn({ title, conversation }: Pick<ChatRow, "title" | "conversation">): string {
  return plain(title) || short(conversation);
}

/**
 * The newest message whose text contains the command's second word, or whose id begins with it.
 *
 * @throws Fault when there is none.
 */
export async function messageMeant(
  context: Context,
): Promise<{ conversation: Hex; title: string; item: TimelineItem }> {
  const { args, view } = context;
  const [chat = "", query = ""] = args.positionals;
  mustLiveHere(context);
  const { conversation, title } = await chatMeant(context, chat);
  const wanted = query.normalize("NFC").toLowerCase();
  const isId = new RegExp(`^[0-9a-f]{${prefixMin},}$`).test(wanted);
  const item = await found(context, () => {
    const one = view("timeline", conversation, searchedMax).items.findLast(
      ({ body, id }) =>
        body.kind !== "system" &&
        ((isId && id.startsWith(wanted)) || (body.kind === "text" && body.text.toLowerCase().includes(wanted))),
    );
    if (one === undefined) throw new Fault("fault.none", { argument: "MESSAGE", query: plain(query) });
    return one;
  });
  return { conversation, title, item };
}

/** Waits until home has all messages of this device. Answers `line` then, else that they wait for a connection. */
export async function answerWhenSent(
  context: Context,
  line: string,
  about: { conversation: Hex; id: Hex },
): Promise<void> {
  const isTold = await untilSent(context);
  context.answer(isTold ? line : context.text("done.waits"), { ...about, told: isTold });
}

/** The account of the contact that each query means. @throws Fault when no contact, or several, fit one. */
export async function contactsMeant(context: Context, queries: readonly string[]) {
  return found(context, () => {
    const rows = context.view("contacts").map((row) => ({ ...row, id: row.account }));
    return queries.map((query) => pick("CONTACT", query, rows).account);
  });
}
