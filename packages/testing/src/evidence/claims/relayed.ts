/**
 * R1.7: what the relay has of a call, by real packets of two browsers (packages/web/e2e/relayed.spec.ts prints the
 * figures). A control that is not tamed runs beside it: what the ear does not hear there, and the eye does not see,
 * makes the check void.
 */
import { allOf, type Check, noneOf } from "../check.ts";
import { browserTest } from "./locked.ts";

/** Of what a decoder makes of noise some lies at any frequency. */
const heardMax = 0.05;
const heardMin = 0.8;

export async function relayedCall(): Promise<readonly Check[]> {
  const { text } = await browserTest("relayed.spec.ts");
  return judgeRelayed(text);
}

/** The figures judge, and not whether the test passed: each says by itself whether it proves something. */
export function judgeRelayed(text: string): readonly Check[] {
  const figures = (pattern: RegExp) => (pattern.exec(text)?.slice(1) ?? []).map(Number);
  const [packets = 0, share = 1, control = 0, seconds = 0] = figures(
    /R1\.7 relay (\d+) packets, tone ([\d.]+), control ([\d.]+) of ([\d.]+) s/,
  );
  const [levels = 0, others = 0, wildLevels = 0] = figures(/R1\.7 levels (\d+) of (\d+) extensions, control (\d+)/);
  const [sizes = 2, sized = 0, wildSizes = 0] = figures(/R1\.7 sizes (\d+) of (\d+), control (\d+)/);
  const [leaked = 0, tried = 0] = figures(/R1\.7 fingerprint (\d+) voice packets of (\d+)/);
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return [
    allOf(
      "P1.relay",
      "the relay hears nothing: what was whistled in a call is not in what it hands on",
      { "the whistle is not heard in its packets": share <= heardMax },
      packets >= 200 && seconds > 1 && control >= heardMin,
      `${percent(share)} of what ${packets} packets decode to is the whistle; ${percent(control)} before they were sealed`,
    ),
    noneOf(
      "P1.levels",
      "no header of a packet says how loud somebody speaks",
      {
        hits: levels,
        unit: "levels",
        figure: `${levels} levels in ${others} kinds of headers; ${wildLevels} where nobody took them away`,
      },
      others > 0 && wildLevels > 1,
    ),
    allOf(
      "P1.sizes",
      "the packets of voice are all alike, whatever is spoken",
      { "one size": sizes === 1 },
      sized >= 200 && wildSizes > 1,
      `${sizes} size in ${sized} packets of notes and pauses; ${wildSizes} where nobody asked for one`,
    ),
    noneOf(
      "P3.fingerprint",
      "where another certificate stands at the end of the way than the one that was signed, nobody speaks over it",
      { hits: leaked, unit: "packets", figure: `${leaked} packets of voice; ${tried} others, in which the ends tried` },
      tried > 0,
    ),
  ];
}
