/**
 * `yanshu-server backup` and `drill` (docs/spec/delivery.md DS54, DS148): one copy, copies at intervals of which the
 * newest are kept, and the trial of one: whether a server starts over what was put back of it.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { argumentsOf, wholeNumber } from "../operator/arguments.ts";
import { counted, lasting, sized } from "../operator/words.ts";
import { OptionError } from "../options.ts";
import { backUp, type Copied, restore } from "./bun.ts";
import { tryServer } from "./drill.ts";
import { copyName, intervalOf, listCopies, outdated } from "./schedule.ts";

export const backupHelp: readonly (readonly [string, string])[] = [
  ["backup --data DIR --to DIR", "copies the data folder, while the server runs too"],
  ["backup … --keep N [--weeks N] [--every 1d]", "into a folder of copies, of which the newest stay; again and again"],
  ["restore --from DIR --data DIR", "makes a data folder of such a copy"],
  ["drill --from DIR", "tries whether a server starts over a copy, or over the newest in a folder of copies"],
];

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** @throws OptionError */
export async function backupCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const own = { data: "value", to: "value", keep: "value", weeks: "value", every: "value" } as const;
  const { words, flags } = argumentsOf(args, own, []);
  const data = folder("data", flags["data"] ?? env["YANSHU_DATA"]);
  const to = folder("to", flags["to"]);
  if (words.length > 0) throw new OptionError(`what is ${JSON.stringify(words[0])} for?`);
  if (["keep", "weeks", "every"].every((name) => flags[name] === undefined))
    return tell("Backed up", await backUp(data, to));
  const keep = wholeNumber("--keep", flags["keep"], 10_000) ?? 7;
  const weeks = flags["weeks"] === undefined ? 0 : (wholeNumber("--weeks", flags["weeks"], 1_000) ?? 0);
  const everyMs = flags["every"] === undefined ? undefined : intervalOf(flags["every"]);
  if (flags["every"] !== undefined && everyMs === undefined)
    throw new OptionError(`--every is ${JSON.stringify(flags["every"])}, but must be such as 30m, 6h or 1d`);
  if (everyMs === undefined) return oneOfMany(data, to, keep, weeks);
  await again(data, to, keep, weeks, everyMs);
}

/** Until the process is told to end. A copy that fails is said, and the next is made all the same. */
async function again(data: string, to: string, keep: number, weeks: number, everyMs: number): Promise<void> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
  let isEnding = false;
  void ended.then(() => {
    isEnding = true;
  });
  while (!isEnding) {
    await oneOfMany(data, to, keep, weeks).catch((error: unknown) => {
      process.stderr.write(`yanshu: no copy was made: ${error instanceof Error ? error.message : "unknown fault"}\n`);
    });
    await Promise.race([ended, sleep(untilNext(to, everyMs))]);
  }
}

/** After a restart the next is due when the last is old enough, not at once. */
function untilNext(to: string, everyMs: number): number {
  const newest = copiesIn(to).at(-1);
  return newest === undefined ? everyMs : Math.min(everyMs, Math.max(1_000, newest.atMs + everyMs - Date.now()));
}

async function oneOfMany(data: string, to: string, keep: number, weeks: number): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const name = copyName(Date.now());
  const copied = await backUp(data, join(to, name));
  const gone = outdated(copiesIn(to), keep, weeks);
  for (const copy of gone) rmSync(join(to, copy.name), { recursive: true, force: true });
  tell(`Backed up to ${name}`, copied);
  if (gone.length > 0) say(`${counted(gone.length, "older copy").replace("copys", "copies")} removed`);
}

/** Of a folder of copies, or the copy that it is itself. @throws OptionError, LogOpenError */
export async function drillCommand(args: readonly string[]): Promise<void> {
  const { words, flags } = argumentsOf(args, { from: "value" }, []);
  if (words.length > 0) throw new OptionError(`what is ${JSON.stringify(words[0])} for?`);
  const from = folder("from", flags["from"]);
  const newest = copiesIn(from).at(-1);
  const copy = newest === undefined ? from : join(from, newest.name);
  const beganMs = performance.now();
  const place = mkdtempSync(join(dirname(copy), "drill-"));
  try {
    const copied = await restore(copy, join(place, "data"));
    const { accounts, devices } = await tryServer(join(place, "data"));
    const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
    tell(`${copy} can be put back`, copied);
    if (newest !== undefined) say(`it is of ${lasting(Date.now() - newest.atMs)} ago`);
    say(
      `a server over it was ready within ${seconds} s, with ${counted(accounts, "account")} and ${counted(devices, "device")}`,
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

export async function restoreCommand(args: readonly string[]): Promise<void> {
  const { words, flags } = argumentsOf(args, { from: "value", data: "value" }, []);
  if (words.length > 0) throw new OptionError(`what is ${JSON.stringify(words[0])} for?`);
  const from = folder("from", flags["from"]);
  const newest = copiesIn(from).at(-1);
  tell("Put back", await restore(newest === undefined ? from : join(from, newest.name), folder("data", flags["data"])));
}

function copiesIn(path: string) {
  try {
    return listCopies(readdirSync(path));
  } catch {
    return [];
  }
}

function tell(done: string, { files, bytes }: Copied): void {
  say(`${done}: the database, and ${counted(files, "file")} of ${sized(bytes)}`);
}

function folder(name: string, value: string | undefined): string {
  if (value === undefined) throw new OptionError(`--${name} DIR is missing`);
  return resolve(value);
}
