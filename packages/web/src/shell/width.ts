/**
 * How many columns the window holds: one on a phone, then list and conversation, then details too.
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
/** Furniture stops growing at 130 %; words that are larger need more room for a second column. */
const room = computed(() => width.value / Math.max(1, (textSteps[textStep.value - 1] ?? 100) / 130));

export const columns = computed<1 | 2 | 3>(() => (room.value >= 1180 ? 3 : room.value >= 720 ? 2 : 1));
/** A mouse and, most likely, a keyboard: Enter sends there. */
export const hasFinePointer = follows("(hover: hover) and (pointer: fine)");
