/**
 * Args: what is typed after `yanshu`, as a command with its options. What is wrong is named.
 */
import { parseArgs } from "node:util";
import { type Command, commands as others } from "./commands.ts";
import type { Args, OptionName as OwnName } from "./context.ts";
import { Fault } from "./fault.ts";
import { langOf, type TextKey } from "./text/text.ts";
import type { Lang } from "./words.ts";

type Option = {
  /** How its value is written in help; absent: it takes none. */
  readonly value?: string;
  readonly help: TextKey;
};

const common = {
  data: { value: "DIR", help: "option.data" },
  json: { help: "option.json" },
  lang: { value: "zh|en", help: "option.lang" },
  wait: { value: "SECONDS", help: "option.wait" },
  insecure: { help: "option.insecure" },
  help: { help: "help.help" },
} as const satisfies Record<string, Option>;

const own: Readonly<Record<OwnName, Option>> = {
  name: { value: "NAME", help: "option.name" },
  greeting: { value: "TEXT", help: "option.greeting" },
  reset: { help: "option.reset" },
  last: { value: "K", help: "option.last" },
  peek: { help: "option.peek" },
  file: { value: "PATH", help: "option.file" },
  to: { value: "DIR", help: "option.to" },
  keep: { help: "option.keep" },
  new: { help: "option.new" },
  video: { help: "option.video" },
  release: { value: "FILE", help: "option.release" },
  log: { value: "FILE", help: "option.log" },
  port: { value: "PORT", help: "option.port" },
  web: { value: "DIR", help: "option.web" },
  "own-build": { help: "option.own-build" },
  aes: { help: "option.aes" },
  backend: { value: "URL", help: "option.backend" },
  program: { value: "FILE", help: "option.program" },
  place: { value: "PAGE", help: "option.place" },
};

type OptionName = keyof typeof common | OwnName;
type Shape = Pick<Command, "positionals" | "options">;

/** How each is written. */
export const commands: Readonly<Record<string, Shape>> = { ...others, help: { positionals: ["[COMMAND]"] } };

/** What must be known even when the rest is wrong: how to say so. */
export type Manner = { readonly lang: Lang; readonly json: boolean; readonly data: string | undefined };

type Given = {
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
  readonly positionals: readonly string[];
};
type Env = Readonly<Record<string, string | undefined>>;

export function mannerOf(argv: readonly string[], env: Env): Manner {
  const { values } = tokensOf(argv);
  const said = values["lang"];
  const data = values["data"];
  return {
    lang: said === "zh" || said === "en" ? said : langOf(env),
    json: values["json"] === true,
    data: typeof data === "string" ? data : undefined,
  };
}

/** @throws Fault */
export function readArgs(argv: readonly string[]): Args {
  const { options, positionals } = givenIn(argv);
  const [first, ...rest] = positionals;
  const asksHelp = options.help !== undefined;
  const command = first ?? "help";
  if (!isCommand(command)) throw new Fault("fault.command", { command });
  if (options.lang !== undefined && options.lang !== "zh" && options.lang !== "en")
    throw new Fault("fault.lang", { value: options.lang });
  if (!asksHelp) {
    checkOptions(command, options);
    checkWords(command, rest);
  }
  return {
    command: asksHelp ? "help" : command,
    positionals: asksHelp && first !== undefined ? [first] : rest,
    name: options.name,
    greeting: options.greeting ?? "",
    reset: options.reset !== undefined,
    last: numberOf("last", options.last ?? "20", 1, 100_000),
    peek: options.peek !== undefined,
    file: options.file,
    to: options.to ?? ".",
    keep: options.keep !== undefined,
    isNew: options.new !== undefined,
    video: options.video !== undefined,
    release: options.release,
    log: options.log,
    port: numberOf("port", options.port ?? "7718", 1, 65_535),
    web: options.web,
    isOwnBuild: options["own-build"] !== undefined,
    isAes: options.aes !== undefined,
    backend: options.backend,
    program: options.program,
    place: options.place,
    waitMs: 1_000 * numberOf("wait", options.wait ?? "10", 0, 86_400),
    insecure: options.insecure !== undefined,
  };
}

export function isCommand(name: string): boolean {
  return Object.hasOwn(commands, name);
}

export function usageOf(command: string): string {
  const { positionals = [], options: taken = [] } = shapeOf(command);
  const options = taken.map((name) => (name === "name" ? optionUsage(name) : `[${optionUsage(name)}]`));
  return [command, ...positionals, ...options].join(" ");
}

function shapeOf(command: string): Shape {
  return commands[command] ?? {};
}

/** Options with their help: those of one command, or those that every command takes. */
export function optionsOf(command?: string): readonly { readonly usage: string; readonly help: TextKey }[] {
  const names: readonly OptionName[] =
    command === undefined ? (Object.keys(common) as (keyof typeof common)[]) : (shapeOf(command).options ?? []);
  return names.map((name) => ({ usage: optionUsage(name), help: optionCalled(name).help }));
}

function optionCalled(name: OptionName): Option {
  return { ...common, ...own }[name];
}

function optionUsage(name: OptionName): string {
  const { value } = optionCalled(name);
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(common, name) || Object.hasOwn(own, name);
}

/** Not strict, so that what is wrong is said in our words, and in the person's language. */
function tokensOf(argv: readonly string[]) {
  const options = Object.fromEntries(
    [...Object.keys(common), ...Object.keys(own)].map((name) => [
      name,
      { type: optionCalled(name as OptionName).value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
}

function givenIn(argv: readonly string[]): Given {
  const options: Partial<Record<OptionName, string>> = {};
  const positionals: string[] = [];
  for (const token of tokensOf(argv).tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    if (!rawName.startsWith("--") || !isOption(name)) throw new Fault("fault.unknown", { option: rawName });
    const takesValue = optionCalled(name).value !== undefined;
    if (takesValue && (value === undefined || (inlineValue !== true && value.startsWith("--"))))
      throw new Fault("fault.value", { option: rawName, usage: optionUsage(name) });
    if (!takesValue && value !== undefined) throw new Fault("fault.noValue", { option: rawName });
    options[name] = value ?? "";
  }
  return { options, positionals };
}

function checkOptions(command: string, options: Given["options"]): void {
  const taken: readonly string[] = shapeOf(command).options ?? [];
  const foreign = Object.keys(options).find((name) => !Object.hasOwn(common, name) && !taken.includes(name));
  if (foreign !== undefined) throw new Fault("fault.unknown", { option: `--${foreign}` });
  if (command === "create" && options.name === undefined)
    throw new Fault("fault.missing", { argument: "--name", usage: usageOf(command) });
}

function checkWords(command: string, positionals: readonly string[]): void {
  const shape = shapeOf(command).positionals ?? [];
  const usage = usageOf(command);
  const missing = shape.filter((word) => !word.startsWith("["))[positionals.length];
  if (missing !== undefined) throw new Fault("fault.missing", { argument: missing.replace("…", ""), usage });
  const takesAll = /…\]?$/.test(shape.at(-1) ?? "");
  const extra = positionals[shape.length];
  if (extra !== undefined && !takesAll) throw new Fault("fault.extra", { argument: extra, usage });
}

function numberOf(name: OptionName, value: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Fault("fault.number", { option: `--${name}`, value, min, max });
}
