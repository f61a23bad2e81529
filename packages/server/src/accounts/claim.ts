/**
 * Claiming (docs/spec/delivery.md DS6): the holder of a capability draws one key package of each device of its account,
 * without identifying itself. After five draws a day the last-resort packages are returned, which are not used up. A
 * device without a key package is named too, so that the claimer sees that one is missing.
 */
import { type Bytes, type CallArgs, type CallResult, capabilityHashOf, equalBytes, limits } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { AccountRef, DeviceRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";
import { whereabouts } from "./whereabouts.ts";

/**
 * Runs inside a commit, so that a single-use package is deleted before anybody sees it.
 *
 * @param signedIn the account that asks, if it is signed in. It may draw its own packages only: a client that would
 *   reveal to the server whom it is about to write to is refused (DS50).
 * @checks DS6, HM11, HM13
 */
export function claim(
  context: AccountsContext,
  { capability, only }: CallArgs<"claim">,
  signedIn: AccountRef | undefined,
): Outcome<CallResult<"claim">> {
  const { log, clock, primitives } = context;
  const hash = capabilityHashOf(primitives.sha256, capability);
  const ref = log.capabilityAccount(hash);
  if (signedIn !== undefined && signedIn !== ref) return refuse("signed-in-connection");
  const row = ref === undefined ? undefined : log.byRef(ref);
  if (row === undefined) return refuse("bad-capability");
  // The account's own devices may draw its packages even then: they are here.
  const where = signedIn === undefined ? whereabouts(context, row) : undefined;
  if (where?.isArriving === true) return refuse("bad-capability");
  if (where?.hasMoved === true) return refuse("moved");
  const devices = chosen(log.devices(row.ref), only);
  if (devices === undefined) return refuse("unknown-device");
  const today = dayOf(clock.nowMs());
  const usedUp = log.countDraw(hash, today) >= limits.drawsPerDay;
  const packages = devices.map(({ ref, id }) => {
    const drawn = (usedUp ? undefined : log.drawPackage(ref, today)) ?? log.lastResort(ref, today);
    return drawn === undefined ? { device: id } : { device: id, package: drawn };
  });
  return accept({ account: row.id, history: historyOfRow(context, row), packages });
}

/** The devices in `only`, or all; undefined when one of `only` is not listed. @checks DS6 */
function chosen(devices: readonly DeviceRow[], only: readonly Bytes[] | undefined): readonly DeviceRow[] | undefined {
  if (only === undefined) return devices;
  const found = devices.filter(({ id }) => only.some((wanted) => equalBytes(wanted, id)));
  return found.length === new Set(only.map(String)).size ? found : undefined;
}
