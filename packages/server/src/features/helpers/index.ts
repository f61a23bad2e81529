/**
 * Helpers (family; docs/spec/identity.md ID36–ID38): an account comes back by the pieces that its helpers keep, after a
 * delay.
 */
import { done } from "../../core/outcome.ts";
import { dayMs, RateLimit } from "../../core/rate.ts";
import { once, serverFeature, signed } from "../../feature.ts";
import { askFamily, familyRequestKeptMs, familyState, keepFamily, stopFamily } from "./helpers.ts";
import { helperTables, migrations, owned, putBack } from "./tables.ts";

export const helpers = serverFeature({
  name: "helpers",
  migrations,
  owned,
  tables: (prepare) => helperTables(prepare),
  /**
   * A device that comes back by helpers waits this long, and any own device may say no meanwhile (docs/spec/delivery.md
   * DS67).
   */
  limits: { familyDelayMs: 86_400_000 },
  serve: ({ tables, config, clock, inCommit, restoreRefusal, byRoot, tellDevices }) => {
    // By itself: requests without end keep nobody from restoring by the card.
    const asksByAccount = new RateLimit(config.restoresPerDay.account, dayMs);
    return {
      calls: {
        keepFamily: {
          grows: true,
          limit: restoreRefusal,
          handle: (from, args, answer) => {
            const root = byRoot(from);
            inCommit(
              () => keepFamily(tables, args, root),
              (outcome) => {
                if (!outcome.ok) return answer(outcome);
                answer(done);
                tellDevices(outcome.value, false);
              },
            );
          },
        },
        askFamily: {
          grows: false,
          limit: restoreRefusal,
          handle: (_from, args, answer) => {
            const nowMs = clock.nowMs();
            const mayAsk = once((account: number) => asksByAccount.take(`${account}`, nowMs));
            let tell: () => void = () => undefined;
            inCommit(
              () =>
                askFamily(
                  tables,
                  args,
                  { nowMs: clock.nowMs(), delayMs: config.familyDelayMs, mayAsk },
                  (account, what) => {
                    tell = () => tellDevices(account, what === "asked");
                  },
                ),
              (outcome) => {
                answer(outcome);
                if (outcome.ok) tell();
              },
            );
          },
        },
        familyState: {
          grows: false,
          handle: (from, _args, answer) => answer(familyState(tables, signed(from).account, clock.nowMs())),
        },
        stopFamily: {
          grows: false,
          handle: (from, args, answer) => {
            const { account } = signed(from);
            inCommit(
              () => stopFamily(tables, account, args),
              (outcome) => {
                answer(outcome);
                if (outcome.ok) tellDevices(account, false);
              },
            );
          },
        },
      },
    };
  },
  putBack,
  // What the pieces open is the former root's key, which counts no more (DS103).
  rootChanged: (tables, account) => tables.dropFamily(account),
  expire: (tables, today) => tables.dropFamilyRequests(today * dayMs - familyRequestKeptMs),
});
