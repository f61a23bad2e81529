/** Backup (vault; docs/spec/vault.md): what an account's devices keep at home for each other, sealed. */
import { vaultLimits } from "@yanshu/wire";
import { accept, done } from "../../core/outcome.ts";
import { serverFeature, signed } from "../../feature.ts";
import { append, type Backup, keepRecord, rewrite, switchVault } from "./backup.ts";
import { backupTables, migrations, owned } from "./tables.ts";

const segmentsPerStep = { count: 64, bytes: 1024 * 1024 };

export const backup = serverFeature({
  name: "backup",
  migrations,
  owned,
  tables: (prepare, dialect) => backupTables(prepare, dialect),
  /** What one account's devices may keep: an old account's, and one's on its first day. */
  limits: { vaultBytesMax: 1024 ** 3, vaultBytesFirst: 128 * 1024 ** 2 },
  options: {
    "new-vault-megabytes": {
      of: ["vaultBytesFirst"],
      unit: 1024 * 1024,
      help: "encrypted history of an account on its first day",
    },
  },
  serve: ({ tables, config, accounts, primitives, quota, inCommit, leave }) => {
    const backup: Backup = {
      tables,
      entries: (account, from) => accounts.entries(account, from),
      sha256: primitives.sha256,
      bytesMaxOf: quota(config.vaultBytesFirst, config.vaultBytesMax),
    };
    return {
      calls: {
        keepRecord: {
          grows: true,
          handle: (from, args, answer) => inCommit(() => keepRecord(backup, signed(from).account, args), answer),
        },
        readRecord: {
          grows: false,
          handle: (from, _args, answer) => {
            const record = tables.record(signed(from).account);
            answer(accept(record === undefined ? {} : { record }));
          },
        },
        vaultState: {
          grows: false,
          handle: (from, _args, answer) => {
            const { account } = signed(from);
            answer(accept({ ...tables.vault(account), bytesMax: backup.bytesMaxOf(account) }));
          },
        },
        vaultSwitch: {
          grows: false,
          handle: (from, { isOn }, answer) => {
            const { account } = signed(from);
            inCommit(
              () => {
                switchVault(tables, account, isOn);
                return done;
              },
              (outcome) => {
                if (outcome.ok) leave(account, () => answer(outcome));
                else answer(outcome);
              },
            );
          },
        },
        vaultAppend: {
          grows: true,
          handle: (from, args, answer) => inCommit(() => append(backup, signed(from).account, args), answer),
        },
        vaultRead: {
          grows: false,
          handle: (from, { before }, answer) => {
            const most = { count: vaultLimits.segmentsPerPageMax, bytes: vaultLimits.pageBytesMax };
            answer(accept({ segments: tables.segments(signed(from).account, before, most) }));
          },
        },
        vaultRewrite: {
          grows: true,
          handle: (from, args, answer) => inCommit(() => rewrite(backup, signed(from).account, args), answer),
        },
      },
    };
  },
  leaving: {
    begin: (tables, account) => switchVault(tables, account, false),
    step: (tables, account) => tables.dropPassed(account, segmentsPerStep) > 0,
    waiting: (tables) => tables.withPassed(),
  },
});
