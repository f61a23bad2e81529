/** Shared set-up for the cases of the log's contract, in the core and in features. */
import type { Log } from "./feature-tables.ts";
import type { DeviceRef } from "./log.ts";

export type LogUnderTest = {
  readonly log: Log;
  /** Opens the same database again without closing the first, as after a crash. */
  readonly again: () => Log;
};

export const bytes = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value);
export const frame = (text: string): Uint8Array => new TextEncoder().encode(text);

export function withDevices(open: () => LogUnderTest, count: number) {
  const { log, again } = open();
  const account = log.transaction(() => log.accounts.create(bytes(1), bytes(2, 40)));
  const devices = log.transaction(() =>
    Array.from({ length: count }, (_, i) => log.accounts.addDevice(account, bytes(10 + i), bytes(50 + i))),
  );
  return { log, again, account, devices, first: devices[0] as DeviceRef, second: devices[1] as DeviceRef };
}
