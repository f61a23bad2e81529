/** Fault: an error of the command line itself, named by the key of its text. The client's errors are `ClientError`s. */
import type { CoreKey, Fill, Words } from "./words.ts";

type FaultKey<K> = Extract<K, `fault.${string}`>;
/** Fault keys of the core and of features (`faultsOf`). */
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

/** Returns a function that makes faults from a feature's own texts. */
export function faultsOf<K extends string>(_words: Words<K>): (key: FaultKey<K>, fill?: Fill) => Fault {
  return (key, fill) => new Fault(key as FaultKey<CoreKey>, fill);
}
