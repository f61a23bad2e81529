/** Polls (docs/spec/actions.md AC10): a question, its options, and one vote an account. */
import { handedLimits, pollLimits } from "@yanshu/content";
import type { Mark } from "@yanshu/store";
import { type AccountId, toHex, type UnixMs } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  filled,
  type Hex,
  type MessageRef,
  type PersonRef,
  pack,
  unpack,
} from "../feature.ts";
import { setByOthers } from "../values/handed.ts";

export type PollOption = {
  readonly text: string;
  readonly count: number;
  readonly isMine: boolean;
  /** Empty where names are not shown. */
  readonly people: readonly PersonRef[];
};

type PollBody = {
  readonly kind: "poll";
  readonly question: string;
  readonly options: readonly PollOption[];
  readonly isMultiple: boolean;
  readonly isAnonymous: boolean;
  /** The number of accounts with a valid vote. */
  readonly voters: number;
  readonly closesAtMs?: UnixMs;
};

export type NewPoll = {
  readonly question: string;
  readonly options: readonly string[];
  readonly isMultiple: boolean;
  readonly isAnonymous: boolean;
  readonly closesAtMs?: UnixMs;
};

type PollsApi = {
  /**
   * Resolves with the poll's id. Rejects with `empty` (no question, fewer than two options), `too-long`, `too-late`
   * (its end has passed).
   */
  readonly startPoll: (conversation: Hex, poll: NewPoll) => Promise<Hex>;
  /**
   * Votes by the options' indexes, from 0; an empty list withdraws the vote. Rejects with `unknown-message`,
   * `too-late`, `not-allowed`.
   */
  readonly vote: (conversation: Hex, poll: MessageRef, choices: readonly number[]) => Promise<void>;
};

function voteOf(by: AccountId, choices: readonly number[], stamp_ms: UnixMs): Mark {
  return { kind: "vote", by, key: "", value: pack([...new Set(choices)]), stamp_ms };
}

export const polls = clientFeature({
  kinds: ["poll", "vote"],

  apply: {
    vote: ({ setMark }, { conversation, by, sentAtMs, body: { author, id, choices } }) =>
      setMark(conversation, { author, id }, voteOf(by, choices, sentAtMs)),
  },

  marks: {
    vote: { again: (on, { value }) => ({ kind: "vote", ...on, choices: unpack<number[]>(value) }) },
  },

  handed: {
    give: ({ marks }, conversation, on) => ({
      votes: marks(conversation, on, "vote")
        .slice(0, handedLimits.marksMax)
        .map(({ by, value, stamp_ms }) => ({ by, choices: unpack<number[]>(value), stampMs: stamp_ms })),
    }),
    take: ({ own, nowMs, setMark }, conversation, on, { votes }) => {
      for (const { by, choices, stamp_ms } of setByOthers(votes, own(), nowMs()))
        setMark(conversation, on, voteOf(by, choices, stamp_ms));
    },
  },

  show: {
    /** A vote after the end does not count, nor a choice that is not offered, nor a second one where there is one. */
    poll: ({ marks, people }, { question, options, multiple, anonymous, closesAtMs }): PollBody => {
      const votes = marks("vote")
        .filter(({ stamp_ms }) => closesAtMs === undefined || stamp_ms <= closesAtMs)
        .map(({ by, value }) => {
          const choices = unpack<readonly number[]>(value).filter((choice) => choice < options.length);
          return { by: toHex(by), choices: multiple ? choices : choices.slice(0, 1) };
        })
        .filter(({ choices }) => choices.length > 0);
      people.load(votes.map(({ by }) => by));
      return {
        kind: "poll",
        question,
        options: options.map((text, place): PollOption => {
          const chosen = votes.filter(({ choices }) => choices.includes(place)).map(({ by }) => people.ref(by));
          return {
            text,
            count: chosen.length,
            isMine: chosen.some(({ isMe }) => isMe),
            people: anonymous ? [] : chosen,
          };
        }),
        isMultiple: multiple,
        isAnonymous: anonymous,
        voters: votes.length,
        ...(closesAtMs === undefined ? {} : { closesAtMs }),
      };
    },
  },

  api: ({ nowMs, writable, find, say }): PollsApi => ({
    async startPoll(chat, { question, options, isMultiple, isAnonymous, closesAtMs }) {
      const conversation = writable(chat);
      const choices = options.map((option) => filled(option, pollLimits.optionMax));
      if (choices.length < 2) throw new ClientError("empty");
      if (choices.length > pollLimits.optionsMax) throw new ClientError("too-long");
      if (closesAtMs !== undefined && closesAtMs <= nowMs()) throw new ClientError("too-late");
      return say(conversation, {
        kind: "poll",
        question: filled(question, pollLimits.questionMax),
        options: choices,
        multiple: isMultiple,
        anonymous: isAnonymous,
        ...(closesAtMs === undefined ? {} : { closesAtMs }),
      });
    },

    async vote(chat, poll, choices) {
      const conversation = writable(chat);
      const { name, body } = find(conversation, poll, "poll");
      if ((body.closesAtMs ?? Number.POSITIVE_INFINITY) < nowMs()) throw new ClientError("too-late");
      if (choices.some((choice) => body.options[choice] === undefined) || (!body.multiple && choices.length > 1))
        throw new ClientError("not-allowed");
      say(conversation, { kind: "vote", ...name, choices: [...new Set(choices)] });
    },
  }),
});
