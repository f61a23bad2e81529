/**
 * R4.2 and R5.5b: what mini programs say to anybody, and what hostile ones reach. A real browser plays them
 * (packages/web/e2e/hostile-programs.spec.ts); what that test prints is judged here. `npm run evidence -- --whole`
 * plays all of it, and judges how long the app did not answer; else a part is played, on a machine that does other
 * work.
 */
import { allOf, type Check, noneOf } from "../check.ts";
import { browserTest } from "./locked.ts";

/** Longer than this a person notices. */
const stallMsMax = 100;

export async function programsInBrowser(
  isWhole = process.env["YANSHU_PROGRAMS"] === "whole",
): Promise<readonly Check[]> {
  const { text } = await browserTest("hostile-programs.spec.ts");
  return judgePrograms(text, isWhole);
}

/** The figures judge, and not whether the test passed. */
export function judgePrograms(text: string, isWhole: boolean): readonly Check[] {
  return [judgeUsed(text), judgeHostile(text), judgeFloods(text, isWhole)];
}

const numbersIn = (found: RegExpExecArray | null) => found?.slice(1).map(Number) ?? [];

function judgeUsed(text: string): Check {
  const told =
    /R4\.2 programs: (\d+) programs, (\d+) actions each, (\d+) requests, (\d+) frames to home; a question to home: (\d+)/.exec(
      text,
    );
  const [programs = 0, actions = 0, requests = 0, frames = 0, control = 0] = numbersIn(told);
  return noneOf(
    "P5.programs",
    "a mini program that is used says nothing to anybody, and home hears nothing of its being used",
    {
      hits: requests + frames,
      unit: "requests and frames",
      figure: `${programs} programs, ${actions} actions each: ${requests} requests, ${frames} frames to home; a question to home made ${control}`,
    },
    programs > 0 && actions > 0 && control > 0,
  );
}

function judgeHostile(text: string): Check {
  const told =
    /R5\.5 programs: (\d+) ways, (\d+) out \([^)]*\), (\d+) to home \([^)]*\), (\d+) datagrams; (\d+) wishes, (\d+) got \([^)]*\); a plain page: (\d+) of (\d+) out/.exec(
      text,
    );
  const [ways = 0, out = 0, toHome = 0, datagrams = 0, wishes = 0, got = 0, plain = 0, tried = 0] = numbersIn(told);
  const app = /R5\.5 webxdc: (\d+) ways and wishes, (\d+) names \([^)]*\), (\d+) got \(/.exec(text);
  const [appWays = 0, names = 0, appGot = 0] = numbersIn(app);
  return allOf(
    "P5.programs-hostile",
    "a hostile mini program reaches nobody and reads nothing of ours; an app of webxdc asks for nothing, and at most has a name looked up",
    {
      "no way out of a mini program": out === 0 && datagrams === 0,
      "none to home": toHome === 0,
      "none of its wishes": got === 0,
      "none of an app's wishes": appGot === 0,
    },
    // More than half of what a plain page tries is seen, or silence would say nothing.
    told !== null && app !== null && plain * 2 > tried && tried > 0,
    `${ways} ways and ${wishes} wishes as a mini program: ${out + toHome} requests and names, ${datagrams} datagrams, ${got} wishes; ${appWays} of them as an app of webxdc: ${names} names looked up, ${appGot} wishes; a plain page: ${plain} of ${tried} seen`,
  );
}

function judgeFloods(text: string, isWhole: boolean): Check {
  const told = /R5\.5 floods: (\d+) floods, (\d+) tries, longest (\d+) ms \(([^)]*)\)/.exec(text);
  const [floods = 0, tries = 0, longest = 0] = numbersIn(told);
  const apps = /R5\.5 floods of apps: (\d+) floods, (\d+) tries, longest (\d+) ms \(([^)]*)\)/.exec(text);
  const [floodsOfApps = 0, , longestOfApps = 0] = numbersIn(apps);
  const large = /R5\.5 large: (\d+) bytes opened in (\d+) ms/.exec(text);
  const opened = large === null ? "" : `; ${megabytes(Number(large[1]))} MB opened after them in ${large[2]} ms`;
  return allOf(
    "P5.programs-floods",
    "whatever a mini program floods, or an app of webxdc, the app answers and closes it",
    {
      "each was closed": told !== null && apps !== null,
      // A part that is played beside other work says nothing of time.
      ...(isWhole
        ? {
            "the app never stood": Math.max(longest, longestOfApps) <= stallMsMax,
            "a large package opens after them": large !== null,
          }
        : {}),
    },
    floods > 0 && floodsOfApps > 0,
    `${floods} floods, the app's longest stall ${longest} ms${tries > 1 ? `, the best of ${tries} tries` : ""} (${told?.[4] ?? ""}); ${floodsOfApps} floods of apps of webxdc, ${longestOfApps} ms (${apps?.[4] ?? ""})${opened}`,
  );
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
