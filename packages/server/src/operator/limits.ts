/** Limits: what a server is limited to, by the options that set it (docs/spec/delivery.md DS24). */
import { defaultConfig } from "../core/config.ts";
import { defaultOf, limitOptions } from "../limit-options.ts";
import type { Options } from "../options.ts";

export type LimitReport = {
  /** Of the option. */
  readonly name: string;
  readonly now: number;
  readonly usually: number;
  readonly help: string;
};

export function limitsOf(options: Options): readonly LimitReport[] {
  const config = { ...defaultConfig, ...options.limits };
  const rooms: readonly LimitReport[] = [
    { name: "files-gib", now: options.filesGib, usually: 20, help: "room for all files, in GiB" },
    { name: "file-days", now: options.fileDays, usually: 30, help: "days that files are kept" },
    {
      name: "vault-megabytes",
      now: options.vaultBytesMax / 1024 ** 2,
      usually: 1_024,
      help: "encrypted history of one account",
    },
    {
      name: "queue-megabytes",
      now: options.queueBytesMax / 1024 ** 2,
      usually: 256,
      help: "what waits for one device that is away",
    },
  ];
  return [
    ...rooms,
    ...Object.entries(limitOptions).map(([name, limit]) => ({
      name,
      now: limit.read(config) / limit.unit,
      usually: defaultOf(limit),
      help: limit.help,
    })),
  ];
}
