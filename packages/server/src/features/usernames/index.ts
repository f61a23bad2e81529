/** Usernames (docs/spec/delivery.md DS51, DS52): a name by which somebody is found. */
import { limits } from "@yanshu/wire";
import { dayMs, dayOf, hourMs, RateLimit } from "../../core/rate.ts";
import { limitByPlace, once, serverFeature, services, signed } from "../../feature.ts";
import { migrations, owned, usernameTables } from "./tables.ts";
import { changeHandle, findHandle } from "./usernames.ts";

export const usernames = serverFeature({
  name: "usernames",
  migrations,
  owned,
  tables: (prepare) => usernameTables(prepare),
  /** How often one searches for names, and how often an account asks for one that is not its own. */
  limits: { handleLooksPerHour: { prefix: 60 }, handleTriesPerDay: { account: 20 } },
  options: {
    "handle-looks-per-place": {
      of: ["handleLooksPerHour", "prefix"],
      help: "names looked for an hour from one address",
    },
    "handle-tries": { of: ["handleTriesPerDay", "account"], help: "names that one account tries to take a day" },
  },
  serve: ({ ask, tables, config, clock, primitives, inCommit, awaiting }) => {
    const uploadTokens = ask(services.uploadTokens);
    const triesByAccount = new RateLimit(config.handleTriesPerDay.account, dayMs);
    return {
      calls: {
        setHandle: {
          grows: true,
          handle: (from, args, answer) => {
            const { account } = signed(from);
            const mayTry = once(() => triesByAccount.take(`${account}`, clock.nowMs()));
            inCommit(() => {
              const today = dayOf(clock.nowMs());
              return changeHandle(tables, account, args, { sha256: primitives.sha256, today, mayTry });
            }, answer);
          },
        },
        findHandle: {
          grows: false,
          limit: limitByPlace(config.handleLooksPerHour.prefix, hourMs, clock),
          handle: ({ prefix }, args, answer) => awaiting(findHandle(tables, uploadTokens, args, prefix), answer),
        },
      },
    };
  },
  // A name that was given up leads to nobody for a while, also where its account is gone: its hash rests.
  erase: (tables, account, { sha256, today }) => {
    for (const tag of tables.dropHandlesOf(account)) tables.restHandle(sha256(tag), today);
  },
  expire: (tables, today) => tables.dropHandles(today - limits.handleRestDays),
});
