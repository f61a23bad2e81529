/**
 * Holdings: what a device keeps on its server so that others can reach it: addresses (DS3), key packages (DS29) and
 * capabilities (DS5). Each call is applied whole or not at all.
 */
import { type CallArgs, type CallResult, limits } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { Signed } from "../feature.ts";
import type { DeviceRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

export type AddressChange = {
  readonly added: number;
  /** By these devices. */
  readonly removed: ReadonlySet<DeviceRef>;
};

/** @checks DS3 */
export function changeAddresses(
  { log, config }: AccountsContext,
  { account, device }: Signed,
  { add, remove }: CallArgs<"addresses">,
): Outcome<AddressChange> {
  for (const address of add) {
    const owner = log.addressDevice(address);
    if (owner !== undefined && owner !== device) return refuse("address-taken");
  }
  if (log.countAddresses(device) + add.length > config.addressesPerDevice) return refuse("too-large");
  let added = 0;
  for (const address of add) if (log.addAddress(address, device) === "added") added++;
  const removed = new Set<DeviceRef>();
  for (const address of remove) {
    const owner = log.removeAddress(address, account);
    if (owner !== undefined) removed.add(owner);
  }
  return accept({ added, removed });
}

export function changePackages(
  { log, clock }: AccountsContext,
  { device }: Signed,
  { add, replace }: CallArgs<"keyPackages">,
): Outcome<CallResult<"keyPackages">> {
  const today = dayOf(clock.nowMs());
  if (replace) for (const sort of new Set(add.map(({ lastResort }) => lastResort))) log.dropPackages(device, sort);
  for (const { package: body, expiresAtMs, lastResort } of add)
    log.addPackage(device, body, Math.min(dayOf(expiresAtMs), today + limits.keyPackageDaysMax + 1), lastResort);
  log.trimPackages(device, limits.keyPackagesKept);
  return accept({ left: log.countPackages(device, today) });
}

/** @checks DS5 */
export function changeCapabilities(
  { log, clock, config }: AccountsContext,
  { account, device }: Signed,
  { add, remove }: CallArgs<"capabilities">,
): Outcome<CallResult<"capabilities">> {
  if (log.countCapabilities(device) + add.length > config.capabilitiesPerDevice) return refuse("too-large");
  for (const hash of add) log.addCapability(hash, device);
  if (add.length > 0) log.trimEndedCapabilities(device);
  const today = dayOf(clock.nowMs());
  for (const hash of remove) log.removeCapability(hash, account, today);
  return done;
}
