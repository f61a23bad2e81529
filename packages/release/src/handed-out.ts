/** Handed out: a release as a home, a folder or a mirror has it (docs/spec/release.md RE15). */
import { checkRelease, type Seen, type Verdict } from "./check.ts";
import { checkLogged } from "./log.ts";
import type { Pinned } from "./pinned.ts";

/** Whether what is handed out is a signed release that stands in the log: its note, and the proof beside it. */
export function checkHandedOut(
  note: string | undefined,
  proof: string | undefined,
  keys: Pinned,
  seen?: Seen,
  heard?: readonly string[],
): Verdict {
  return checkLogged(checkRelease(note, keys, seen), proof, keys.log, seen, heard);
}
