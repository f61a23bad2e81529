/** What the checks of a copy call (tools/mutants/copy.ts). Processes that a test starts have the same variables. */
import { appendFileSync } from "node:fs";

const { MUTANT_REACH: file } = process.env;
let mutant = Number(process.env.MUTANT ?? -1);
const told = new Set<string>();

/** Whether the check `at` is switched off. */
function mutantIs(at: number): boolean {
  if (file !== undefined) tell("reached", at);
  return at === mutant;
}

function refusedAt<T>(at: number, passes: boolean, value: T): T {
  if (file !== undefined && Boolean(value) !== passes) tell("refused", at);
  return value;
}

/** @param at -1: none is off. */
function switchOff(at: number): void {
  mutant = at;
  process.env.MUTANT = `${at}`;
}

function tell(what: string, at: number): void {
  const name = process.env.MUTANT_TEST ?? "";
  const key = `${what} ${at} ${name}`;
  if (file === undefined || told.has(key)) return;
  told.add(key);
  appendFileSync(file, `${JSON.stringify({ what, at, name })}\n`);
}

Object.assign(globalThis, { mutantIs, refusedAt, switchOff });
