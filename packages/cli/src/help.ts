/** Help: what can be asked of the command line. */
import { isCommand, optionsOf, commands as shapes, usageOf } from "./args.ts";
import { commands } from "./commands.ts";
import { Fault } from "./fault.ts";
import { textIn } from "./text/text.ts";
import type { Lang } from "./words.ts";

/** @throws Fault when there is no such command. */
export function helpText(lang: Lang, command: string | undefined): string {
  if (command !== undefined && !isCommand(command)) throw new Fault("fault.command", { command });
  const lines = command === undefined ? everything(lang) : one(lang, command);
  return `${lines.join("\n")}\n`;
}

function everything(lang: Lang): readonly string[] {
  const text = textIn(lang);
  return [
    text("help.usage"),
    "",
    ...columns(Object.keys(shapes).map((name) => [usageOf(name), helpOf(lang, name)])),
    "",
    text("help.options"),
    ...columns(optionsOf().map(({ usage, help }) => [usage, text(help)])),
  ];
}

function helpOf(lang: Lang, command: string): string {
  return commands[command]?.help[lang] ?? textIn(lang)("help.help");
}

function one(lang: Lang, command: string): readonly string[] {
  return [
    `yanshu ${usageOf(command)}`,
    `  ${helpOf(lang, command)}`,
    ...columns(optionsOf(command).map(({ usage, help }) => [usage, textIn(lang)(help)])),
  ];
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([usage]) => usage.length)) + 2;
  return rows.map(([usage, help]) => `  ${usage.padEnd(width)}${help}`);
}
