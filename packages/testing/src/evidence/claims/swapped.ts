/**
 * R5.3: what an open window does when its home hands out another program. A real Chromium is given an evil service
 * worker (packages/web/e2e/swapped.spec.ts); what that test prints is judged here.
 */
import { type Check, noneOf } from "../check.ts";
import { browserTest } from "./locked.ts";

export async function swappedCode(): Promise<Check> {
  const { text, isWhole } = await browserTest("swapped.spec.ts");
  return judgeSwapped(text, isWhole);
}

/** @param isWhole whether everything else of that test held: it is said, and all that was written was carried out. */
export function judgeSwapped(text: string, isWhole: boolean): Check {
  const told = /R5\.3 held (\d+) of (\d+) open windows, taken (\d+) of (\d+)/.exec(text);
  const [held = 0, open = 0, taken = 0, later = 0] = told?.slice(1).map(Number) ?? [];
  return noneOf(
    "P5.swapped",
    "an open window does not turn to a program that home hands out under the name of the one it has, says so, and carries everything out",
    {
      hits: open - held,
      figure: `${open - held} of ${open} open windows turned to it; ${taken} of ${later} that was opened after the last was closed`,
    },
    isWhole && open > 0 && taken > 0,
  );
}
