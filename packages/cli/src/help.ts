/** Help: what can be asked of the command line. */
import { type CommandName, commands, isCommand, optionsOf, usageOf } from "./args.ts";
import { Fault } from "./fault.ts";
import type { Text } from "./text/text.ts";

/** @throws Fault when there is no such command. */
export function helpText(text: Text, command: string | undefined): string {
  if (command !== undefined && !isCommand(command)) throw new Fault("fault.command", { command });
  const lines = command === undefined ? everything(text) : one(text, command);
  return `${lines.join("\n")}\n`;
}

function everything(text: Text): readonly string[] {
  const names = Object.keys(commands) as CommandName[];
  return [
    text("help.usage"),
    "",
    ...columns(names.map((name) => [usageOf(name), text(`help.${name}`)])),
    "",
    text("help.options"),
    ...columns(optionsOf().map(({ usage, help }) => [usage, text(help)])),
  ];
}

function one(text: Text, command: CommandName): readonly string[] {
  return [
    `yanshu ${usageOf(command)}`,
    `  ${text(`help.${command}`)}`,
    ...columns(optionsOf(command).map(({ usage, help }) => [usage, text(help)])),
  ];
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([usage]) => usage.length)) + 2;
  return rows.map(([usage, help]) => `  ${usage.padEnd(width)}${help}`);
}
