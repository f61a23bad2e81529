/** The blurred placeholder of a picture as a data URL, from the ThumbHash in its message. */
import { thumbHashToDataURL } from "thumbhash";

const shadows = new WeakMap<Uint8Array, string>();

export function shadowOf(placeholder: Uint8Array): string {
  const known = shadows.get(placeholder);
  if (known !== undefined) return known;
  let made = "data:,";
  try {
    made = thumbHashToDataURL(placeholder);
  } catch {
    // The ThumbHash came from another device and may be invalid.
  }
  shadows.set(placeholder, made);
  return made;
}
