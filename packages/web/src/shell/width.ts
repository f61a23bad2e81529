/**
 * How many columns the window holds: one on a phone, then list and conversation, then details too.
 */
import { computed, signal } from "@preact/signals";

function follows(query: string) {
  const media = matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener("change", () => {
    matches.value = media.matches;
  });
  return matches;
}

const two = follows("(min-width: 720px)");
const three = follows("(min-width: 1180px)");

export const columns = computed<1 | 2 | 3>(() => (three.value ? 3 : two.value ? 2 : 1));
/** A mouse and, most likely, a keyboard: Enter sends there. */
export const hasFinePointer = follows("(hover: hover) and (pointer: fine)");
