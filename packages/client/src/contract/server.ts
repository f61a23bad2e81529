/** The server, as a feature of the client asks it (../feature.ts). */
import type { CallArgs, CallName, CallResult, UploadToken } from "@yanshu/wire";
import type { Answer } from "../connection/connection.ts";

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
  /** By the connection that names no account; undefined while there is none. */
  readonly callUnnamed: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>> | undefined>;
};
