/** Reactions (docs/spec/actions.md AC5): an emoji that somebody sets on a message, or takes off it. */
import { handedLimits, reactionLimits } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type Hex,
  type MessageRef,
  nameOf,
  type PageContext,
  pack,
  type ReactionView,
  unpack,
} from "../feature.ts";
import { setByOthers } from "../values/handed.ts";

type ReactionsApi = {
  /** Rejects with `unknown-message`, `empty`, `too-long`. */
  readonly react: (conversation: Hex, message: MessageRef, emoji: string, on: boolean) => Promise<void>;
};

type MarkRow = { readonly position: number; readonly by: Bytes; readonly key: string; readonly value: Bytes };

const marksSql = `
  SELECT m.position, k.by, k.key, k.value FROM messages AS m
  CROSS JOIN marks AS k ON k.conversation = m.conversation AND k.author = m.author AND k.id = m.id AND k.kind = 'reaction'
  WHERE m.conversation = ? AND m.position BETWEEN ? AND ? ORDER BY m.position, k.stamp_ms, k.by`;

/** By position; each emoji where it was first set. */
function reactionsOn({
  database,
  people,
  conversation,
  first,
  last,
}: PageContext): ReadonlyMap<number, readonly ReactionView[]> {
  const found = new Map<number, Map<string, Hex[]>>();
  if (first === undefined || last === undefined) return new Map();
  for (const { position, by, key, value } of database.all<MarkRow>(marksSql, conversation, first, last)) {
    if (unpack<boolean>(value) !== true) continue;
    const emojis = found.get(position) ?? new Map<string, Hex[]>();
    emojis.set(key, [...(emojis.get(key) ?? []), toHex(by)]);
    found.set(position, emojis);
  }
  people.load([...found.values()].flatMap((emojis) => [...emojis.values()].flat()));
  return new Map(
    [...found].map(([position, emojis]) => [
      position,
      [...emojis].map(([emoji, accounts]) => {
        const set = accounts.map(people.ref);
        return { emoji, people: set, mine: set.some(({ isMe }) => isMe) };
      }),
    ]),
  );
}

export const reactions = clientFeature({
  kinds: ["react"],

  apply: {
    react: ({ setMark }, { conversation, by, sentAtMs, body: { author, id, emoji, on } }) =>
      setMark(conversation, { author, id }, { kind: "reaction", by, key: emoji, value: pack(on), stamp_ms: sentAtMs }),
  },

  marks: {
    reaction: {
      again: (on, { key, value }) => ({ kind: "react", ...on, emoji: key, on: unpack<boolean>(value) }),
    },
  },

  handed: {
    give: ({ marks }, conversation, on) => ({
      reactions: marks(conversation, on, "reaction")
        .slice(0, handedLimits.marksMax)
        .map(({ by, key, value, stamp_ms }) => ({ by, emoji: key, on: unpack<boolean>(value), stampMs: stamp_ms })),
    }),
    take: ({ own, nowMs, setMark }, conversation, message, { reactions: all }) => {
      for (const { by, emoji, on, stamp_ms } of setByOthers(all, own(), nowMs()))
        setMark(conversation, message, { kind: "reaction", by, key: emoji, value: pack(on), stamp_ms });
    },
  },

  beside: (page) => {
    const reactionsAt = reactionsOn(page);
    return ({ position }) => {
      const set = reactionsAt.get(position);
      return set === undefined ? {} : { reactions: set };
    };
  },

  api: ({ writable, message, say }): ReactionsApi => ({
    async react(chat, on, emoji, isOn) {
      const conversation = writable(chat);
      const name = nameOf(on);
      message(conversation, name);
      if (emoji.trim() === "") throw new ClientError("empty");
      if (emoji.length > reactionLimits.emojiMax || !emoji.isWellFormed()) throw new ClientError("too-long");
      say(conversation, { kind: "react", ...name, emoji, on: isOn });
    },
  }),
});
