/** Channel: what the thread of the server and the thread of its connection say to each other. */

export type Value = string | number | null | Uint8Array;
/** One statement; parameters are `$1`. */
export type Step = { readonly sql: string; readonly params: readonly Value[] };
export type Result = { readonly rows: readonly (readonly unknown[])[]; readonly count: number };

export type Request = {
  readonly number: number;
  /** Sent at once, run one after another. */
  readonly steps: readonly Step[];
  /**
   * Of these the connection is made anew if it must be; what goes on with a transaction is lost with its connection.
   */
  readonly isFirst: boolean;
  /** How long a connection is tried for. */
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

/** Where `signal[0]` stands once a reply is there: its request's number. */
export type Opening = {
  readonly signal: Int32Array;
  readonly url: string;
  /** Of a thread in the place of one that died. */
  readonly greeting: readonly Step[];
};
