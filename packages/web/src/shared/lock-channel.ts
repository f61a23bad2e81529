import type { Asked } from "./lock-passkey.ts";
import type { LockRecord } from "./lock-record.ts";

/** What pages and workers of this origin tell each other about the lock. All tabs lock together; one worker leads. */
export type LockMessage =
  /** To the worker that waits for the store: is it this? */
  | { readonly kind: "try"; readonly secret: string }
  /** The same, by what the lock's passkey answered. */
  | { readonly kind: "try-passkey"; readonly secret: Uint8Array }
  /** It was heard: a page that is quicker than the worker asks again until then. */
  | { readonly kind: "trying" }
  | { readonly kind: "wrong"; readonly waitMs: number }
  | { readonly kind: "wrong-passkey" }
  /** Between workers, so that the next leader needs not ask the person. */
  | { readonly kind: "who-holds" }
  | { readonly kind: "key"; readonly key: Uint8Array }
  /** From a page, and a worker's answer: the store is open, or not locked. */
  | { readonly kind: "is-open" }
  | { readonly kind: "open" }
  | {
      readonly kind: "turn-on";
      readonly secret: string;
      readonly asks: LockRecord["asks"];
      readonly afterMs: number;
    }
  | { readonly kind: "turn-off"; readonly secret: string }
  /** To the worker that has the store open, before something of the lock is changed: is it this? */
  | { readonly kind: "check"; readonly secret: string }
  | { readonly kind: "right" }
  | { readonly kind: "change-secret"; readonly secret: string; readonly asks: LockRecord["asks"] }
  /** A passkey was made: from now on what it answered opens the store as well. */
  | { readonly kind: "add-passkey"; readonly asked: Asked; readonly secret: Uint8Array }
  /** The lock is off, and the passkey that it had opens nothing any more. */
  | { readonly kind: "dropped"; readonly passkey: string }
  /**
   * The store was moved, or could not be; or it is lost (ST41), and the lock's record with it: every page begins anew.
   */
  | { readonly kind: "begin-anew"; readonly isLost: boolean }
  /** The store's files are gone, and nothing would put them back; what is open can still be read (WE36). */
  | { readonly kind: "gone" }
  /** Every page locks, every worker forgets. */
  | { readonly kind: "lock" }
  /** What the record says was chosen anew. */
  | { readonly kind: "changed" }
  /** Is the app in sight anywhere? */
  | { readonly kind: "in-sight?" }
  | { readonly kind: "in-sight" };

export const lockChannelName = "yanshu-lock";
