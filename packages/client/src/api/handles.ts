/** Api of handles: a name by which people find somebody whom they have no link of (docs/spec/identity.md ID28, ID29). */

/** Empty `handle`: this person has none. */
export type OwnHandle = { readonly handle: string; readonly isFound: boolean };

export type HandlesApi = {
  /**
   * From now on this person is found by `handle`, and by none where it is empty: 4 to 32 of a–z, 0–9, `.`, `_` and `-`, a
   * letter first. Rejects with `bad-handle`, `handle-taken`, and `too-often` after two changes within 90 days.
   */
  readonly setHandle: (handle: string) => Promise<void>;
  /** Whether the handle leads to this person. It stays theirs. */
  readonly setFound: (isFound: boolean) => Promise<void>;
  /** Answers a contact link, for `requestContact`. Rejects with `no-such-handle` where nobody wants to be found by it. */
  readonly findHandle: (typed: string) => Promise<string>;
};
