/** The table of all commands in the order of `help`: how to begin, what features add, then help and version. */
import { firstInHelp, lastInHelp } from "./commands/index.ts";
import type { CommandDef } from "./feature.ts";
import { tableOf } from "./registry.ts";

/**
 * A command of any feature. The type parameter of `CommandDef` names the texts that a command may show: those of its
 * own feature. This table holds the commands of all features, so here the parameter is `never`.
 */
export type Command = CommandDef<never>;

export const commands: Readonly<Record<string, Command>> = {
  ...firstInHelp,
  ...tableOf("commands"),
  ...lastInHelp,
};
