/** The account deleted, and this device wiped (docs/spec/keeping.md). */

export type AccountDeletionApi = {
  /**
   * Begun when it answers, and not to be undone: `status` tells phase `leaving` until home has erased the account, then
   * `new`. Rejects with `offline` where home cannot be told.
   */
  readonly deleteAccount: () => Promise<void>;
  /** On a device that was signed out: all that is here of its former account goes. */
  readonly wipeDevice: () => Promise<void>;
};
