/**
 * Live: subscriptions to views. A change names its topics; views of these topics are read again once, after the current
 * work, and a subscriber is called only if the value differs. So is a view of which something ends by time alone.
 */
import type { Ports } from "../ports.ts";
import { createAlarm } from "./alarm.ts";

type Subscription = {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly topics: ReadonlySet<string>;
  readonly callback: (value: unknown) => void;
  last: string | undefined;
  /** When its value ends by itself, in Unix milliseconds. */
  endsMs: number;
};

/** Bursts of messages are shown together; shorter than one frame. */
const settleMs = 8;
/**
 * A timer does not run on while a device sleeps, nor follow a clock that is put right: so it looks at least so often.
 */
const endsLookMs = 60_000;

/** What is frozen stays as it is: so it is compared by which it is, and not looked into (MO97). */
const named = new WeakMap<object, string>();
let lastName = 0;

function nameOf(frozen: object): string {
  const name = named.get(frozen) ?? `frozen ${++lastName}`;
  named.set(frozen, name);
  return name;
}

export function createLive(
  ports: Ports,
  read: (name: string, args: readonly unknown[]) => unknown,
  topicsOf: (name: string, args: readonly unknown[]) => readonly string[],
  failed: (error: unknown) => void,
  endOf: (name: string, value: unknown) => number | undefined = () => undefined,
) {
  const subscriptions = new Set<Subscription>();
  let stale = new Set<string>();
  let planned = false;
  let stopped = false;
  const ends = createAlarm(ports, () => {
    for (const subscription of subscriptions) if (subscription.endsMs <= ports.nowMs()) tell(subscription);
    planEnd();
  });

  function planEnd(): void {
    const nextMs = Math.min(...Array.from(subscriptions, ({ endsMs }) => endsMs));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    ends.plan(Math.min(Math.max(nextMs - ports.nowMs(), 0), endsLookMs));
  }

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
    planEnd();
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
    subscription.endsMs = Number.POSITIVE_INFINITY;
    const value = read(subscription.name, subscription.args);
    const endsMs = endOf(subscription.name, value);
    // What should be over, and is shown all the same, would be read without end.
    if (endsMs !== undefined && endsMs > ports.nowMs()) subscription.endsMs = endsMs;
    const text = JSON.stringify(value, (_, item: unknown) => {
      if (item instanceof Uint8Array) return `${item.length}:${item.slice(0, 64).join()}`;
      return typeof item === "object" && item !== null && Object.isFrozen(item) ? nameOf(item) : item;
    });
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
        endsMs: Number.POSITIVE_INFINITY,
      };
      subscriptions.add(subscription);
      tell(subscription);
      planEnd();
      return () => subscriptions.delete(subscription);
    },
    stop: () => {
      stopped = true;
      ends.stop();
      subscriptions.clear();
    },
  };
}
