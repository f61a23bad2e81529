/**
 * Live: subscriptions to views. A change names its topics; views of these topics are read again once, after the current
 * work, and a subscriber is called only if the value differs.
 */
import type { Ports } from "../ports.ts";

type Subscription = {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly topics: ReadonlySet<string>;
  readonly callback: (value: unknown) => void;
  last: string | undefined;
};

/** Bursts of messages are shown together; shorter than one frame. */
const settleMs = 8;

export function createLive(
  ports: Ports,
  read: (name: string, args: readonly unknown[]) => unknown,
  topicsOf: (name: string, args: readonly unknown[]) => readonly string[],
  failed: (error: unknown) => void,
) {
  const subscriptions = new Set<Subscription>();
  let stale = new Set<string>();
  let planned = false;
  let stopped = false;

  function changed(...topics: readonly string[]): void {
    for (const topic of topics) stale.add(topic);
    if (planned || stopped || subscriptions.size === 0) return;
    planned = true;
    ports.after(settleMs, flush);
  }

  function flush(): void {
    planned = false;
    const topics = stale;
    stale = new Set();
    if (stopped) return;
    for (const subscription of subscriptions) {
      if (subscription.topics.isDisjointFrom(topics)) continue;
      tell(subscription);
    }
  }

  /** If one view cannot be read, or its subscriber throws, the other subscribers are still called. */
  function tell(subscription: Subscription): void {
    try {
      tellNews(subscription);
    } catch (error) {
      failed(error);
    }
  }

  function tellNews(subscription: Subscription): void {
    const value = read(subscription.name, subscription.args);
    const text = JSON.stringify(value, (_, item: unknown) =>
      item instanceof Uint8Array ? `${item.length}:${item.slice(0, 64).join()}` : item,
    );
    if (text === subscription.last) return;
    subscription.last = text;
    subscription.callback(value);
  }

  return {
    changed,
    subscribe(name: string, args: readonly unknown[], callback: (value: unknown) => void): () => void {
      const subscription: Subscription = {
        name,
        args,
        topics: new Set(topicsOf(name, args)),
        callback,
        last: undefined,
      };
      subscriptions.add(subscription);
      tell(subscription);
      return () => subscriptions.delete(subscription);
    },
    stop: () => {
      stopped = true;
      subscriptions.clear();
    },
  };
}
