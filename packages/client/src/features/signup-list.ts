/**
 * Sign-up lists, 接龙 (docs/spec/actions.md AC11): a title, how it began, and lines that everybody writes of their own.
 */
import { handedLimits, signupLimits } from "@yanshu/content";
import type { Mark } from "@yanshu/store";
import { equalBytes, fromHex, toHex } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  contentId,
  filled,
  type Hex,
  type MessageRef,
  nameOf,
  type PersonRef,
  pack,
  unpack,
} from "../feature.ts";
import { setByOthers } from "../values/handed.ts";

export type ChainLineView = {
  /** Hex; absent for a line that the list began with. */
  readonly key?: Hex;
  readonly by?: PersonRef;
  readonly text: string;
};

type ChainBody = {
  readonly kind: "chain";
  readonly title: string;
  readonly note: string;
  readonly lines: readonly ChainLineView[];
};

type SignupListApi = {
  /** Resolves with its id. Rejects with `empty` and `too-long`. */
  readonly startChain: (
    conversation: Hex,
    chain: { readonly title: string; readonly note: string; readonly seeds: readonly string[] },
  ) => Promise<Hex>;
  /**
   * Without a key a new line of one's own; without a text the line is taken out. Rejects with `unknown-message`,
   * `empty`, `too-long`.
   */
  readonly writeLine: (conversation: Hex, chain: MessageRef, text: string, key?: Hex) => Promise<void>;
};

/** A line keeps the place of its first writing, however often it is changed, on whichever device that came first. */
type ChainLine = { readonly text: string; readonly sinceMs: number };

/** The later text holds, at the earliest place that is known; ties go by the text, so that everybody decides alike. */
function merge(held: Mark | undefined, next: Mark): Mark {
  if (held === undefined) return next;
  const [before, after] = [unpack<ChainLine>(held.value), unpack<ChainLine>(next.value)];
  const isLater = held.stamp_ms < next.stamp_ms || (held.stamp_ms === next.stamp_ms && before.text < after.text);
  const text = isLater ? after.text : before.text;
  const sinceMs = Math.min(after.sinceMs, before.sinceMs);
  return {
    ...next,
    value: pack({ text, sinceMs } satisfies ChainLine),
    stamp_ms: Math.max(next.stamp_ms, held.stamp_ms),
  };
}

export const signupList = clientFeature({
  kinds: ["chain", "line"],

  apply: {
    line: ({ setMark }, { conversation, by, sentAtMs, body: { author, id, key, text } }) => {
      const value = pack({ text, sinceMs: sentAtMs } satisfies ChainLine);
      setMark(conversation, { author, id }, { kind: "line", by, key: toHex(key), value, stamp_ms: sentAtMs });
    },
  },

  marks: {
    line: {
      merge,
      again: (on, { key, value }) => ({
        kind: "line",
        ...on,
        key: fromHex(key),
        text: unpack<ChainLine>(value).text,
      }),
      restamped: (value, stampMs) => pack({ ...unpack<ChainLine>(value), sinceMs: stampMs }),
    },
  },

  handed: {
    give: ({ marks }, conversation, on) => ({
      lines: marks(conversation, on, "line")
        .slice(0, handedLimits.marksMax)
        .map(({ by, key, value, stamp_ms }) => ({
          by,
          key: fromHex(key),
          ...unpack<ChainLine>(value),
          stampMs: stamp_ms,
        })),
    }),
    take: ({ own, nowMs, marks, setMark }, conversation, on, { lines }) => {
      const held = marks(conversation, on, "line");
      for (const { by, key, text, sinceMs, stamp_ms } of setByOthers(lines, own(), nowMs())) {
        const name = toHex(key);
        // What its author has said since stands, at the place of their first writing.
        const isSaid = held.some((mark) => mark.key === name && equalBytes(mark.by, by));
        const value = pack({ text, sinceMs: Math.min(sinceMs, nowMs()) } satisfies ChainLine);
        setMark(conversation, on, { kind: "line", by, key: name, value, stamp_ms: isSaid ? 0 : stamp_ms });
      }
    },
  },

  show: {
    /**
     * What the list began with, then each line where it was first written; a tie goes by author and key, the same for
     * all.
     */
    chain: ({ marks, people }, { title, note, seeds }): ChainBody => {
      const written = marks("line")
        .map(({ by, key, value }) => ({ by: toHex(by), key, ...unpack<ChainLine>(value) }))
        .filter(({ text }) => text !== "")
        .sort((a, b) => a.sinceMs - b.sinceMs || (a.by + a.key < b.by + b.key ? -1 : 1));
      people.load(written.map(({ by }) => by));
      const lines: readonly ChainLineView[] = [
        ...seeds.map((text) => ({ text })),
        ...written.map(({ by, key, text }) => ({ key, by: people.ref(by), text })),
      ];
      return { kind: "chain", title, note, lines };
    },
  },

  api: ({ random, writable, message, say }): SignupListApi => ({
    async startChain(chat, { title, note, seeds }) {
      const conversation = writable(chat);
      if (seeds.length > signupLimits.seedsMax) throw new ClientError("too-long");
      return say(conversation, {
        kind: "chain",
        title: filled(title, signupLimits.titleMax),
        note: atMost(note.trim(), signupLimits.noteMax),
        seeds: seeds.map((seed) => filled(seed, signupLimits.lineMax)),
      });
    },

    async writeLine(chat, chain, text, key) {
      const conversation = writable(chat);
      const name = nameOf(chain);
      if (message(conversation, name).kind !== "chain") throw new ClientError("unknown-message");
      const said = key === undefined ? filled(text, signupLimits.lineMax) : atMost(text.trim(), signupLimits.lineMax);
      say(conversation, { kind: "line", ...name, key: key === undefined ? random(16) : contentId(key), text: said });
    },
  }),
});
