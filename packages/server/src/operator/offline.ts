/** Offline: the operator's commands on a data folder over which no server runs (docs/spec/delivery.md DS145). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deleteAccount } from "../accounts/delete.ts";
import { lockFolder } from "../bun-lock.ts";
import { aheadOf } from "../core/group-commit.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { refuse } from "../core/outcome.ts";
import type { Clock } from "../core/ports.ts";
import type { Acts } from "../feature.ts";
import { accountFeatures } from "../log/account-features.ts";
import { actsOfFeatures, type Log } from "../log/feature-tables.ts";
import { openPostgresLog } from "../log/postgres/bun.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { OptionError, type Options } from "../options.ts";
import { StandingInvitation } from "../token.ts";
import { OperatorActs } from "./acts.ts";
import { frontFile, inviteActs } from "./server-acts.ts";

const clock: Clock = { nowMs: () => Date.now(), after: () => () => undefined };

/** @throws OptionError, LogOpenError */
export async function offlineActs<T>(options: Options, use: (acts: Acts) => Promise<T>): Promise<T> {
  const unlock = options.log === undefined ? lockFolder(options.data) : () => undefined;
  const log = openedWith(options, unlock);
  try {
    const { accounts } = log;
    const features = accountFeatures(log, nodePrimitives.sha256);
    const acts = new OperatorActs({
      log: accounts,
      invitations: log.features.invitations,
      clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      primitives: nodePrimitives,
      committed: async (run, ahead) => log.transaction(run, log.isShared ? aheadOf([{ ahead }]) : undefined),
      peers: log.peers,
      suspended: () => undefined, // None is connected here.
      remove: async (account) =>
        log.transaction(() =>
          accounts.byRef(account) === undefined
            ? refuse("unknown-account")
            : deleteAccount({ log: accounts, features, clock }, account),
        ),
    });
    const standing = new StandingInvitation(options.data, log.peers);
    const front = {
      ...whereItWas(options),
      standing: () => standing.token(),
      renewStanding: () => standing.renew(),
    };
    const ofFeatures = actsOfFeatures(log, { committed: async (run) => log.transaction(run) });
    return await use({ ...inviteActs(acts, front, () => clock.nowMs()), ...ofFeatures });
  } finally {
    log.close();
    unlock();
  }
}

function openedWith(options: Options, unlock: () => void): Log {
  try {
    return openLog(options);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Origin and domain as given now; if not given, as the last server over the folder had them, since a systemd unit may
 * set them for the server only.
 */
function whereItWas({ data, origin, domain }: Options): { readonly origin: string; readonly domain: string } {
  const path = join(data, frontFile);
  if (!domain.startsWith("localhost") || !existsSync(path)) return { origin, domain };
  return JSON.parse(readFileSync(path, "utf8")) as { readonly origin: string; readonly domain: string };
}

function openLog({ data, log }: Options): Log {
  if (log !== undefined) return openPostgresLog(log);
  const path = join(data, "yanshu.db");
  if (!existsSync(path)) throw new OptionError(`${data} holds no server: see --data`);
  return openSqliteLog(path);
}
