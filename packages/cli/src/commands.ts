/** The table of all commands in the order of `help`: how to begin, what features add, then help and version. */
import { aboutItself, beginning } from "./commands/index.ts";
import type { CommandDef } from "./feature.ts";
import { tableOf } from "./registry.ts";

/**
 * The type parameter is the ids of the words that a command may use, those of its own feature. Commands of all features
 * stand in one table, so here it is `never`.
 */
export type Command = CommandDef<never>;

export const commands: Readonly<Record<string, Command>> = {
  ...beginning,
  ...tableOf("commands"),
  ...aboutItself,
};
