/** The soft shadow of a picture, from the thumbhash that came with its message. */
import { thumbHashToDataURL } from "thumbhash";

const shadows = new WeakMap<Uint8Array, string>();

export function shadowOf(placeholder: Uint8Array): string {
  const known = shadows.get(placeholder);
  if (known !== undefined) return known;
  let made = "data:,";
  try {
    made = thumbHashToDataURL(placeholder);
  } catch {
    // What somebody else's device wrote may be anything.
  }
  shadows.set(placeholder, made);
  return made;
}
