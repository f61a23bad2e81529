/** Arrivals: what the feature of homes asks of accounts (docs/spec/homes.md). */
import { type Bytes, capabilityHashOf } from "@yanshu/wire";
import { done } from "../core/outcome.ts";
import type { Arrivals } from "../feature.ts";
import type { AccountsContext } from "./context.ts";
import { historyOfRow } from "./device-lists.ts";
import { heldList } from "./held-lists.ts";
import type { Registrar } from "./register.ts";
import type { AccountRemoval } from "./removal.ts";
import { whereabouts } from "./whereabouts.ts";

export function arrivalsOf(
  context: AccountsContext,
  registrar: Pick<Registrar, "arrive">,
  removal: Pick<AccountRemoval, "remove">,
  incarnation: Bytes,
): Arrivals {
  const { log, primitives } = context;
  return {
    incarnation,
    arrive: (coming, prefix) => registrar.arrive(coming, prefix),
    of: (account) => {
      const row = log.byRef(account);
      return row && { list: heldList(context, row), at: whereabouts(context, row) };
    },
    byCapability: (capability) => {
      const ref = log.capabilityAccount(capabilityHashOf(primitives.sha256, capability));
      const account = ref === undefined ? undefined : log.byRef(ref);
      return account && { account, history: historyOfRow(context, account), at: whereabouts(context, account) };
    },
    isListed: (account, device) => log.devices(account).some(({ ref }) => ref === device),
    remove: (account, begin, answer) =>
      removal.remove(account, (outcome) => answer(outcome.ok ? done : outcome), begin),
  };
}
