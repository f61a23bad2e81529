/**
 * Deleting an account (docs/spec/delivery.md DS56): what is kept of it goes in one transaction, by the word of any of its
 * devices. Its names rest as long as any that is given up (DS51), as hashes that lead to nobody.
 */
import { accept, type Outcome } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

/** Runs inside a commit. Answers the devices that were dropped. */
export function deleteAccount(
  { log, primitives, clock }: Pick<AccountsContext, "log" | "primitives" | "clock">,
  account: AccountRef,
): Outcome<readonly DeviceRef[]> {
  const devices = log.devices(account).map(({ ref }) => ref);
  for (const device of devices) log.dropDevice(device);
  for (const tag of log.dropHandlesOf(account)) log.restHandle(primitives.sha256(tag), dayOf(clock.nowMs()));
  log.drop(account);
  return accept(devices);
}
