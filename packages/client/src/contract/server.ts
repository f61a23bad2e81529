/** The server, as a feature of the client asks it (../feature.ts). */
import type { AccountId, CallArgs, CallName, CallResult, UploadToken } from "@yanshu/wire";
import type { Answer } from "../connection/connection.ts";

export type ServerElsewhere = {
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<CallResult<N>>;
  readonly close: () => void;
};

/** What a feature asks of the server, by the calls that are its own. */
export type FeatureServer = {
  /** Resolves with whether this device is signed in; waits a few seconds for it. */
  readonly ready: () => Promise<boolean>;
  readonly isReady: () => boolean;
  /** Opens the connections at once, whatever pause after a failure there was. */
  readonly wake: () => void;
  /** By the connection that is signed in. */
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
  /**
   * By a connection of its own, paid for with as many tokens, by which no account can be known (docs/spec/delivery.md
   * DS52). Rejects with `offline`, `too-often`, `refused`.
   */
  readonly callPaid: <N extends CallName>(
    name: N,
    tokens: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ) => Promise<CallResult<N>>;
  /**
   * The name of the other server at which this account lives, as far as that is known; undefined: home, or one that
   * home does not speak with (docs/spec/peers.md PE51).
   */
  readonly elsewhere: (account: AccountId) => string | undefined;
  /**
   * Opens a connection to another server, through home, by which no account can be known and in which nothing else is
   * said (PE44). Undefined where it does not answer. The caller closes it. A call rejects as `callPaid`.
   */
  readonly openAt: (server: string) => Promise<ServerElsewhere | undefined>;
  /** By the connection that names no account; undefined while there is none. */
  readonly callUnnamed: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>> | undefined>;
};
