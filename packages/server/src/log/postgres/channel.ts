/** Channel: the messages between the server's thread and the thread that holds the connection. */

export type Value = string | number | null | Uint8Array;
/** One statement; parameters are `$1`. */
export type Step = { readonly sql: string; readonly params: readonly Value[] };
export type Result = { readonly rows: readonly (readonly unknown[])[]; readonly count: number };

export type Request = {
  readonly number: number;
  /** Sent at once, run one after another. */
  readonly steps: readonly Step[];
  /**
   * Whether a lost connection may be replaced. False within a transaction, which is lost with its connection.
   */
  readonly isFirst: boolean;
  /** How long to try to connect, in ms. */
  readonly waitMs: number;
  /** Run on each new connection from now on, before anything else. */
  readonly greeting?: readonly Step[];
  readonly isLast?: boolean;
};

export type Reply = { readonly number: number } & (
  | { readonly kind: "results"; readonly results: readonly Result[] }
  /** The database refused a step; `state` is its SQLSTATE. */
  | { readonly kind: "refused"; readonly state: string; readonly message: string }
  /** The connection is gone, or there is none. */
  | { readonly kind: "away"; readonly message: string }
);

/** What the connection's thread starts with. `signal[0]` is the number of the last request that was answered. */
export type Opening = {
  readonly signal: Int32Array;
  readonly url: string;
  /** For a thread that replaces one that died; otherwise empty. */
  readonly greeting: readonly Step[];
};
