/** Arguments of the operator's commands: positional arguments, the command's own flags, and the server's options. */
import { OptionError } from "../options.ts";

export type Arguments = {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
  /** Options of the server itself, such as `--data`. */
  readonly rest: readonly string[];
};

/**
 * @param own flags of the command, and whether each takes a value.
 * @param general names of the server's options that the command also accepts.
 * @throws OptionError
 */
export function argumentsOf(
  args: readonly string[],
  own: Readonly<Record<string, "value" | "alone">>,
  general: readonly string[],
): Arguments {
  const words: string[] = [];
  const flags: Record<string, string> = {};
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const written = args[i] as string;
    if (!written.startsWith("--")) {
      words.push(written);
      continue;
    }
    const [name = "", inline] = written.slice(2).split(/=(.*)/s);
    const isOwn = Object.hasOwn(own, name);
    if (!isOwn && !general.includes(name)) throw new OptionError(`unknown option --${name}`);
    const isAlone = isOwn && own[name] === "alone";
    const value = isAlone ? "yes" : (inline ?? args[++i]);
    if (value === undefined || (inline === undefined && !isAlone && value.startsWith("--")))
      throw new OptionError(`--${name} needs a value`);
    if (isOwn) flags[name] = value;
    else rest.push(`--${name}=${value}`);
  }
  return { words, flags, rest };
}

/** @throws OptionError */
export function wholeNumber(name: string, text: string | undefined, most = 1_000_000_000): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new OptionError(`${name} is ${JSON.stringify(text)}, but must be a whole number from 1 to ${most}`);
}
