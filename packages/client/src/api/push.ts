/** Push: how a device is woken while the app is closed (docs/spec/push.md). */
import type { Bytes, PushOutcome } from "@yanshu/wire";

export type { PushOutcome };

/** What the browser gives when it subscribes: its push service's address, its point (65 bytes) and its secret (16). */
export type PushSubscribed = { readonly endpoint: string; readonly key: Bytes; readonly secret: Bytes };

export type PushApi = {
  /** Home's key, to subscribe with; undefined where home wakes nobody. @throws ClientError "offline" */
  readonly pushKey: () => Promise<Bytes | undefined>;
  /** @throws ClientError "offline", or "refused" when home would never call such an address */
  readonly subscribePush: (subscribed: PushSubscribed) => Promise<void>;
  readonly unsubscribePush: () => Promise<void>;
  /** Home wakes this device now, and says how that went. @throws ClientError "offline" */
  readonly testPush: () => Promise<PushOutcome>;
  /** Woken: the connections are opened at once, whatever they were waiting for. Answers once home was heard, or after 10 s. */
  readonly lookForLetters: () => Promise<void>;
};
