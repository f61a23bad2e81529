import { expect, test } from "bun:test";
import { noOutage, outageStep } from "./outage.ts";

/** Looks every 100 ms. @returns when the way was made anew, and since when it was gone. */
function looks(until: number, comes: (ms: number) => boolean, isDue: (ms: number) => boolean = () => true) {
  let [outage, received] = [noOutage, 0];
  const anew: number[] = [];
  const gone: number[] = [];
  for (let ms = 100; ms <= until; ms += 100) {
    if (comes(ms)) received += 5;
    const step = outageStep(outage, { received, isDue: isDue(ms), nowMs: ms });
    outage = step.next;
    if (step.isDue) anew.push(ms);
    if (step.isGone) gone.push(ms);
  }
  return { anew, goneMs: gone[0] };
}

test("[CA268] half a second without voice makes the way anew, which is gone after 1.2; it is tried again after four seconds, and twice as long each time", () => {
  expect(looks(35_000, (ms) => ms <= 1_000)).toEqual({ anew: [1_500, 5_500, 13_500, 29_500], goneMs: 2_200 });
});

test("[CA268] a network that holds up voice now and then is asked for another way each ten seconds at most, and a way that is gone is made anew all the same", () => {
  // Of each second the latter 600 ms are silent.
  const comes = (ms: number) => ms % 1_000 <= 300;
  expect(looks(25_000, comes)).toEqual({ anew: [800, 10_800, 20_800], goneMs: undefined });
  expect(looks(7_000, (ms) => comes(ms) && ms < 3_000)).toEqual({ anew: [800, 3_500], goneMs: 3_500 });
});

test("[CA127] [CA268] before the first voice the other's microphone may be opening, and who sends none is not waited for", () => {
  expect(looks(1_600, () => false)).toEqual({ anew: [1_300], goneMs: 1_300 });
  expect(
    looks(
      9_000,
      (ms) => ms <= 1_000 || ms > 6_300,
      (ms) => ms <= 1_000 || ms > 6_000,
    ),
  ).toEqual({ anew: [], goneMs: undefined });
});
