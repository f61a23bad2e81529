/** Fault: what the command line itself refuses, as a key of its text. What the client refuses is a `ClientError`. */
import type { TextKey } from "./text/en.ts";
import type { Fill } from "./text/text.ts";

export type FaultKey = Extract<TextKey, `fault.${string}`>;

export class Fault extends Error {
  override name = "Fault";
  readonly key: FaultKey;
  readonly fill: Fill;
  constructor(key: FaultKey, fill: Fill = {}) {
    super(key);
    this.key = key;
    this.fill = fill;
  }
}
