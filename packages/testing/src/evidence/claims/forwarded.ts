/**
 * R1.7 for calls of groups: what the forwarding unit has of their media, by real packets of three browsers
 * (packages/web/e2e/forwarded.spec.ts prints the figures). What is not sealed goes through the same unit in the same
 * run: what the ear does not hear there makes the check void.
 */
import { allOf, type Check, noneOf } from "../check.ts";
import { browserTest } from "./locked.ts";

/**
 * Of what a decoder makes of noise some lies at any frequency. A sealed frame begins with the readable header of
 * SFrame, which hardly changes, so that the noise is not even: 0 to 7 % of it lay there in runs.
 */
const heardMax = 0.2;
const heardMin = 0.8;

export async function forwardedCall(): Promise<readonly Check[]> {
  const { text } = await browserTest("forwarded.spec.ts");
  return judgeForwarded(text);
}

/** The figures judge, and not whether the test passed: each says by itself whether it proves something. */
export function judgeForwarded(text: string): readonly Check[] {
  const figures = (pattern: RegExp) => (pattern.exec(text)?.slice(1) ?? []).map(Number);
  const [packets = 0, share = 1, control = 0, seconds = 0] = figures(
    /R1\.7 sfu (\d+) packets, tone ([\d.]+), control ([\d.]+) of ([\d.]+) s/,
  );
  const [again = 0, played = 0, refused = 0] = figures(/R1\.7 replay (-?\d+) of (\d+) heard, (\d+) refused/);
  const [exchanged = 0, wrong = 0, looks = 0, lit = 0] = figures(
    /R1\.7 swap (\d+) packets, (\d+) of (\d+) looks wrong, (\d+) right/,
  );
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return [
    allOf(
      "P1.sfu",
      "who forwards a group's call hears nothing of it, though every packet is opened there: what was whistled is not in them",
      { "the whistle is not heard in its packets": share <= heardMax },
      packets >= 200 && seconds > 1 && control >= heardMin,
      `${percent(share)} of what ${packets} packets decode to is the whistle; ${percent(control)} of those of a browser that was changed and seals nothing`,
    ),
    noneOf(
      "P4.replayed-frames",
      "what the forwarding unit plays again of a group's call is heard by nobody",
      {
        hits: again,
        unit: "frames",
        figure: `${again} of ${played} packets that it played again were heard, ${refused} came and were refused as repeats`,
      },
      refused > played / 2 && played > 0,
    ),
    noneOf(
      "P3.swapped-speakers",
      "whose voice comes in the place of another's is named right: by the key, and not by where it comes",
      {
        hits: wrong,
        unit: "looks",
        figure: `${wrong} of ${looks} looks at the other's tile saw it lit while ${exchanged} packets were exchanged; the right one was in ${lit}`,
      },
      exchanged > 100 && lit > 0,
    ),
  ];
}
