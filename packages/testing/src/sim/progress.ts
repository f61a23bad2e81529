/**
 * Kept: what a long run has played so far, in a file with a line for each seed, so that a run which broke off
 * goes on from there (docs/spec/simulation.md SIM1a). The first line says of which commit, and with what options.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { SimOptions } from "./options.ts";
import type { SeedResult } from "./seed.ts";

/** `ms`: how long the seed took, on one core. */
export type Played = SeedResult & { readonly ms: number };

export class Kept {
  /** In full, 40 hex digits. */
  readonly commit: string;
  /** What stood in the file when it was opened. */
  readonly played: readonly Played[];
  private readonly file: string;

  private constructor(file: string, commit: string, played: readonly Played[]) {
    this.file = file;
    this.commit = commit;
    this.played = played;
  }

  /** Begins `file`, or reads what stands there; returns what is wrong when this run cannot be kept in it. */
  static open(file: string, options: SimOptions): Kept | string {
    if (git("status", "--porcelain", "--untracked-files=no") !== "")
      return "a run that is kept is of one commit, and there are changes that are not committed";
    const commit = git("rev-parse", "HEAD");
    const head = JSON.stringify({ commit, ...playedWith(options) });
    if (!existsSync(file)) writeFileSync(file, `${head}\n`);
    const [first, ...lines] = readFileSync(file, "utf8").split("\n");
    if (first !== head) return `${file} is of another run: it begins with ${first}, and this one is ${head}`;
    const cut = lines.pop(); // Empty, unless the run broke off in the middle of a line.
    if (cut !== "") writeFileSync(file, [head, ...lines, ""].join("\n"));
    const played = lines.map((line) => JSON.parse(line) as Played);
    return new Kept(file, commit, played);
  }

  add(result: Played): void {
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
}

/** What a seed depends on beside the code. */
function playedWith({ steps, families, isMomentsEach, servers, homes, broken }: SimOptions) {
  return { steps, families, servers, homes, ...(isMomentsEach && { isMomentsEach }), ...(broken && { broken }) };
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim();
}
