/** What own devices are called (docs/spec/web.md WE71). */
import type { Hex } from "./hex.ts";

export type DevicesApi = {
  /** What this device is, such as `Chrome · Windows`: by its own word, told to own devices alone. */
  readonly describeDevice: (made: string) => Promise<void>;
  /** What its person calls one of the own devices; empty: nothing any more. */
  readonly renameDevice: (device: Hex, name: string) => Promise<void>;
};
