/**
 * Answering: what is unread is given to a program, one by one (docs/spec/terminal.md TE11). In one chat one
 * message is answered at a time, in order; other chats do not wait for it.
 */
import type { Client, Hex, TimelineItem } from "@yanshu/client";

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
  let accepting = Promise.resolve();
  let isEnding = false;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const fail = (error: unknown) => {
    isEnding = true;
    reject(error);
  };

  async function answerIn(conversation: Hex, unread: number): Promise<void> {
    for (const item of unreadIn(client, conversation, unread)) {
      if (isEnding) return;
      const text = item.body.kind === "text" ? item.body.text : "";
      if (!(await handle({ chat: conversation, text, item }))) return;
      // Up to this one: what came meanwhile is unread still.
      await client.api.markRead(conversation, { author: item.from.account, id: item.id as Hex });
    }
  }

  async function acceptAll(): Promise<void> {
    for (const { conversation, asks } of client.view("requests", []))
      if (asks === "person" && !isEnding) await client.api.acceptRequest(conversation);
  }

  function look(): void {
    if (isEnding) return;
    accepting = accepting.then(acceptAll).catch(fail);
    for (const { conversation, unread, state } of client.view("chats", [])) {
      if (unread === 0 || state !== "open" || busy.has(conversation)) continue;
      if (busy.size >= atOnce) return;
      const done = answerIn(conversation, unread)
        .catch(fail)
        .then(() => {
          busy.delete(conversation);
          look();
        });
      busy.set(conversation, done);
    }
  }

  const stops = [client.subscribe("chats", [], look), client.subscribe("requests", [], look)];
  return {
    failed,
    async end() {
      isEnding = true;
      for (const stop of stops) stop();
      await Promise.all([accepting, ...busy.values()]);
    },
  };
}

/** The newest `count` that others said, oldest first. */
function unreadIn(client: Client, conversation: Hex, count: number): readonly TimelineItem[] {
  for (let limit = count; ; limit *= 2) {
    const { items, hasOlder } = client.view("timeline", [conversation, limit]);
    const said = items.filter(({ mine, body }) => !mine && body.kind !== "system");
    if (said.length >= count || !hasOlder) return said.slice(-count);
  }
}
