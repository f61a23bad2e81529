import type { Asked } from "./lock-passkey.ts";
import type { LockRecord } from "./lock-record.ts";

/** Messages about the lock between pages and workers of this origin. All tabs lock together; one worker leads. */
export type LockMessage =
  /** To the worker that waits for the store's key: try this secret. */
  | { readonly kind: "try"; readonly secret: string }
  /** The same, with the PRF output of the lock's passkey. */
  | { readonly kind: "try-passkey"; readonly secret: Uint8Array }
  /** The worker received the try. Until then the page repeats it: the worker may not have started yet. */
  | { readonly kind: "trying" }
  | { readonly kind: "wrong"; readonly waitMs: number }
  | { readonly kind: "wrong-passkey" }
  /** Between workers, so that the next leader need not ask the person. */
  | { readonly kind: "who-holds" }
  | { readonly kind: "key"; readonly key: Uint8Array }
  /** A page's question, and the worker's answer: the store is open, or not locked. */
  | { readonly kind: "is-open" }
  | { readonly kind: "open" }
  | {
      readonly kind: "turn-on";
      readonly secret: string;
      readonly asks: LockRecord["asks"];
      readonly afterMs: number;
    }
  | { readonly kind: "turn-off"; readonly secret: string }
  /** To the worker that has the store open, before a change of the lock: is this the secret? */
  | { readonly kind: "check"; readonly secret: string }
  | { readonly kind: "right" }
  | { readonly kind: "change-secret"; readonly secret: string; readonly asks: LockRecord["asks"] }
  /** A passkey was made: from now on its PRF output opens the store as well. */
  | { readonly kind: "add-passkey"; readonly asked: Asked; readonly secret: Uint8Array }
  /** The lock is off, and its passkey (credential id) opens nothing any more. */
  | { readonly kind: "dropped"; readonly passkey: string }
  /**
   * Every page reloads: moving the store has ended or failed; or (`isLost`) the store and the lock's record are lost
   * (ST41).
   */
  | { readonly kind: "begin-anew"; readonly isLost: boolean }
  /** The store's files are gone and cannot be restored; the open database can still be read (WE36). */
  | { readonly kind: "gone" }
  /** Every page locks, every worker forgets the key. */
  | { readonly kind: "lock" }
  /** The lock's record has changed. */
  | { readonly kind: "changed" }
  /** Is a page of the app visible? The answer is `in-sight`. */
  | { readonly kind: "in-sight?" }
  | { readonly kind: "in-sight" };

export const lockChannelName = "yanshu-lock";
