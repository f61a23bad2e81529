/** Commands that list chats, send messages, and show them. */
import type { ChatRow, Hex, TimelineItem } from "@yanshu/client";
import { isLongText, longTextName } from "@yanshu/content";
import { chatMeant, itemsAfter, newestIn, tell, titleIn } from "../chat.ts";
import { type Context, catchUp, mustLiveHere } from "../context.ts";
import { Fault } from "../fault.ts";
import { chatLine, itemLine } from "../show.ts";
import { sendFile } from "./files.ts";

export async function chats(context: Context): Promise<void> {
  const { answer, text, view } = context;
  await catchUp(context);
  const rows = view("chats");
  const lines = rows.map((row, i) => chatLine(text, row, i + 1));
  answer(
    rows.length === 0 ? text("chats.none") : lines,
    rows.map(({ faces: _, ...row }) => row),
  );
}

export async function send(context: Context): Promise<void> {
  const { args, api, io } = context;
  const [chat = "", ...words] = args.positionals;
  mustLiveHere(context);
  if (args.file !== undefined) {
    await sendFile(context, chat, args.file, words.join(" "));
    return;
  }
  const said = words.length > 0 ? words.join(" ") : (await io.input()).replace(/\r?\n$/, "");
  const { conversation, title } = await chatMeant(context, chat);
  const before = newestIn(context, conversation);
  const id = isLongText(said)
    ? await api.sendFile(conversation, { source: new Blob([said]), name: longTextName(said), type: "text/plain" })
    : await api.sendText(conversation, said);
  await tell(context, { conversation, title, id, before });
}

export async function read(context: Context): Promise<void> {
  const { args, answer, api, text, view } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await catchUp(context);
  const { items } = view("timeline", conversation, args.last);
  const lines = items.map((item) => itemLine(text, item));
  answer(items.length === 0 ? text("read.none") : lines, items.map(itemValue));
  if (args.peek) return;
  await api.markRead(conversation);
  await context.device.caughtUp({ waitMs: Math.min(args.waitMs, 2_000), untilDone: true });
}

/** Prints messages as they arrive, until the user stops it (Ctrl-C). @throws Fault when the device was signed out. */
export async function tail(context: Context): Promise<void> {
  const { args, api, device, hint, text, view } = context;
  mustLiveHere(context);
  const only = args.positionals[0] === undefined ? undefined : await chatMeant(context, args.positionals[0]);
  const shownTo = new Map<Hex, number>();
  const listed = () => view("chats").filter((row) => only === undefined || row.conversation === only.conversation);
  // Messages from before are for `read`. A chat that begins later is shown from its first message.
  for (const row of listed()) shownTo.set(row.conversation, newestIn(context, row.conversation));
  hint(text("tail.begin"));

  const show = () => {
    for (const row of listed()) {
      const fresh = itemsAfter(context, row.conversation, shownTo.get(row.conversation) ?? 0);
      const last = fresh.at(-1);
      if (last === undefined) continue;
      shownTo.set(row.conversation, last.order);
      for (const item of fresh) printItem(context, row, item, only === undefined);
      if (!args.peek) void api.markRead(row.conversation).catch(() => undefined);
    }
  };
  // A new message changes its chat's row in the list: the time, the preview or the count.
  const stopChats = device.client.subscribe("chats", [], show);
  const stopOnly = only === undefined ? undefined : device.client.subscribe("timeline", [only.conversation, 20], show);
  const isSignedOut = await untilOver(context);
  stopChats();
  stopOnly?.();
  if (isSignedOut) throw new Fault("fault.signedOut");
}

/** Waits for the end. Returns true when the device was signed out, false when the user stopped the command. */
function untilOver({ device, io }: Context): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = device.client.subscribe("status", [], ({ phase }) => {
      if (phase === "signed-out") resolve(true);
    });
    const interrupted = () => {
      stop();
      resolve(false);
    };
    if (io.interrupted.aborted) interrupted();
    io.interrupted.addEventListener("abort", interrupted, { once: true });
  });
}

function printItem({ text, answer }: Context, row: ChatRow, item: TimelineItem, isNamed: boolean): void {
  const line = itemLine(text, item);
  const { conversation, title } = row;
  answer(isNamed ? `[${titleIn(row)}] ${line}` : line, { conversation, title, ...itemValue(item) });
}

function itemValue({ from, ...item }: TimelineItem) {
  return { ...item, from: { account: from.account, name: from.name, isMe: from.isMe } };
}
