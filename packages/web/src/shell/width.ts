/**
 * How many columns fit in the window: one on a phone; then list and conversation; then details too.
 */
import { computed, signal } from "@preact/signals";
import { textStep, textSteps } from "./prefs.ts";

function follows(query: string) {
  const media = matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener("change", () => {
    matches.value = media.matches;
  });
  return matches;
}

const width = signal(innerWidth);
addEventListener("resize", () => {
  width.value = innerWidth;
});
/** The width in px at normal text size: above 130 % only text grows, and a second column needs more room. */
const room = computed(() => width.value / Math.max(1, (textSteps[textStep.value - 1] ?? 100) / 130));

export const columns = computed<1 | 2 | 3>(() => (room.value >= 1180 ? 3 : room.value >= 720 ? 2 : 1));
/** There is a mouse and so, most likely, a keyboard: Enter sends. */
export const hasFinePointer = follows("(hover: hover) and (pointer: fine)");
