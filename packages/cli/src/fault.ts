/** Fault: what the command line itself refuses, as a key of its words. What the client refuses is a `ClientError`. */
import type { CoreKey, Fill, Words } from "./words.ts";

type FaultKey<K> = Extract<K, `fault.${string}`>;
/** Of the core, and of the features that have their own (`faultsOf`). */
export type AnyFaultKey = `fault.${string}`;

export class Fault extends Error {
  override name = "Fault";
  readonly key: AnyFaultKey;
  readonly fill: Fill;
  constructor(key: FaultKey<CoreKey>, fill: Fill = {}) {
    super(key);
    this.key = key;
    this.fill = fill;
  }
}

/** What a feature refuses, in its own words. */
export function faultsOf<K extends string>(_words: Words<K>): (key: FaultKey<K>, fill?: Fill) => Fault {
  return (key, fill) => new Fault(key as FaultKey<CoreKey>, fill);
}
