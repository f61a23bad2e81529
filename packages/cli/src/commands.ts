/** All commands, of core and features, in the order in which help shows them. */
import { aboutItself, beginning } from "./commands/index.ts";
import type { CommandDef } from "./feature.ts";
import { tableOf } from "./registry.ts";

/** A command reaches words of its feature alone; the text that it is given knows all of them. */
export type Command = CommandDef<never>;

export const commands: Readonly<Record<string, Command>> = {
  ...beginning,
  ...tableOf("commands"),
  ...aboutItself,
};
