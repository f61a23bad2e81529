/**
 * Deleting an account (docs/spec/delivery.md DS56), which any of its devices may ask for: in one transaction, with the
 * rows of each feature's owned tables.
 */
import { accept, type Outcome } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

/** Runs inside a commit. Returns the devices that were dropped. */
export function deleteAccount(
  { log, features, clock }: Pick<AccountsContext, "log" | "features" | "clock">,
  account: AccountRef,
): Outcome<readonly DeviceRef[]> {
  const devices = log.devices(account).map(({ ref }) => ref);
  for (const device of devices) log.dropDevice(device);
  features.erase(account, dayOf(clock.nowMs()));
  log.drop(account);
  return accept(devices);
}
