/**
 * Answering: what is unread is given to a program, one by one (docs/spec/terminal.md TE11). In one chat one
 * message is answered at a time, in order; then the other chats that wait have their turn first (docs/spec/bridge.md
 * PA44).
 */
import { type Client, ClientError, type Hex, type TimelineItem } from "@yanshu/client";
import { messageKinds } from "@yanshu/content";

export type Incoming = {
  readonly chat: Hex;
  /** Empty for what has no words, such as a photo. */
  readonly text: string;
  readonly item: TimelineItem;
};

export type Answering = {
  /** Resolves once what was begun is done, and nothing new begins. */
  readonly end: () => Promise<void>;
  /** Rejects with what `handle` threw; else it stays open. */
  readonly failed: Promise<never>;
};

type Options = {
  /** How many chats are answered at once. */
  readonly atOnce: number;
  /** Returns false where the message is not answered now: it stays unread, with what follows it. */
  readonly handle: (message: Incoming) => Promise<boolean>;
};

/** Accepts all who ask to write to the account, and gives each unread message to `handle`, then and from now on. */
export function answering(client: Client, { atOnce, handle }: Options): Answering {
  const busy = new Map<Hex, Promise<void>>();
  /** Chats that wait, the one that waits longest first. */
  const waiting = new Set<Hex>();
  /** Chats that stay unread as they are: they are looked at again once something moved. */
  const left = new Set<Hex>();
  /** `order` of the newest message that was given, by chat: none is given twice. */
  const given = new Map<Hex, number>();
  let accepting = Promise.resolve();
  let isEnding = false;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined); // Who opened this may look at it later, or never.
  const fail = (error: unknown) => {
    isEnding = true;
    reject(error);
  };

  /** Answers one message. Returns whether anything was read: else a second look would find the same. */
  async function answerIn(conversation: Hex): Promise<boolean> {
    const item = nextIn(client, conversation, given.get(conversation) ?? Number.NEGATIVE_INFINITY);
    // Lines that nobody said, such as who asks to come in: they are not answered.
    if (item === undefined) return markRead(conversation, newestIn(client, conversation));
    const text = item.body.kind === "text" ? item.body.text : "";
    if (!(await handle({ chat: conversation, text, item }))) return false;
    given.set(conversation, item.order);
    // Up to this one: what came meanwhile is unread still.
    await markRead(conversation, item);
    return true;
  }

  /** Returns false where the chat is as unread as before. */
  async function markRead(conversation: Hex, item: TimelineItem | undefined): Promise<boolean> {
    const before = countIn(conversation);
    if (item !== undefined)
      await spared(client.api.markRead(conversation, { author: item.from.account, id: item.id as Hex }));
    return countIn(conversation) !== before;
  }

  const countIn = (chat: Hex) => client.view("chats", []).find(({ conversation }) => conversation === chat)?.unread;

  async function acceptAll(): Promise<void> {
    for (const { conversation, asks } of client.view("requests", []))
      if (asks === "person" && !isEnding) await spared(client.api.acceptRequest(conversation));
  }

  function look(): void {
    if (isEnding) return;
    accepting = accepting.then(acceptAll).catch(fail);
    noteWaiting();
    for (const conversation of waiting) {
      if (busy.size >= atOnce) return;
      if (left.has(conversation)) continue;
      waiting.delete(conversation);
      const done = answerIn(conversation)
        .then((isRead) => {
          if (!isRead) left.add(conversation);
          // Other chats that wait by now go before this one.
          noteWaiting();
        })
        .catch(fail)
        .then(() => {
          busy.delete(conversation);
          look();
        });
      busy.set(conversation, done);
    }
  }

  /** Those that are new stand behind the others, and so does one that was answered and waits again. */
  function noteWaiting(): void {
    const unread = client.view("chats", []).filter((one) => one.unread > 0 && one.state === "open");
    const now = new Set(unread.map(({ conversation }) => conversation));
    for (const conversation of waiting) if (!now.has(conversation)) waiting.delete(conversation);
    // The view has the newest first.
    for (const conversation of [...now].reverse()) if (!busy.has(conversation)) waiting.add(conversation);
  }

  const lookAgain = () => {
    left.clear();
    look();
  };
  const stops = [client.subscribe("chats", [], lookAgain), client.subscribe("requests", [], look)];
  return {
    failed,
    async end() {
      isEnding = true;
      for (const stop of stops) stop();
      await Promise.all([accepting, ...busy.values()]);
    },
  };
}

/** They went, or nothing can be said in the chat any more: that ends no program. Rejects where the disk fails. */
export async function spared(done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code !== "storage") return false;
    throw error;
  }
}

const pageItems = 20;

/** What others said first behind the read position and behind `after`. */
function nextIn(client: Client, conversation: Hex, after: number): TimelineItem | undefined {
  // Opening a chat finds where reading was left off. It is of an earlier time where nothing that was said is unread.
  client.subscribe("timeline", [conversation, 1], () => undefined)();
  const { firstUnread } = client.view("timeline", [conversation, 1]);
  if (firstUnread === undefined) return undefined;
  for (let from = Math.max(firstUnread, after + 1); ; ) {
    const { items, hasNewer } = client.view("timeline", [conversation, pageItems, { from }]);
    const said = items.find(({ mine, body }) => !mine && isSaid(body.kind));
    if (said !== undefined || !hasNewer) return said;
    from = (items.at(-1)?.order ?? from + pageItems) + 1;
  }
}

const newestIn = (client: Client, conversation: Hex) => client.view("timeline", [conversation, 1]).items.at(-1);

const isSaid = (kind: string) => kind === "newer" || messageKinds.some((one) => one === kind);
