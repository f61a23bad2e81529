/** Account export (docs/spec/delivery.md DS70): all that the server keeps of an account, told to its own devices. */
import { tooOften } from "../../core/outcome.ts";
import { serverFeature, signed } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import { everything, everythingCounts } from "./account-export.ts";

const countingWaitMs = 2_000;

export const accountExport = serverFeature({
  name: "export",
  migrations: { sqlite: [], postgres: [] },
  owned: [],
  tables: () => ({}),
  limits: {},
  serve: ({ accounts, pause, awaiting }) => {
    /** Accounts for which all that is kept is being counted. */
    const counting = new Set<AccountRef>();
    return {
      calls: {
        everythingCounts: {
          grows: false,
          handle: (from, _args, answer) => {
            const { account } = signed(from);
            if (counting.has(account)) return answer(tooOften(countingWaitMs));
            counting.add(account);
            awaiting(
              everythingCounts(accounts, account, pause).finally(() => counting.delete(account)),
              answer,
            );
          },
        },
        everything: {
          grows: false,
          handle: (from, args, answer) => answer(everything(accounts, signed(from).account, args)),
        },
      },
    };
  },
});
