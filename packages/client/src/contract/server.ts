/** The server, as a feature of the client asks it (../feature.ts). */
import type { AccountId, Bytes, CallArgs, CallName, CallResult, ConversationId, UploadToken } from "@yanshu/wire";
import type { Answer } from "../connection/connection.ts";

/** Lost answers are rejected with `offline`. */
export type AnswerThatCame<T> = Exclude<Answer<T>, { readonly kind: "lost" }>;

export type ServerElsewhere = {
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<CallResult<N>>;
  readonly close: () => void;
};

/** A connection by which no account can be known. */
export type UnnamedLine = {
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
};

/** What a feature asks of the server, by the calls that are its own. */
export type FeatureServer = {
  /** Resolves with whether this device is signed in; waits a few seconds for it. */
  readonly ready: () => Promise<boolean>;
  readonly isReady: () => boolean;
  /** Whether home gave no more upload tokens today when it was asked last (docs/spec/media.md ME3): topic `tokens`. */
  readonly areTokensSpent: () => boolean;
  /** Opens the connections at once, whatever pause after a failure there was. */
  readonly wake: () => void;
  /** By the connection that is signed in. */
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
  /**
   * By a connection of its own, paid for with as many tokens, by which no account can be known (docs/spec/delivery.md
   * DS52). Rejects with `offline`, `too-often`, `refused`. `argsOf` is called inside the transaction that spends them.
   */
  readonly callPaid: <N extends CallName>(
    name: N,
    tokens: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ) => Promise<CallResult<N>>;
  /** The same; where home refuses, resolves with why. */
  readonly answerPaid: <N extends CallName>(
    name: N,
    tokens: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ) => Promise<AnswerThatCame<CallResult<N>>>;
  /**
   * The name of the other server at which this account lives, as far as that is known; undefined: home, or one that
   * home does not speak with (docs/spec/peers.md PE51). @param named by the account itself: then its leaves do not
   * count.
   */
  readonly elsewhere: (account: AccountId, named?: string) => string | undefined;
  /** `elsewhere` for many accounts other than the own one, as it is now. */
  readonly allElsewhere: () => (account: AccountId, named?: string) => string | undefined;
  /**
   * The first home of this account, where others may not find it by its leaves in that conversation: after a move
   * (docs/spec/peers.md PE58).
   */
  readonly homeToName: (conversation: ConversationId) => string | undefined;
  /** `homeToName` for many chats of two, as it is now. */
  readonly allHomesToName: () => (conversation: ConversationId) => string | undefined;
  /**
   * Opens a connection to another server, through home, by which no account can be known and in which nothing else is
   * said (PE44). Undefined where it does not answer. The caller closes it. A call rejects as `callPaid`.
   */
  readonly openAt: (server: string) => Promise<ServerElsewhere | undefined>;
  /**
   * Several calls to home by a connection by which no account can be known, which is closed when the work ends.
   * Rejects with `offline`, `too-often`.
   */
  readonly onOneLine: <T>(work: (line: UnnamedLine) => Promise<T>) => Promise<T>;
  /**
   * One GET of what home shows to everybody, without names and cookies. Undefined where no answer came in time, or one
   * longer than `bytesMax`. `range`: first and last byte. `at`: another server, where it stands too.
   */
  readonly readPublic: (
    path: string,
    wish: {
      readonly bytesMax: number;
      readonly range?: readonly [from: number, to: number] | undefined;
      readonly at?: string;
    },
  ) => Promise<{ readonly status: number; readonly body: Bytes } | undefined>;
  /** By the connection that names no account; undefined while there is none. */
  readonly callUnnamed: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>> | undefined>;
};
